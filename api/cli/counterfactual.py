"""`foretell bench generate`, `whatif`, `faults`, `score`, `tracks`: the counterfactual benchmark on any folder."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Json, err, out, print_json
from api.progress import Stages
from twin.errors import InvalidInput

Data = Annotated[Path, typer.Option("--data", help="Folder in the benchmark's format.")]
Family = Annotated[str | None, typer.Option(help="Dynamics family; default: the one that the house serves.")]
Forecaster = Annotated[str | None, typer.Option("--family", help="The same, or one of the references hold and arx.")]
Processes = Annotated[int, typer.Option("--procs", min=1, help="Processes that simulate.")]

_CPUS = os.cpu_count() or 1


class Scored(StrEnum):
    """What is scored."""

    WHATIF = "whatif"
    FAULTS = "faults"


def whatif(
    data: Annotated[Path | None, typer.Option(help="Folder in the benchmark's format; default: demo plants.")] = None,
    target: Annotated[Path | None, typer.Option("--out", help="File of answers to write; goes with --data.")] = None,
    family: Forecaster = None,
    *,
    as_json: Json = False,
) -> None:
    """Train on a folder's log and answer its what-if questions; without a folder: the bench on the demo plant."""
    if (data is None) != (target is None):
        raise InvalidInput("--data and --out go together", field="out" if target is None else "data")
    stages = Stages(err())
    if data is None or target is None:
        from bench.whatif import run as on_demo_plants

        with stages.stage("Benchmark whatif") as report:
            _show({"whatif": on_demo_plants(progress=report)}, as_json=as_json)
        return
    from bench.counterfactual import run

    with stages.stage(f"What-ifs of {data}") as report:
        found = run(data, target, family, report)
    _show(found, as_json=as_json)


def faults(
    data: Data,
    target: Annotated[Path, typer.Option("--out", help="File of scores to write.")],
    *,
    as_json: Json = False,
) -> None:
    """Train and calibrate on a folder's logs, watch its fault runs and write a score for every row."""
    from bench.faults import run

    with Stages(err()).stage(f"Fault runs of {data}") as report:
        found = run(data, target, report)
    _show(found, as_json=as_json)


def generate(
    target: Annotated[Path, typer.Option("--out", help="Folder to write.")],
    family: Annotated[str, typer.Option(help="Any word: it is hashed into every seed.")] = "public",
    seed: Annotated[int, typer.Option(help="Another data set of the same family.")] = 0,
    hours: Annotated[float, typer.Option(min=1, help="Hours of the training log; val and steady: a quarter.")] = 400,
    episode: Annotated[float, typer.Option(min=1, max=50, help="Hours of a run at most.")] = 50,
    moves: Annotated[float, typer.Option(min=0, help="Operator moves per hour.")] = 1.0,
    fault_moves: Annotated[float, typer.Option(min=0, help="The same in moving fault runs.")] = 0.25,
    sample_min: Annotated[float, typer.Option(min=0.1, help="Minutes to a row.")] = 3.0,
    context: Annotated[float, typer.Option(min=0.1, help="Hours before a question.")] = 6.0,
    horizon: Annotated[float, typer.Option(min=0.1, help="Hours after it.")] = 8.0,
    pairs: Annotated[int, typer.Option(min=0, help="Questions inside the ordinary range.")] = 65,
    ood_pairs: Annotated[int, typer.Option(min=0, help="Questions outside of it.")] = 13,
    idvs: Annotated[str, typer.Option("--faults", help="IDV numbers, comma separated, or all.")] = "all",
    fault_free: Annotated[int, typer.Option(min=0, help="Fault-free test runs per protocol.")] = 2,
    severity: Annotated[float, typer.Option(min=0, max=1, help="Size of a fault.")] = 1.0,
    background: Annotated[float, typer.Option(min=0, max=1, help="Size of always-on disturbances.")] = 0.0,
    processes: Processes = _CPUS,
    *,
    as_json: Json = False,
) -> None:
    """Simulate the Tennessee Eastman Process: logs, what-if pairs with both true futures, fault runs."""
    from bench.tep.generate import Sizes
    from bench.tep.generate import generate as run
    from bench.tep.runs import Regime, control_steps

    regime = Regime(
        family=family,
        seed=seed,
        every=control_steps(sample_min),
        moves=moves,
        context=context,
        horizon=horizon,
        severity=severity,
        background=background,
    )
    sizes = Sizes(hours, episode, pairs, ood_pairs, _numbers(idvs), fault_free, fault_moves)
    with Stages(err()).stage(f"Simulating {target}") as report:
        found = run(target, regime, sizes, processes, report)
    _show(found, as_json=as_json)


def score(
    what: Annotated[Scored, typer.Argument(help="Answers to what-ifs, or scores of fault runs.")],
    data: Data,
    predictions: Annotated[Path, typer.Option("--pred", help="File that was written by whatif or faults.")],
) -> None:
    """Score a file of answers against the truth; prints JSON."""
    from bench.scoring.file import score_file

    print_json(score_file(what.value, data, predictions))


def tracks(
    lab: Annotated[Path | None, typer.Option(help="Folder of the lab track; default: generated.")] = None,
    field: Annotated[Path | None, typer.Option(help="Folder of the field track; default: generated.")] = None,
    second: Annotated[
        Path | None, typer.Option(help="Folder of the lab track of a second family of seeds; default: generated.")
    ] = None,
    second_field: Annotated[
        Path | None, typer.Option(help="Folder of the field track of that family; default: generated.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Family, hold, arx or champion; again for more. Default: those three.")
    ] = None,
    processes: Processes = _CPUS,
    *,
    as_json: Json = False,
) -> None:
    """Score models on all tracks and write bench/results/tracks.json."""
    from bench.counterfactual import REFERENCES
    from bench.tracks import CHAMPION
    from bench.tracks import tracks as run

    given = {"lab": lab, "field": field, "second": second, "second-field": second_field}
    folders = {name: path for name, path in given.items() if path is not None}
    with Stages(err()).stage("What-ifs of all tracks") as report:
        found = run(folders, model or (*REFERENCES, CHAMPION), processes, report)
    _show(found, as_json=as_json)


def _numbers(text: str) -> tuple[int, ...]:
    from bench.tep.generate import ALL_FAULTS

    if text == "all":
        return ALL_FAULTS
    try:
        numbers = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no list of IDV numbers", field="faults", value=text) from error
    if unknown := sorted(set(numbers) - set(ALL_FAULTS)):
        raise InvalidInput(
            f"IDV {unknown[0]} is not one of 1 to {ALL_FAULTS[-1]}",
            field="faults",
            value=unknown[0],
            limit=ALL_FAULTS[-1],
        )
    return numbers


def _show(found: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        out().print_json(data=found)
