"""Tables of docs/language.md, from bench/results/questions_*.json and grounding.json."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.campaign import ROOT
from bench.markdown import RESULTS, Report, number, origin, read, renewed, table

DOCUMENT = ROOT / "docs" / "language.md"
ENGINES = {
    "rules": "rules",
    "embed": "embeddings",
    "auto": "rules and embeddings",
    "llm": "and a language model about every question",
}
WITH_MODEL = "auto_llm_"
"""Before the model's name: it is asked where rules and embeddings are not sure."""
SETS = {"test": "held back", "dev": "development"}
_HEADS = ("questions", "intent", "whole plan", "all right", "answer exact", "over-claims", "numbers unsupported")


def questions(reports: Mapping[str, Report]) -> list[str]:
    """A row per set and engine, and the parts of the held-back set as the best engine there is reads it."""
    rows = [
        (SETS.get(name, name), _readers(engine), *_shares(found), *_declined(found))
        for engine, report in reports.items()
        for name, found in _sets(report)
    ]
    title = (
        "**The question bench**: shares of questions; a whole plan has every field of all its plans right, an exact "
        "answer holds every number of the reference."
    )
    heads = ("set", "read by", *_HEADS, "declined: precision", "recall", "calibration error")
    lines = [title, "", *table(heads, sorted(rows))]
    best = next((name for name in ("auto", "embed", "rules") if name in reports), None)
    if best is None:
        return lines
    chosen, found = next(_sets(reports[best]))
    where = f"{SETS.get(chosen, chosen)} questions, read by {ENGINES[best]}"
    for title, group in (
        ("plant", "by_plant"),
        ("kind", "by_style"),
        ("intent", "by_intent"),
        ("language", "by_language"),
    ):
        rows = [(name, *_shares(part)) for name, part in found[group].items()]
        lines += ["", f"**By {title}**: {where}.", "", *table((title, *_HEADS), rows)]
    return [*lines, "", *_fields(found, where), "", *_confidence(found, where), "", *_latency(reports)]


def grounding(report: Report) -> list[str]:
    """Planted corruptions that the verifier caught, by kind, and true sentences that it rejected."""
    caught, rejected = report["corruptions"], report["false_rejections"]
    told = {"all": "all", "tuned on": "all, tuned on", "held back": "all, held back"}
    title = (
        f"**The verifier**: {caught['all']['caught']} of {caught['all']['planted']} planted corruptions caught "
        f"({_percent(caught['all']['share'])}), {rejected['all']['rejected']} of {rejected['all']['true']} true "
        f"sentences rejected ({100 * rejected['all']['share']:.2f} %); {report['milliseconds']['p50']:g} ms a check "
        f"(median; 99 %: {report['milliseconds']['p99']:g} ms)."
    )
    planted = [(told.get(kind, kind), found["planted"], _percent(found["share"])) for kind, found in caught.items()]
    true = [(source, found["true"], found["rejected"]) for source, found in rejected.items()]
    heads = ("corruption", "planted", "caught")
    return [title, "", *table(heads, planted), "", *table(("true sentences", "checked", "rejected"), true)]


def sections(results: Path = RESULTS) -> dict[str, str]:
    """By marker the section's text; without its results a section says that it was not measured."""
    models = sorted(path.stem.removeprefix("questions_") for path in results.glob(f"questions_{WITH_MODEL}*.json"))
    found = {name: report for name in (*models, *ENGINES) if (report := read(f"questions_{name}", results))}
    measured = _told(questions(found), list(found.values())[-1]) if found else NOT_MEASURED
    return {"questions": measured, "grounding": _section("grounding", grounding, results)}


def _readers(engine: str) -> str:
    model = engine.removeprefix(WITH_MODEL)
    return ENGINES[engine] if model == engine else f"{ENGINES['auto']}, {model} where these are not sure"


NOT_MEASURED = "Not measured yet."


def updated(document: str, results: Path = RESULTS) -> str:
    """The document with its sections renewed; raises ValueError when it lacks a marker."""
    return renewed(document, sections(results))


def write() -> None:
    """Renew the document in place."""
    DOCUMENT.write_text(updated(DOCUMENT.read_text()))


def _section(name: str, render: Callable[[Report], list[str]], results: Path) -> str:
    report = read(name, results)
    return _told(render(report), report) if report else NOT_MEASURED


def _told(lines: list[str], report: Report) -> str:
    return "\n".join([*lines, *(["", origin(report)] if "versions" in report else [])])


def _sets(report: Report) -> Iterator[tuple[str, Report]]:
    """The held-back set first."""
    yield from sorted(report["sets"].items(), key=lambda item: list(SETS).index(item[0]) if item[0] in SETS else 9)


def _shares(found: Report) -> tuple[str, ...]:
    shares = (_percent(found[key]) for key in ("intent", "plan", "right", "exact"))
    return (str(found["items"]), *shares, str(found["over_claims"]), str(found["unsupported"]))


def _declined(found: Report) -> tuple[str, ...]:
    declined = found["declined"]
    return (_percent(declined["precision"]), _percent(declined["recall"]), number(found["calibration"]["ece"], 3))


def _fields(found: Report, where: str) -> list[str]:
    """Over all intents."""
    rows = [(name, part["of"], _percent(part["right"])) for name, part in found["fields"].items() if "." not in name]
    return [f"**By field of a plan**: {where}.", "", *table(("field", "plans", "right"), rows)]


def _confidence(found: Report, where: str) -> list[str]:
    rows = [(number(part["stated"]), number(part["right"]), part["of"]) for part in found["calibration"]["bins"]]
    return [f"**Stated confidence**: {where}.", "", *table(("stated", "plans right", "questions"), rows)]


def _latency(reports: Mapping[str, Report]) -> list[str]:
    stages = {
        "all": "all",
        "read": "reading",
        "run": "operations",
        "word": "wording",
        "besides_run": "all but operations",
    }
    rows = [
        (
            _readers(engine),
            *(f"{ms[stage]['p50']:.0f} / {ms[stage]['p99']:.0f}" for stage in stages),
        )
        for engine, report in reports.items()
        for ms in [next(_sets(report))[1]["ms"]]
    ]
    return [
        "**Milliseconds from question to answer**, median / 99 %, one question at a time.",
        "",
        *table(("read by", *stages.values()), rows),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


if __name__ == "__main__":
    write()
