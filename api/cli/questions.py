"""`foretell bench questions`: how well questions are understood and answered, on worlds whose truth is known."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.output import Json, err, out, print_json
from api.progress import Stages

if TYPE_CHECKING:
    from bench.questions.ask import Askers


class Engine(StrEnum):
    """Who reads the questions."""

    RULES = "rules"
    EMBED = "embed"
    LLM = "llm"
    AUTO = "auto"


def questions(
    engine: Annotated[Engine, typer.Option(help="rules, embed, llm, or auto: whichever of them there are.")] = (
        Engine.AUTO
    ),
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="dev or test; again for more. Default: both.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of your own: plant.yaml, worlds/, items/. Nothing is kept of it.")
    ] = None,
    misses: Annotated[
        bool, typer.Option("--misses", help="Print every miss with what was wanted; never those of the test set.")
    ] = False,
    *,
    as_json: Json = False,
) -> None:
    """Ask the question bench, judge the answers, write bench/results/questions_ENGINE.json."""
    from bench.questions.run import questions as run
    from bench.questions.run import summary

    with Stages(err()).stage(f"Questions, read by {engine.value}") as report:
        found, missed = run(engine.value, _askers(engine), sets or ("dev", "test"), data, report)
    if misses:
        err().print("\n".join(missed), markup=False, soft_wrap=True)
    if as_json:
        print_json(found)
        return
    heads, *rows = summary(found)
    table = Table(*heads, box=None)
    for row in rows:
        table.add_row(*row)
    out().print(table)


def _askers(engine: Engine) -> "Askers":
    """One answer loop a world."""
    from api.language.conversation import Conversation, ConversationConfig
    from api.language.engines.plain import Plain
    from api.language.engines.rules import Rules
    from bench.questions.ask import MAX_HORIZON

    return lambda world: Conversation(
        world.twin, (Rules(),), Plain(), config=ConversationConfig(max_horizon=MAX_HORIZON)
    )
