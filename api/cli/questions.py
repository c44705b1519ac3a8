"""`foretell bench questions`: how well questions are understood and answered, on worlds whose truth is known."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.client import load_settings
from api.cli.output import Json, err, out, print_json
from api.progress import Stages
from twin.errors import ConfigurationError

if TYPE_CHECKING:
    from bench.questions.ask import Askers
    from bench.questions.counted import Counted


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

    model, prose = _model(engine)
    with Stages(err()).stage(f"Questions, read by {engine.value}") as report:
        found, missed = run(
            engine.value, _askers(engine, model, prose=prose), sets or ("dev", "test"), data, report, model
        )
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


def _model(engine: Engine) -> tuple["Counted | None", bool]:
    """The settings' language model where one may be asked, and whether it tells answers as well.

    Raises ConfigurationError where one has to be asked and there is none.
    """
    from api.lifecycle.language import language_model, tells
    from bench.questions.counted import Counted

    served = language_model(load_settings()) if engine in {Engine.LLM, Engine.AUTO} else None
    if engine is Engine.LLM and served is None:
        raise ConfigurationError(
            "no language model is served: set FORETELL_LLM_BASE_URL", field="--engine", value="llm"
        )
    return (None if served is None else Counted(served)), tells(served)


def _askers(engine: Engine, model: "Counted | None", *, prose: bool) -> "Askers":
    """One answer loop a world; `llm` asks the model about every question, `auto` about those that are not clear."""
    from api.engines import Only, conversation
    from api.language.conversation import ConversationConfig
    from bench.questions.ask import MAX_HORIZON

    config = ConversationConfig(max_horizon=MAX_HORIZON)
    if engine is Engine.LLM:
        config = replace(config, sure=2.0)
    only: Only = "rules" if engine is Engine.RULES else "embed" if engine is Engine.EMBED else "auto"
    return lambda world: conversation(world.twin, model, config, only, prose=prose)
