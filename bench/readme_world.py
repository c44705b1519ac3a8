"""The README's tables about the world model and detection on the benchmark's folders."""

from typing import Any

from bench.readme_streams import table

Report = dict[str, Any]

TRACKS = {"lab": "lab", "second": "lab, other seeds", "field": "field", "second-field": "field, other seeds"}
MODELS = {"champion": "Foretell", "arx": "ARX ridge", "hold": "persistence"}
DETECTORS = {"foretell": "Foretell", "cva": "CVA", "dpca": "DPCA", "pca": "PCA"}


def tracks(report: Report) -> list[str]:
    """What-ifs on the tracks, a row per track and model."""
    rows: list[tuple[object, ...]] = []
    for track, label in TRACKS.items():
        for model, name in MODELS.items():
            score = report["tracks"][track][model]["in_range"]
            rows.append((label, name, *_what_if(score)))
    title = (
        "**What-ifs on logs of a cloneable plant**: 65 moves inside of what the log covered, 8 h ahead, true answers "
        "by clones. Lab: 400 h, a move an hour. Field: 200 h, a move in five hours, unmeasured disturbances."
    )
    heads = ("log", "model", "NRMSE", "effect R²", "sign right", "90 % band", "90 % effect interval", "CRPS")
    return [title, "", *table(heads, rows)]


def _what_if(score: Report) -> tuple[str, ...]:
    names = ("nrmse", "effect_r2", "sign_acc", "cover90", "effect_cover90", "crps")
    return tuple(f"{score[name]:.3f}" if name in score else "–" for name in names)


def faults(report: Report) -> list[str]:
    """Detection of 28 faults, a row per track, operators and detector."""
    rows: list[tuple[object, ...]] = []
    for track, label in (("lab", "lab"), ("field", "field")):
        for mode, operators in (("steady", "at rest"), ("moving", "moving setpoints")):
            for detector, name in DETECTORS.items():
                found = report["tracks"][track][detector][mode]
                rows.append((label, operators, name, *_detected(found)))
    title = (
        "**Detection of 28 faults**: share of faulty rows found, Foretell's limits set on the training side, the "
        "others' on the test runs themselves at 1 % false alarms."
    )
    heads = (
        "log",
        "operators",
        "detector",
        "rows found",
        "false alarms, fault-free runs",
        "before onset",
        "median delay",
    )
    return [title, "", *table(heads, rows)]


def _detected(found: Report) -> tuple[str, ...]:
    delay = found["median_delay"]
    return (
        f"{found['mean_fdr']:.1%}",
        f"{found['far']:.2%}",
        f"{found['far_before_onset']:.2%}",
        "never" if delay is None else f"{delay:g} min",
    )
