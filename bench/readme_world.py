"""The README's tables about the world model and detection on the benchmark's folders."""

from bench.markdown import Report, table
from bench.names import DETECTORS, MODELS, MODES, TRACKS


def tracks(report: Report) -> list[str]:
    """What-ifs on the tracks, a row per track and model."""
    rows: list[tuple[object, ...]] = []
    for track, label in TRACKS.items():
        found = report["tracks"].get(track, {})
        rows += [(label, MODELS[name], *_what_if(found[name]["in_range"])) for name in MODELS if name in found]
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
        found = report["tracks"][track]
        for mode, operators in MODES.items():
            rows += [
                (label, operators, DETECTORS[name], *_detected(found[name][mode]))
                for name in DETECTORS
                if name in found
            ]
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
