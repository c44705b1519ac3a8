"""`python -m bench.servers FILE.gguf VLLM_URL`: the same questions through llama.cpp and vLLM, the same plans?

Both serve the same weights. The first starts here, the second is asked at its address; recipe in
docs/models-language.md. Questions of the dev set of which the other engines are not sure, for which alone a language
model is asked; its plans are compared as they come of all engines together, and as it would read alone.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from api.engines import CONFIDENCE, readers
from api.language.asking import Answerable, Asking, Decision, Declined, Memory, Opinion
from api.language.conversation import ConversationConfig
from api.language.engines.calibration import Calibration, Mix
from api.language.engines.choose import Choose
from api.language.engines.llm import Llm
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from bench.questions.items import Item, load, spread
from bench.questions.planted import HERE
from bench.questions.worlds import world
from bench.report import save
from models.language.client import OpenAILanguageModel
from models.language.embedded import EmbeddedServer
from twin.calendar import PlantCalendar
from twin.errors import LanguageModelUnavailable
from twin.query import INTENTS

QUESTIONS = 64
TIMEOUT_S = 300.0
SURE = ConversationConfig().sure
AT_ONCE = 4
"""Questions that vLLM is asked at the same time; llama.cpp is asked one by one."""
_OWN = {"model": 1.0}
ALONE = Calibration(
    mixes={
        "model": Mix(weights={"english": _OWN, "other": _OWN, "leaning": _OWN}, confidence={"one": 9.0}, answer=0.0)
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Doubtful:
    """A question that the other engines are not sure of, and their opinions."""

    item: Item
    asking: Asking
    own: tuple[tuple[Opinion, ...], ...]


class Deciding:
    """Plans as they come of a model's opinion, alone and together with the other engines."""

    def __init__(self) -> None:
        self._engines = readers()
        self._together = Choose(Calibration.load(CONFIDENCE))
        self._alone = Choose(ALONE)

    async def doubtful(self, item: Item, sure: float = SURE) -> Doubtful | None:
        """The question when the other engines are less than `sure` of it, else None."""
        place = world(item.world)
        vocabulary, calendar = Vocabulary(place.twin.plant), PlantCalendar(place.twin.plant, place.twin.clock.now())
        read = asking(item.say, place.twin, vocabulary, calendar, Memory())
        own = tuple([tuple(await engine.read(read)) for engine in self._engines])
        confidence = self._together.choose(own, read).confidence
        return None if confidence is None or confidence >= sure else Doubtful(item, read, own)

    def alone(self, question: Doubtful, opinions: Sequence[Opinion] | None) -> str:
        """Of the model's opinion only."""
        return "no answer" if opinions is None else plans(self._alone.choose([opinions], question.asking))

    def together(self, question: Doubtful, opinions: Sequence[Opinion] | None) -> str:
        """Of all engines, as it is answered."""
        given = question.own if opinions is None else (*question.own, opinions)
        return plans(self._together.choose(given, question.asking))


async def questions(deciding: Deciding, number: int = QUESTIONS) -> list[Doubtful]:
    """First turns of the dev set for which the model would be asked, spread over it; those of a world together."""
    items = [item for item in load(HERE / "items" / "dev") if item.turn == 1 and item.plans]
    found: list[Doubtful] = []
    for item in spread(items):
        question = await deciding.doubtful(item)
        if question is not None:
            found.append(question)
        if len(found) == number:
            break
    return sorted(found, key=lambda question: question.item.world)


@dataclass(slots=True)
class Served:
    """What came of the questions on one server; None where it did not answer."""

    model: OpenAILanguageModel
    opinions: list[tuple[Opinion, ...] | None] = field(default_factory=list)
    seconds: float = 0.0
    hit_rate: float | None = None

    def report(self) -> dict[str, float | int | None]:
        """Seconds a question, the share of prompt tokens that the server knew already, calls and failures."""
        used = self.model.used
        known = used.cached / used.prompt if used.prompt and used.cached else self.hit_rate
        return {
            "seconds": round(self.seconds / max(1, len(self.opinions)), 2),
            "cached": None if known is None else round(known, 4),
            "answer_tokens": round(used.answer / max(1, used.calls), 1),
            "calls": used.calls,
            "failures": used.failures,
        }


async def read(model: OpenAILanguageModel, asked: Sequence[Doubtful], at_once: int) -> Served:
    """Every question, `at_once` at a time, once the server has read what precedes them."""
    turns, served = asyncio.Semaphore(at_once), Served(model)

    async def one(engine: Llm, question: Doubtful) -> tuple[Opinion, ...] | None:
        async with turns:
            try:
                return await engine.read(question.asking)
            except LanguageModelUnavailable:
                return None

    for name, group in groupby(asked, key=lambda question: question.item.world):
        engine = Llm(model, world(name).twin)
        await model.warm_up(engine.instructions)
        began = time.perf_counter()
        served.opinions += await asyncio.gather(*(one(engine, question) for question in group))
        served.seconds += time.perf_counter() - began
    served.hit_rate = (await model.health()).hit_rate
    await model.close()
    return served


def reading(opinions: Sequence[Opinion] | None) -> str:
    """What the model itself says, in words: intent and slots of each clause."""
    if opinions is None:
        return "no answer"
    return "; ".join(f"{INTENTS[int(opinion.log_p.argmax())]} {opinion.slots}" for opinion in opinions)


def plans(decision: Decision) -> str:
    """The plans as JSON, or what else came of the question."""
    if isinstance(decision, Answerable | Declined):
        given = decision.plans if isinstance(decision, Answerable) else (decision.plan,)
        return " + ".join(plan.model_dump_json(exclude={"notes"}, exclude_defaults=True) for plan in given)
    return f"asked back: {decision.error.detail} {', '.join(decision.error.candidates)}"


def compared(path: Path, vllm_url: str, number: int = QUESTIONS) -> dict[str, object]:
    """The report; kept in bench/results/servers.json."""
    began = time.perf_counter()
    deciding = Deciding()
    asked = asyncio.run(questions(deciding, number))
    there = asyncio.run(read(OpenAILanguageModel(vllm_url, timeout_s=TIMEOUT_S), asked, AT_ONCE))
    with EmbeddedServer(path) as server:
        model = OpenAILanguageModel(server.url, api_key=server.key, timeout_s=TIMEOUT_S)
        here = asyncio.run(read(model, asked, 1))
    return save(
        "servers",
        began,
        ("foretell", "openai", "xllamacpp"),
        model=path.name,
        llama_cpp=here.report(),
        vllm=there.report(),
        **judged(deciding, asked, here, there),
    )


def judged(deciding: Deciding, asked: Sequence[Doubtful], here: Served, there: Served) -> dict[str, object]:
    """Shares of the questions that were read the same on both servers, and every one that was not."""
    same: Counter[str] = Counter()
    differ = []
    for question, one, other in zip(asked, here.opinions, there.opinions, strict=True):
        views = {
            "reading": (reading(one), reading(other)),
            "plan_alone": (deciding.alone(question, one), deciding.alone(question, other)),
            "plan_together": (deciding.together(question, one), deciding.together(question, other)),
        }
        same.update(name for name, (first, second) in views.items() if first == second)
        apart = {name: {"llama_cpp": pair[0], "vllm": pair[1]} for name, pair in views.items() if pair[0] != pair[1]}
        if apart:
            differ.append({"say": question.item.say, **apart})
    names = ("reading", "plan_alone", "plan_together")
    return {
        "questions": len(asked),
        **{f"same_{name}": round(same[name] / len(asked), 4) for name in names},
        "differ": differ,
    }


if __name__ == "__main__":
    report = compared(Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(
        f"{report['questions']} questions: same plans of all engines together {report['same_plan_together']:.1%}, "
        f"of the model alone {report['same_plan_alone']:.1%}\n"
    )
