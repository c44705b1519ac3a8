"""Tables of docs/world-model.md."""

from collections.abc import Callable, Mapping

from bench.markdown import Report, number, table
from bench.names import DETECTORS, MODELS, MODES, TRACKS

FAMILIES = {"hold": "persistence", "arx": "ARX ridge"}


def families(report: Report) -> list[str]:
    """A row per family: scores, costs; and by kind of move who answers its effect best."""
    rows = []
    for name, found in report["results"].items():
        score = found["in_range"]
        told = [number(score.get(key), 3) for key in ("nrmse", "effect_r2", "sign_acc", "cover90", "effect_cover90")]
        outside = number(found["out_of_range"]["nrmse"], 3) if "out_of_range" in found else "–"
        rows.append((_family(name), *told, outside, f"{found['train_cpu_seconds']:.0f}"))
    heads = ("family", "NRMSE", "effect R²", "sign right", "90 % band", "90 % effect interval")
    title = (
        f"**Families** on the lab log, gradient steps end after {report['budget_seconds']:g} CPU seconds; five "
        "members unless said."
    )
    return [
        title,
        "",
        *table((*heads, "NRMSE out of range", "train, CPU s"), rows),
        "",
        *_winners(report["results"]),
    ]


def _family(name: str) -> str:
    family, _, members = name.partition("@")
    return FAMILIES.get(name, f"`{family}`" + (f", {members} member" if members else ""))


def _winners(results: Report) -> list[str]:
    """By kind of move: effect R² of every family, the best one in bold."""
    names = [name for name in results if "@" not in name and name != "hold"]
    rows = []
    for kind, any_found in next(iter(results.values()))["by_kind"].items():
        values = {name: results[name]["by_kind"][kind].get("effect_r2") for name in names}
        known = [value for value in values.values() if value is not None]
        cells = [
            f"**{number(value, 3)}**" if known and value == max(known) else number(value, 3)
            for value in values.values()
        ]
        rows.append((f"`{kind}`", any_found["pairs"], *cells))
    return [
        "**Which wins where**: effect R² by the move that steps.",
        "",
        *table(("move", "questions", *map(_family, names)), rows),
    ]


def kinds(report: Report) -> list[str]:
    """By track and kind of move: champion beside ARX."""
    rows = []
    for track, title in TRACKS.items():
        found = report["tracks"].get(track, {})
        if "champion" not in found or "arx" not in found:
            continue
        for kind, own in found["champion"]["by_kind"].items():
            other = found["arx"]["by_kind"][kind]
            cells = [number(part.get(key), 3) for key in ("nrmse", "effect_r2") for part in (own, other)]
            rows.append((title, f"`{kind}`", *cells, number(own.get("effect_cover90"))))
    heads = ("log", "move", "NRMSE", "of ARX", "effect R²", "of ARX", "90 % effect interval")
    return ["**By kind of move**, in range, beside the ridge ARX.", "", *table(heads, rows)]


def verdict(report: Report) -> list[str]:
    """By track: whether doubt tells what lies outside, and what errs."""
    rows = []
    for track, title in TRACKS.items():
        found = report["tracks"].get(track, {}).get("champion")
        if found is None:
            continue
        ranks = found["rank_correlation"]
        errors = [
            " / ".join(
                f"{group[support]['effect_error']:.3f} ({group[support]['pairs']})" if support in group else "–"
                for support in ("supported", "extrapolating", "refused")
            )
            for group in (found["verdicts"].get(name, {}) for name in ("in_range", "out_of_range"))
        ]
        rows.append((title, number(found["auroc_out_of_range"]), number(ranks["effect"]["all"]), *errors))
    heads = ("log", "AUROC in/out of range", "rank correlation with the effect's error")
    told = "error of the effect (questions), supported / extrapolating / refused"
    return [
        "**Verdict**: the doubt that the twin states before it knows the truth.",
        "",
        *table((*heads, f"in range: {told}", f"out of range: {told}"), rows),
    ]


def abduction(report: Report) -> list[str]:
    """By track: errors of both ways where a disturbance was active."""
    rows = []
    for track, title in TRACKS.items():
        found = report["tracks"].get(track, {}).get("champion")
        if found is None or not found["disturbed"]["cells"]:
            continue
        cells = found["disturbed"]
        told = [number(cells[name], 3) for name in ("forecast", "abduction", "ratio")]
        covers = [number(cells[f"{way}_cover90"]) for way in ("forecast", "abduction")]
        rows.append((title, cells["cells"], *told, number(found["noise_floor"], 3), *covers))
    heads = ("log", "cells", "forecast", "abduction", "ratio", "noise floor", "90 % band, forecast", "abduction")
    return ["**Abduction** where a disturbance was active, NRMSE of B.", "", *table(heads, rows)]


def faults(report: Report) -> list[str]:
    """A row per fault: the share of its rows that each detector finds on the lab log."""
    found = report["tracks"]["lab"]
    known = [name for name in DETECTORS if name in found]
    rows = [
        (idv, *(number(found[name][mode]["fdr"].get(idv)) for mode in MODES for name in known))
        for idv in found["foretell"]["steady"]["fdr"]
    ]
    means = [number(found[name][mode]["mean_fdr"]) for mode in MODES for name in known]
    heads = [f"{DETECTORS[name]}, {mode}" for mode in MODES.values() for name in known]
    title = "**Faults found**, lab log: share of the faulty rows above the threshold, operators at rest and moving."
    return [title, "", *table(("IDV", *heads), [*rows, ("mean", *means)])]


def horizon(report: Report) -> list[str]:
    """By model: the error of B at some hours on the lab and the field log."""
    hours = (0.5, 2.0, 8.0)
    rows = []
    for track in ("lab", "field"):
        for name, label in MODELS.items():
            found = report["tracks"].get(track, {}).get(name)
            if found is not None:
                at = [found["hours"].index(hour) for hour in hours]
                rows.append((track, label, *(number(found[part][i], 3) for part in ("b", "effect") for i in at)))
    heads = [f"{what}, {hour:g} h" for what in ("B", "effect") for hour in hours]
    return ["**Along the horizon**: errors in scales.", "", *table(("log", "model", *heads), rows)]


TABLES: Mapping[str, Callable[[Report], list[str]]] = {
    "horizon": horizon,
    "reliability": kinds,
    "verdict": verdict,
    "abduction": abduction,
    "families": families,
    "faults_tep": faults,
}
"""By report, and by marker in the document."""
