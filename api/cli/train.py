"""`foretell train`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, out, print_json
from api.progress import Stages
from twin.lifecycle import TrainingRequest
from twin.world import ModelCard

EPILOG = """Examples:

foretell train --hours 720 --hold 48 --gate (a challenger; champion if it passes the gate on the newest 48 h)

foretell train --from history.parquet --from more.csv --family linear

foretell train --unit distillation --unit reactor (a model each, joined to one)

foretell train --resume (goes on where the last training was cut off)

foretell train --out plant.safetensors (a file, beside the registry; FORETELL_CHECKPOINT names it)

foretell train --demo --out demo.safetensors (the shipped checkpoint, again)"""


def train(
    target: Annotated[
        Path | None, typer.Option("--out", help="Write this checkpoint file; default: a version in the registry.")
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Train on CSV or Parquet instead of the historian; repeatable."),
    ] = None,
    family: Annotated[str | None, typer.Option(help="Dynamics family; default: the one that Foretell ships.")] = None,
    hours: Annotated[float | None, typer.Option(min=1, help="Only the last hours of the history.")] = None,
    hold: Annotated[float, typer.Option(min=0, help="Newest hours kept out of training, for the gate.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of weights, segments and noise.")] = 1,
    units: Annotated[
        list[str] | None,
        typer.Option(
            "--unit", help="Asset that gets a model of its own; repeatable. Default: the plant file's units."
        ),
    ] = None,
    *,
    gate: Annotated[bool, typer.Option("--gate", help="Promote it if it passes the gate.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a training that was cut off.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Train on the demo plant's training log.")] = False,
    as_json: Json = False,
) -> None:
    """Train a world model and calibrate its detector on what the historian, or files, hold."""
    if (demo and files) or (gate and (files or demo or target)):
        raise typer.BadParameter("--demo and --from exclude each other, and --gate needs the historian and registry")
    told = {"family": family, "hours": hours, "hold": hold, "seed": seed, "units": tuple(units or ())}
    request = TrainingRequest(**told, resume=resume, promote=gate)
    card, passed = _run(request, target, tuple(files or ()), demo=demo)
    if as_json:
        print_json({**card.model_dump(mode="json"), "passed": passed})
        return
    place = target or "the registry"
    out().print(f"{place}: {card.version}, trained on {card.data_hours:.0f} h", markup=False)
    for name, value in card.skill.items():
        out().print(f"  {name}: {value:.3g}", markup=False)


def _run(
    request: TrainingRequest, target: Path | None, files: tuple[Path, ...], *, demo: bool
) -> tuple[ModelCard, bool | None]:
    """The trained model's card, and what the gate said; None when it was not asked."""
    from api.lifecycle.trainer import Told
    from api.main import training

    stages = Stages(err())
    with training(load_settings(), err(), files=files, demo=demo) as (trainer, ordinary):
        with stages.stage("World model and detector") as report:
            card = trainer.train(request, Told(report, lambda line: stages.say(f"  {line}")), target, ordinary)
        if not request.promote:
            return card, None
        with stages.stage("The gate"):
            decision = trainer.gate(card.version)
    stages.say("  passed: it is champion" if decision is None or decision.passed else "  refused, it waits:")
    for reason in () if decision is None else decision.reasons:
        stages.say(f"    {reason}")
    return card, None if decision is None else decision.passed
