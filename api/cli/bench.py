"""`foretell bench`."""

from enum import StrEnum
from typing import Annotated, Protocol

import typer

from api.cli.output import Json, err, out, print_json
from api.progress import Report, Stages

EPILOG = """Examples:

foretell bench whatif

foretell bench all --json

Each writes bench/results/NAME.json, from which the README takes its numbers."""

HELP = (
    "whatif, night: the twin. write, reads, growth: the historian (also the server of FORETELL_TEST_DATABASE_URL). "
    "memory, http, mqtt, opcua: the streams. all: everything."
)


class Name(StrEnum):
    """The benchmarks."""

    WHATIF = "whatif"
    NIGHT = "night"
    WRITE = "write"
    READS = "reads"
    GROWTH = "growth"
    MEMORY = "memory"
    HTTP = "http"
    MQTT = "mqtt"
    OPCUA = "opcua"
    ALL = "all"


class Benchmark(Protocol):
    """Measures, writes its results, and gives them."""

    def __call__(self, *, progress: Report) -> dict[str, object]:
        """`progress` is told the part done."""
        ...


def bench(
    name: Annotated[Name, typer.Argument(help=HELP)] = Name.ALL,
    *,
    as_json: Json = False,
) -> None:
    """Measure the twin against the demo plant, the historian and the streams; all of it takes an hour."""
    reports = {}
    stages = Stages(err())
    for chosen, run in _benchmarks().items():
        if name in {chosen, Name.ALL}:
            with stages.stage(f"Benchmark {chosen.value}") as report:
                reports[chosen.value] = run(progress=report)
    if as_json:
        print_json(reports)
    else:
        out().print_json(data=reports)


def _benchmarks() -> dict[Name, Benchmark]:
    from bench import growth, http, memory, mqtt, night, opcua, reads, whatif, write

    return {
        Name.WHATIF: whatif.run,
        Name.NIGHT: night.run,
        Name.WRITE: write.run,
        Name.READS: reads.run,
        Name.GROWTH: growth.run,
        Name.MEMORY: memory.run,
        Name.HTTP: http.run,
        Name.MQTT: mqtt.run,
        Name.OPCUA: opcua.run,
    }
