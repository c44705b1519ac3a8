"""Questions that the grammar does not understand, read by a language model into the same slots.

The model only names what the question says: tags and times in its words, amounts as they stand there. Everything is
resolved here, by the same vocabulary and calendar, and an amount that is not in the question is refused.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.language.amounts import UNIT_WORDS, amounts
from api.language.grammar import normalised
from api.language.old_moves import reached
from api.language.plans import Statistic
from api.language.reading import Reading
from api.language.vocabulary import Vocabulary
from twin.answer import Evidence
from twin.calendar import PlantCalendar
from twin.errors import InvalidInput
from twin.scenario import Change, Move
from twin.timephrases import find_times

Intent = Literal[
    "events", "explain", "describe", "status", "moves", "what_if", "forecast", "about", "help", "out_of_scope"
]


class AskedMove(BaseModel):
    """A change that the question speaks of."""

    model_config = ConfigDict(extra="forbid")

    tag: str = Field(description="What is moved, in the words of the question")
    change: Literal["to", "by", "times"] = Field(description="to a value, by a difference, or times a factor")
    amount: float = Field(description="The number in the question; negative for a decrease")
    unit: str = Field(description="The unit in the question, empty if none")


class Asked(BaseModel):
    """What a question asks for, in its own words."""

    model_config = ConfigDict(extra="forbid")

    intent: Intent
    tags: list[str] = Field(description="Tags the question is about, in its words, without those that are moved")
    time: str = Field(description="The time words of the question as they stand there, empty if none")
    statistic: Literal["", "mean", "max", "min", "std", "range", "trend", "at", "now"]
    moves: list[AskedMove]


class Narration(BaseModel):
    """An answer in prose."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="Two to five sentences that answer the question from the facts alone")


NARRATE = (
    "You put a digital twin's findings into words for plant operators. Answer the question in two to five plain "
    "sentences. Use only the facts given. Copy numbers, units, times and tag names exactly; add none, compute none."
)


def instructions(vocabulary: Vocabulary) -> str:
    """What the model is told before the question."""
    tags = "\n".join(f"- {tag.aliases[0] if tag.aliases else tag.name}: {tag.name}" for tag in vocabulary.plant.tags)
    return (
        "You read questions about an industrial plant and fill in a form. Do not answer the question.\n"
        "intent: events (unusual events in a time), explain (why an event happened), describe (a statistic, a value "
        "or the history of tags), status (how the plant is now), moves (what the operators changed), what_if (what "
        "changes would do or would have done), forecast (what will be without changes), about (what a tag or the "
        "plant is), help (what can be asked), out_of_scope (anything else).\n"
        "Copy times and tags in the question's own words. Never invent a number.\n"
        f"The plant's tags:\n{tags}"
    )


def reading_of(asked: Asked, question: str, vocabulary: Vocabulary, calendar: PlantCalendar) -> Reading | None:
    """The slots, resolved; None when the question is out of scope. Raises as the grammar does."""
    if asked.intent == "out_of_scope":
        return None
    said = {abs(amount.value) for amount in amounts(normalised(question))}
    moves, notes = [], []
    for item in asked.moves if asked.intent == "what_if" else ():
        move, note = _move(item, said, vocabulary)
        moves.append(move)
        notes += [note] if note else []
    return Reading(
        intent=asked.intent,
        tags=tuple(dict.fromkeys(vocabulary.tag(phrase).name for phrase in asked.tags)),
        times=find_times(asked.time, calendar),
        statistic=Statistic(asked.statistic) if asked.statistic else None,
        moves=tuple(moves),
        notes=tuple(notes),
    )


def facts(question: str, text: str, evidence: tuple[Evidence, ...]) -> str:
    """The prompt for the prose: the question, what was found, and every fact behind it."""
    lines = "\n".join(
        f"- {item.name}{f' ({item.tag})' if item.tag else ''}: {item.value} {item.unit or ''}".rstrip()
        for item in evidence
    )
    return f"Question: {question}\nFindings: {text}\nFacts:\n{lines}"


def _move(item: AskedMove, said: set[float], vocabulary: Vocabulary) -> tuple[Move, str | None]:
    if abs(item.amount) not in said:
        raise InvalidInput(f"the question does not say {item.amount:g}", field="moves", value=item.amount)
    tag = vocabulary.tag(item.tag, movable=True)
    unit = UNIT_WORDS.get(item.unit.lower(), item.unit) or None
    move = Move(tag=tag.name, change=Change(item.change), amount=item.amount, unit=unit)
    if move.change is Change.TIMES:
        move = move.model_copy(update={"unit": None})
    return reached(move, tag, vocabulary, f"{item.amount:g} {item.unit}".strip())
