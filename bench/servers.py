"""`python -m bench.servers FILE.gguf VLLM_URL`: the same questions through llama.cpp and vLLM, the same plans?

Both serve the same weights. The first starts here, the second is asked at its address; recipe in
docs/models-language.md. A question of the dev set is read by the language model alone.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from api.language.asking import Answerable, Asking, Memory
from api.language.engines.calibration import Calibration, Mix
from api.language.engines.choose import Choose
from api.language.engines.llm import Llm
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from bench.questions.items import Item, load
from bench.questions.planted import HERE
from bench.questions.worlds import world
from bench.report import save
from models.language.client import OpenAILanguageModel
from models.language.embedded import EmbeddedServer
from twin.calendar import PlantCalendar
from twin.errors import LanguageModelUnavailable

WORLD = "tep-dev"
QUESTIONS = 60
TIMEOUT_S = 300.0
_OWN = {"model": 1.0}
ALONE = Calibration(
    mixes={
        "model": Mix(weights={"english": _OWN, "other": _OWN, "leaning": _OWN}, confidence={"one": 9.0}, answer=0.0)
    }
)


def questions(number: int = QUESTIONS) -> list[Item]:
    """First turns of the dev set about one world, spread over it."""
    items = [item for item in load(HERE / "items" / "dev") if item.world == WORLD and item.turn == 1 and item.plans]
    return items[:: max(1, len(items) // number)][:number]


def readings(items: Sequence[Item]) -> Iterator[Asking]:
    """The questions as the engines see them."""
    place = world(WORLD)
    vocabulary, calendar = Vocabulary(place.twin.plant), PlantCalendar(place.twin.plant, place.twin.clock.now())
    for item in items:
        yield asking(item.say, place.twin, vocabulary, calendar, Memory())


async def plans(model: OpenAILanguageModel, asked: Sequence[Asking]) -> tuple[list[str], float]:
    """Each question's plans as JSON, or what else came of it; and the mean seconds of a question."""
    engine = Llm(model, world(WORLD).twin)
    await model.warm_up(engine.instructions)
    found: list[str] = []
    began = time.perf_counter()
    for question in asked:
        try:
            decision = Choose(ALONE).choose([await engine.read(question)], question)
        except LanguageModelUnavailable:
            found.append("no answer")
            continue
        given = decision.plans if isinstance(decision, Answerable) else ()
        shown = " + ".join(plan.model_dump_json(exclude={"notes"}) for plan in given)
        found.append(shown or type(decision).__name__)
    await model.close()
    return found, (time.perf_counter() - began) / max(1, len(asked))


def compared(path: Path, vllm_url: str, number: int = QUESTIONS) -> dict[str, object]:
    """The report; kept in bench/results/servers.json."""
    began = time.perf_counter()
    items = questions(number)
    asked = list(readings(items))
    with EmbeddedServer(path) as server:
        here = OpenAILanguageModel(server.url, api_key=server.key, timeout_s=TIMEOUT_S)
        one, one_s = asyncio.run(plans(here, asked))
    there = OpenAILanguageModel(vllm_url, timeout_s=TIMEOUT_S)
    other, other_s = asyncio.run(plans(there, asked))
    differ = [item.say for item, first, second in zip(items, one, other, strict=True) if first != second]
    return save(
        "servers",
        began,
        ("foretell", "openai", "xllamacpp"),
        model=path.name,
        questions=len(items),
        same_plans=1 - len(differ) / len(items),
        differ=differ,
        llama_cpp={"seconds": one_s, "cached": _cached(here)},
        vllm={"seconds": other_s, "cached": _cached(there)},
    )


def _cached(model: OpenAILanguageModel) -> float | None:
    """Share of prompt tokens that the server knew already."""
    return model.used.cached / model.used.prompt if model.used.prompt else None


if __name__ == "__main__":
    report = compared(Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(f"same plans on {report['same_plans']:.0%} of {report['questions']} questions\n")
