"""`foretell train`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, out, print_json

EPILOG = """Examples:

foretell train --hours 720 --out plant.safetensors

foretell train --demo --out demo.safetensors (the shipped checkpoint, again)

FORETELL_CHECKPOINT=plant.safetensors foretell up"""


def train(
    target: Annotated[Path, typer.Option("--out", help="Checkpoint file to write.")] = Path("world.safetensors"),
    hours: Annotated[float | None, typer.Option(min=1, help="Only the last hours of the history.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, segments and noise.")] = 1,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Train on the demo plant's training log.")] = False,
    as_json: Json = False,
) -> None:
    """Train a world model and calibrate its detector on what the historian holds; writes one checkpoint."""
    from api.main import train as run

    card = run(load_settings(), target, hours=hours, seed=seed, demo=demo, console=err())
    if as_json:
        print_json(card)
        return
    out().print(f"{target}: {card.version}, trained on {card.data_hours:.0f} h", markup=False)
    for name, value in card.skill.items():
        out().print(f"  {name}: {value:.3g}", markup=False)
