"""`foretell bench`."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol

import typer

from api.cli import counterfactual
from api.cli import questions as question_bench
from api.cli.output import Json, err, out, print_json
from api.progress import Report, Stages

EPILOG = """Examples:

foretell bench whatif --data plant/ --out answers.npz

foretell bench score whatif --data plant/ --pred answers.npz

foretell bench questions --engine rules --set dev --misses

foretell bench all --json

Those without --data write bench/results/NAME.json, from which the README takes its numbers."""

app = typer.Typer(
    help="Measure the twin: on the counterfactual benchmark, against the demo plant, the historian, the streams.",
    no_args_is_help=True,
    epilog=EPILOG,
)
app.command("generate")(counterfactual.generate)
app.command("whatif")(counterfactual.whatif)
app.command("faults")(counterfactual.faults)
app.command("score")(counterfactual.score)
app.command("tracks")(counterfactual.tracks)
app.command("questions")(question_bench.questions)


class Name(StrEnum):
    """The benchmarks that need no folder."""

    WHATIF = "whatif"
    NIGHT = "night"
    WRITE = "write"
    READS = "reads"
    GROWTH = "growth"
    SPEED = "speed"
    SCALE = "scale"
    MEMORY = "memory"
    HTTP = "http"
    MQTT = "mqtt"
    OPCUA = "opcua"


_SAID = {
    Name.NIGHT: "Nights of the demo plant with planted incidents, watched by the live loop.",
    Name.WRITE: "Write rates of the historian (also of the server of FORETELL_TEST_DATABASE_URL).",
    Name.READS: "Reading from a large historian.",
    Name.GROWTH: "How the historian's costs grow with what it holds.",
    Name.SPEED: "What a what-if and a watched row cost, beside latentplant's ensembles.",
    Name.SCALE: "Training, rollouts and rows at 50, 500 and 5,000 tags; a quarter of an hour.",
    Name.MEMORY: "Memory of ingest, hour after hour.",
    Name.HTTP: "Samples over HTTP.",
    Name.MQTT: "Samples over MQTT.",
    Name.OPCUA: "Samples over OPC UA.",
}


class Benchmark(Protocol):
    """Measures, writes its results, and gives them."""

    def __call__(self, *, progress: Report) -> dict[str, object]:
        """`progress` is told the part done."""
        ...


class OnFolder(Protocol):
    """Measures on a folder of the counterfactual benchmark, writes its results, and gives them."""

    def __call__(self, folder: Path, family: str | None, progress: Report) -> dict[str, object]:
        """`family` is a dynamics family; None is the house's own choice."""
        ...


@app.command("abduction")
def abduction(data: counterfactual.Data, family: counterfactual.Family = None, *, as_json: Json = False) -> None:
    """Counterfactuals from the past against forecasts, on a folder's what-if pairs."""
    from bench.abduction import run

    _on_folder("abduction", run, data, family, as_json=as_json)


@app.command("verdict")
def verdict(data: counterfactual.Data, family: counterfactual.Family = None, *, as_json: Json = False) -> None:
    """Whether the verdict's doubt tracks the error, on a folder's what-if pairs."""
    from bench.verdict import run

    _on_folder("verdict", run, data, family, as_json=as_json)


@app.command("families")
def families(
    data: counterfactual.Data,
    seconds: Annotated[float, typer.Option(min=1, help="Budget of a family's gradient steps.")] = 240.0,
    family: Annotated[list[str] | None, typer.Option(help="Family; again for more. Default: all of them.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Every dynamics family trained on one folder with the same budget, and asked the same what-ifs."""
    from bench.families import run

    with Stages(err()).stage("Benchmark families") as report:
        found = run(data, seconds, family or (), progress=report)
    _show({"families": found}, as_json=as_json)


@app.command("all")
def everything(*, as_json: Json = False) -> None:
    """All benchmarks that need no folder; takes an hour."""
    _measure(*Name, as_json=as_json)


def _command(name: Name) -> Callable[..., None]:
    def command(*, as_json: Json = False) -> None:
        _measure(name, as_json=as_json)

    return command


for _name, _text in _SAID.items():
    app.command(_name.value, help=_text)(_command(_name))


def _measure(*names: Name, as_json: bool) -> None:
    stages, reports = Stages(err()), {}
    for name in names:
        with stages.stage(f"Benchmark {name.value}") as report:
            reports[name.value] = _benchmark(name)(progress=report)
    _show(reports, as_json=as_json)


def _on_folder(name: str, run: OnFolder, data: Path, family: str | None, *, as_json: bool) -> None:
    with Stages(err()).stage(f"Benchmark {name}") as report:
        found = run(data, family, report)
    _show({name: found}, as_json=as_json)


def _show(reports: dict[str, dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        print_json(reports)
    else:
        out().print_json(data=reports)


def _benchmark(name: Name) -> Benchmark:
    from bench import growth, http, memory, mqtt, night, opcua, reads, rollout_speed, scale, whatif, write

    benchmarks: dict[Name, Benchmark] = {
        Name.WHATIF: whatif.run,
        Name.NIGHT: night.run,
        Name.WRITE: write.run,
        Name.READS: reads.run,
        Name.GROWTH: growth.run,
        Name.SPEED: rollout_speed.run,
        Name.SCALE: scale.run,
        Name.MEMORY: memory.run,
        Name.HTTP: http.run,
        Name.MQTT: mqtt.run,
        Name.OPCUA: opcua.run,
    }
    return benchmarks[name]
