"""`foretell bench questions`: items of one or more sets asked of their worlds, judged, and counted."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.markdown import RESULTS
from bench.questions.ask import Askers, asked, beside
from bench.questions.counted import Counted
from bench.questions.items import Item, load
from bench.questions.planted import HERE, Library
from bench.questions.tally import tally
from bench.report import save
from twin.errors import InvalidInput

PACKAGES = ("foretell", "numpy")
HELD_BACK = "test"
Report = Callable[[float], None]


def questions(
    engine: str,
    askers: Askers,
    sets: Sequence[str],
    data: Path | None,
    progress: Report,
    model: Counted | None = None,
) -> tuple[dict[str, object], list[str]]:
    """The report, and the misses side by side; those of the held-back set are never shown.

    `sets` are folders of bench/questions/items; with `data` its own items are asked instead, and the report is not
    kept. Otherwise it renews these sets in bench/results/questions_ENGINE.json; `auto` is auto_llm_NAME there with
    a `model` of that name, which the askers may ask. Raises InvalidInput for a folder without items, ValueError for
    mistakes in them.
    """
    began = time.perf_counter()
    library = Library(data) if data else Library()
    folders = [data / "items"] if data else [HERE / "items" / name for name in sets]
    found: dict[str, object] = {}
    misses: list[str] = []
    with asyncio.Runner() as runner:  # one loop: a model's client keeps its connections from set to set
        for folder in folders:
            name = data.name if data else folder.name
            scored = runner.run(asked(items_of(folder, library), library, askers, progress))
            of_model = {} if model is None else {"model": model.taken()}
            found[name] = {"date": datetime.now(UTC).date().isoformat(), **tally(scored, library), **of_model}
            misses += [] if folder.name == HELD_BACK else list(beside(scored))
    name = f"auto_llm_{model.name}" if model is not None and engine == "auto" else engine
    if data:
        return {"engine": name, "sets": found}, misses
    kept = _kept(name)
    return save(f"questions_{name}", began, PACKAGES, engine=name, sets=kept | found), misses


def items_of(folder: Path, library: Library) -> tuple[Item, ...]:
    """Raises InvalidInput when there are none."""
    items = load(folder, library)
    if not items:
        raise InvalidInput(f"{folder} holds no items", field="set", value=folder.name)
    return items


def summary(report: dict[str, object]) -> Iterator[tuple[str, ...]]:
    """Rows of a table: heads, then a row a set, a plant, a style, an intent and a language of it."""
    yield ("", "questions", "intent", "whole plan", "right", "exact", "over-claims")
    sets = report["sets"]
    for name, found in sets.items() if isinstance(sets, dict) else ():
        yield _row(name, found)
        for group in ("by_plant", "by_language", "by_style", "by_intent"):
            yield from (_row(f"  {key}", figures) for key, figures in found[group].items())
        for kind in ("declined", "asked_back", "refused"):
            told = found[kind]
            yield (f"  {kind}", str(told["of"]), f"P {_percent(told['precision'])}", f"R {_percent(told['recall'])}")
        yield ("  calibration error", _percent(found["calibration"]["ece"]))
        for stage, ms in found["ms"].items():
            yield (f"  {stage}, ms", f"p50 {ms['p50']}", f"p99 {ms['p99']}")
        if asked := found.get("model"):
            told = f"{asked['read']} read", f"{asked['narrated']} narrated", f"{asked['unanswered']} unanswered"
            yield (f"  {asked['name']}", *told, f"{asked['seconds']} s")


def _row(name: str, found: dict[str, float | None]) -> tuple[str, ...]:
    shares = (_percent(found[key]) for key in ("intent", "plan", "right", "exact"))
    return (name, str(found["items"]), *shares, str(found["over_claims"]))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _kept(engine: str) -> dict[str, object]:
    """The sets of the report that is there."""
    file = RESULTS / f"questions_{engine}.json"
    found: dict[str, object] = json.loads(file.read_text())["sets"] if file.exists() else {}
    return found
