"""Questions put to a world as a person puts them: through the answer loop, the turns of an item in one session."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Protocol

from bench.questions.items import Item
from bench.questions.planted import Library
from bench.questions.reference import Reference, expected
from bench.questions.score import Scored, score
from bench.questions.worlds import World, world
from twin.answer import Answer, Question

MAX_HORIZON = timedelta(hours=24)


class Asker(Protocol):
    """Answers questions about one world, and remembers sessions."""

    async def ask(self, question: Question) -> Answer:
        """The answer; errors that a person can put right come back as answers."""
        ...


Askers = Callable[[World], Asker]
Report = Callable[[float], None]


async def asked(items: Sequence[Item], library: Library, askers: Askers, progress: Report) -> list[Scored]:
    """Every item's answer, judged; one asker a world, one question at a time."""
    scored: list[Scored] = []
    for name, of_world in groupby(sorted(items, key=lambda item: item.world), key=lambda item: item.world):
        place = world(name, library)
        asker = askers(place)
        for item in of_world:
            scored.append(await _one(item, place, asker))
            progress(len(scored) / len(items))
    return scored


async def _one(item: Item, place: World, asker: Asker) -> Scored:
    reference = expected(item.plans, place) if item.plans else Reference(frozenset({item.status}))
    began = time.perf_counter()
    question = Question.model_construct(question=item.say, session=item.session, at=None)  # also what REST refuses
    answer = await asker.ask(question)
    ms = 1000 * (time.perf_counter() - began)
    return score(item, answer, reference, place.twin.plant, place.truth.now, ms)


def beside(scored: Sequence[Scored]) -> Iterator[str]:
    """Every miss: what was said, what was right, what came."""
    for one in scored:
        if one.right and one.exact and not one.over_claims:
            continue
        wrong = [name for name, right in one.fields.items() if not right]
        yield f"{one.item.id} [{', '.join((*one.item.style, one.item.language))}] {one.item.say}"
        yield f"  wanted {one.item.status}: {_shown(one.item.plans)} {', '.join(one.item.candidates)}"
        yield f"  given  {one.answer.status}: {_shown(one.answer.plans)} {', '.join(one.answer.candidates)}"
        yield f"  wrong: {', '.join(wrong) or '-'}; missing: {', '.join(one.missing) or '-'}"
        yield f"  over-claims: {', '.join(one.over_claims) or '-'}; confidence {one.answer.confidence}"
        yield f"  said: {' '.join(one.answer.text.split())[:300]}"


def _shown(plans: Sequence[object]) -> str:
    return " + ".join(
        plan.model_dump_json(exclude_defaults=True, exclude={"notes"})
        if hasattr(plan, "model_dump_json")
        else str(plan)
        for plan in plans
    )
