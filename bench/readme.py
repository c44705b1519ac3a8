"""The README's numbers, written between its markers from bench/results/*.json."""

from collections.abc import Callable

from bench import readme_streams, readme_world
from bench.campaign import ROOT
from bench.markdown import Report, number, origin, read, renewed, row

README = ROOT / "README.md"


def whatif(report: Report) -> list[str]:
    """What-if against the cloned plant, a row per model."""
    names = {"foretell": "Foretell", "arx_ridge": "ARX ridge", "persistence": "persistence"}
    rows = [
        row(
            names[name],
            number(total["nrmse"]),
            number(total["effect_r2"]),
            number(total["sign_accuracy"]) if name != "persistence" else "–",
            number(total.get("coverage90")),
            number(total.get("effect_coverage90")) if name == "foretell" else "–",
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
        row("", "NRMSE", "effect R²", "sign right", "90 % band holds", "90 % effect interval holds"),
        row(*["---"] * 6),
        *rows,
    ]


def night(report: Report) -> list[str]:
    """Nights with planted incidents, a row per detector."""
    names = {"foretell": "Foretell", "pca": "PCA (T² and SPE)"}
    nights = report["results"]["foretell"]["nights"]
    rows = [
        row(
            label,
            f"{found['process_found']:.0%}",
            f"{found['transmitter_found']:.0%}",
            f"{found['setpoint_reported']:.0%}",
            number(found["false_per_night"]),
            str(found["other_high"]),
            number(found["quiet_false_per_week"]),
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
    return [title, "", row("", *heads), row(*["---"] * 7), *rows]


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
    found = ((render, read(name)) for name, render in SECTIONS.items())
    return "\n\n".join("\n".join([*render(report), "", origin(report)]) for render, report in found if report)


def updated(readme: str) -> str:
    """The README with the section renewed; raises ValueError without the markers."""
    return renewed(readme, {"numbers": section()})


def write() -> None:
    """Renew the README in place."""
    README.write_text(updated(README.read_text()))


if __name__ == "__main__":
    write()
