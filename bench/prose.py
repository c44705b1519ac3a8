"""`python -m bench.prose FILE.gguf [NUMBER]`: answers told by a small model, and what the verifier makes of them.

Answers to questions of the dev set, spread over it; the model narrates each from its evidence. What would be said is
held against the evidence by a reader that shares no code with the verifier (bench/questions/audit.py). Figures by
model in bench/results/prose.json.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from api.engines import conversation
from api.language.conversation import ConversationConfig
from api.language.grounding import Verifier
from api.language.narrate import TOLD, Narration, Narrator
from bench.markdown import RESULTS
from bench.questions.ask import MAX_HORIZON
from bench.questions.audit import unsupported
from bench.questions.items import Item, load, spread
from bench.questions.planted import HERE
from bench.questions.worlds import world
from bench.report import save
from models.language.client import ClientConfig, OpenAILanguageModel
from models.language.embedded import EmbeddedServer
from twin.answer import Answer, Question
from twin.plant import Plant
from twin.protocols import LanguageModel

T = TypeVar("T", bound=BaseModel)

NUMBER = 150
TIMEOUT_S = 300.0
MAX_TOKENS = 300
SHOWN = 20
"""Withheld texts that are listed."""


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """One answer as the model told it.

    Attributes:
        prose: the model's; empty where none came.
        answer: as it would be said: in prose, or in the template's words.
    """

    item: Item
    template: Answer
    prose: str
    answer: Answer

    @property
    def plant(self) -> Plant:
        """The plant that is spoken of."""
        return world(self.item.world).twin.plant

    @property
    def passed(self) -> bool:
        """Whether the prose is said."""
        return self.answer is not self.template

    @property
    def wrong(self) -> tuple[str, ...]:
        """Numbers of the prose, said or not, that the independent reader finds no evidence for."""
        return unsupported(self.template.model_copy(update={"text": self.prose}), self.plant)


class Overheard:
    """A language model whose last prose is kept."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.said = ""

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """As the model itself; raises LanguageModelUnavailable."""
        self.said = ""
        answer = await self._model.complete(instructions, prompt, schema)
        self.said = answer.text if isinstance(answer, Narration) else ""
        return answer

    async def warm_up(self, instructions: str) -> None:
        """As the model itself."""
        await self._model.warm_up(instructions)


async def answers(number: int = NUMBER) -> list[tuple[Item, Answer]]:
    """What a narrator is asked to tell: answers to first turns of the dev set, spread over it."""
    items = [item for item in load(HERE / "items" / "dev") if item.turn == 0 and item.plans]
    askers = {
        name: conversation(world(name).twin, config=ConversationConfig(max_horizon=MAX_HORIZON))
        for name in dict.fromkeys(item.world for item in items)
    }
    found: list[tuple[Item, Answer]] = []
    for item in spread(items):
        answer = await askers[item.world].ask(
            Question.model_construct(question=item.say, session=item.session, at=None)
        )
        if answer.status in TOLD:
            found.append((item, answer))
        if len(found) == number:
            break
    return found


async def told(model: LanguageModel, given: Sequence[tuple[Item, Answer]]) -> list[Told]:
    """Each answer as it would be said with that model."""
    overheard = Overheard(model)
    narrators = {
        name: Narrator(overheard, Verifier(world(name).twin.plant))
        for name in dict.fromkeys(item.world for item, _ in given)
    }
    found = []
    for item, answer in given:
        said = await narrators[item.world].narrated(item.say, answer)
        found.append(Told(item, answer, overheard.said, said))
    return found


def figures(found: Sequence[Told]) -> dict[str, object]:
    """How often prose is said, and what it would have claimed."""
    prose = [one for one in found if one.prose]
    said = [one for one in prose if one.passed]
    withheld = [one for one in prose if not one.passed]
    slipped = [one for one in found if unsupported(one.answer, one.plant)]
    return {
        "answers": len(found),
        "no_prose": len(found) - len(prose),
        "passed": len(said),
        "withheld": len(withheld),
        "prose_with_unsupported_numbers": sum(bool(one.wrong) for one in prose),
        "withheld_by_kind": dict(Counter(kind for one in withheld for kind in _kinds(one)).most_common()),
        "said_with_unsupported_numbers": len(slipped),
        "slipped": [{"say": one.item.say, "text": one.answer.text} for one in slipped],
        "samples_withheld": [{"say": one.item.say, "text": one.prose} for one in withheld[:SHOWN]],
        "samples_passed": [{"say": one.item.say, "text": one.prose} for one in said[:SHOWN]],
    }


def _kinds(one: Told) -> set[str]:
    """What kinds of claims of a withheld prose had no evidence."""
    answer = one.template
    checked = Verifier(one.plant).check(one.prose, answer.evidence, language=answer.language, window=answer.window)
    return {claim.kind for claim in checked.claims if claim.said in checked.unmatched} or {"no claim"}


def measured(path: Path, number: int = NUMBER) -> dict[str, object]:
    """One model's figures; kept beside those of the others."""
    began = time.perf_counter()
    given = asyncio.run(answers(number))
    config = ClientConfig(timeout_s=TIMEOUT_S, max_tokens=MAX_TOKENS)
    with EmbeddedServer(path) as server:
        model = OpenAILanguageModel(server.url, api_key=server.key, config=config)
        found = figures(asyncio.run(told(model, given)))
    file = RESULTS / "prose.json"
    kept = json.loads(file.read_text(encoding="utf-8"))["models"] if file.exists() else {}
    return save("prose", began, ("foretell", "xllamacpp"), models=kept | {path.stem: found})


if __name__ == "__main__":
    report = measured(Path(sys.argv[1]), *(int(number) for number in sys.argv[2:]))
    sys.stdout.write(json.dumps(report["models"], indent=1, ensure_ascii=False) + "\n")
