"""The README's numbers, written between its markers from bench/results/*.json."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import readme_streams, readme_world

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "bench" / "results"
_BEGIN, _END = "<!-- numbers -->", "<!-- /numbers -->"

Report = dict[str, Any]


def whatif(report: Report) -> list[str]:
    """What-if against the cloned plant, a row per model."""
    names = {"foretell": "Foretell", "arx_ridge": "ARX ridge", "persistence": "persistence"}
    rows = [
        _row(
            names[name],
            _number(total["nrmse"]),
            _number(total["effect_r2"]),
            _number(total["sign_accuracy"]) if name != "persistence" else "–",
            _number(total.get("coverage90")),
            _number(total.get("effect_coverage90")) if name == "foretell" else "–",
        )
        for name, total in ((name, report["results"][name]["total"]) for name in names)
    ]
    title = (
        f"**What-if against the cloned plant**: {report['cases']} random moves, {report['horizon_hours']:g} h ahead, "
        f"{report['seconds_per_question']} s a question."
    )
    return [
        title,
        "",
        _row("", "NRMSE", "effect R²", "sign right", "90 % band holds", "90 % effect interval holds"),
        _row(*["---"] * 6),
        *rows,
    ]


def night(report: Report) -> list[str]:
    """Nights with planted incidents, a row per detector."""
    names = {"foretell": "Foretell", "pca": "PCA (T² and SPE)"}
    nights = report["results"]["foretell"]["nights"]
    rows = [
        _row(
            label,
            f"{found['process_found']:.0%}",
            f"{found['transmitter_found']:.0%}",
            f"{found['setpoint_reported']:.0%}",
            _number(found["false_per_night"]),
            str(found["other_high"]),
            _number(found["quiet_false_per_week"]),
        )
        for label, found in ((label, report["results"][name]) for name, label in names.items())
    ]
    title = (
        f"**Last night's events**: {nights} nights, each with a process fault, a faulty transmitter and a logged "
        f"setpoint change; found means within 30 minutes of the true onset, a transmitter with its own tag first; "
        f"false-alarm budget {report['budget_per_week']:g} a week."
    )
    heads = (
        "process faults found",
        "transmitter faults found",
        "setpoint changes reported",
        "false events a night",
        "false events of high severity",
        "false events a week on quiet days",
    )
    return [title, "", _row("", *heads), _row(*["---"] * 7), *rows]


SECTIONS: dict[str, Callable[[Report], list[str]]] = {
    "night": night,
    "whatif": whatif,
    "tracks": readme_world.tracks,
    "faults_tep": readme_world.faults,
    "write": readme_streams.write,
    "reads": readme_streams.reads,
    "growth": readme_streams.growth,
    "http": readme_streams.http,
    "mqtt": readme_streams.mqtt,
    "opcua": readme_streams.opcua,
    "memory": readme_streams.memory,
    "faults": readme_streams.faults,
}


def section() -> str:
    """The whole section, one table for each file there is in bench/results."""
    parts = []
    for name, render in SECTIONS.items():
        file = RESULTS / f"{name}.json"
        if not file.exists():
            continue
        report = json.loads(file.read_text())
        parts.append("\n".join([*render(report), "", f"<sub>{_origin(report)}</sub>"]))
    return "\n\n".join(parts)


def updated(readme: str) -> str:
    """The README with the section renewed; raises ValueError without the markers."""
    head, rest = readme.split(_BEGIN, 1)
    _, tail = rest.split(_END, 1)
    return f"{head}{_BEGIN}\n{section()}\n{_END}{tail}"


def write() -> None:
    """Renew the README in place."""
    README.write_text(updated(README.read_text()))


def _origin(report: Report) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    parts = [f"{report['date']}, {report['cpus']} cores"]
    parts += [f"{report['seconds']:.0f} s"] if "seconds" in report else []
    model = f"; model {report['model']}" if "model" in report else ""
    return f"{', '.join(parts)}; {versions}{model}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    write()
