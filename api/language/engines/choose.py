"""Combines the engines' opinions into plans, and tells how sure they are."""

from collections.abc import Sequence
from dataclasses import fields, replace

from api.language.asking import Answerable, AskBack, Asking, Clause, Decision, Declined, Opinion, Pending
from api.language.engines.calibration import Calibration, Mix
from api.language.engines.features import Read, features
from api.language.engines.readings import worded
from api.language.reading.followups import FOLLOWS, LEANS, plans_of
from api.language.reading.missing import Incomplete
from api.language.slots import Slots
from twin.errors import ForetellError, InvalidInput
from twin.query import OutOfScopePlan, Plan

OWN = ("rules", "embed")
CLOSE = 0.25
"""A second intent takes the place of the best one, to which something is missing, from this share of its odds on."""
SHORT = 6
_KEPT = frozenset({"notes", "wordings", "unread", "problems", "reason", "order", "past"})
_EMPTY = Slots()


class Choose:
    """The chooser: weighs the engines, takes the slots that were read, asks back where that is not sure enough."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def choose(self, opinions: Sequence[Sequence[Opinion]], asking: Asking) -> Decision:
        """What to do.

        What cannot be meant (an ambiguous or unknown name, a unit that does not fit, a missing amount) is asked back
        whatever the confidence. Raises CheckpointError for engines that nothing was fitted for.
        """
        refused = next((clause.slots.reason for clause in asking.clauses if clause.slots.reason), None)
        if refused is not None:
            return Declined(OutOfScopePlan(reason=refused))
        kinds = frozenset(_kind(of_engine[0]) for of_engine in opinions if of_engine)
        mix = self._calibration.of(kinds)
        reads: Sequence[Read] = combined(opinions, asking, mix)
        own = tuple(clause.slots for clause in asking.clauses)
        best = [read.intents()[0] for read in reads]
        slots = slots_of(opinions, asking) if _lacks(best, own, asking) else own
        reads = [
            replace(read, filled=int(taken != said)) for read, taken, said in zip(reads, slots, own, strict=True)
        ]
        return _decided(reads, slots, mix, asking, opinions)


def combined(opinions: Sequence[Sequence[Opinion]], asking: Asking, mix: Mix) -> tuple[Read, ...]:
    """Each clause with the opinions on it, and all of them together."""
    found = []
    for number, clause in enumerate(asking.clauses):
        own = {_kind(of_engine[number]): of_engine[number].log_p for of_engine in opinions}
        leans = leaning(clause, asking, number)
        kind = "leaning" if leans else "english" if asking.language == "en" else "other"
        found.append(Read(own, mix.intents(own, kind), leans))
    return tuple(found)


def leaning(clause: Clause, asking: Asking, number: int) -> bool:
    """Whether a clause is likely to leave out what was said before it."""
    if not asking.memory.intent and number == 0:
        return False
    words = clause.english.split()
    return bool(FOLLOWS.match(clause.english)) or len(words) <= SHORT or bool(LEANS.search(clause.english))


def slots_of(opinions: Sequence[Sequence[Opinion]], asking: Asking) -> tuple[Slots, ...]:
    """The clauses' slots; where they are empty, those of a language model."""
    found = []
    for number, clause in enumerate(asking.clauses):
        slots = clause.slots
        for of_engine in opinions:
            slots = _filled(replace(clause, slots=slots), of_engine[number])
        found.append(slots)
    return tuple(found)


def _decided(
    reads: Sequence[Read],
    slots: Sequence[Slots],
    mix: Mix,
    asking: Asking,
    opinions: Sequence[Sequence[Opinion]],
) -> Decision:
    best = [read.intents()[0] for read in reads]
    try:
        intents = _complete(best, reads, slots, asking)
        plans, memory = plans_of(intents, asking, slots)
    except ForetellError as error:
        sure = mix.sure(features(reads, best, (), asking)) if isinstance(error, Incomplete) else None
        return _asked_back(error, asking, sure)
    sure = mix.sure(features(reads, intents, plans, asking))
    if all(isinstance(plan, OutOfScopePlan) for plan in plans):
        return Declined(next(plan for plan in plans if isinstance(plan, OutOfScopePlan)), sure)
    if sure >= mix.answer:
        return Answerable(plans, sure, _speaker(intents, slots, asking, opinions), memory)
    return _unsure(reads, intents, plans, slots, asking, sure)


def _complete(best: Sequence[str], reads: Sequence[Read], slots: Sequence[Slots], asking: Asking) -> tuple[str, ...]:
    """The best intents; where something is missing to one, a second that is close and misses nothing."""
    intents: list[str] = []
    for number, (intent, read) in enumerate(zip(best, reads, strict=True)):
        second = read.intents()[1]
        if _lacks([*intents, intent], slots, asking) and not _lacks([*intents, second], slots, asking):
            close = read.share(second) >= CLOSE * read.share(intent)
            intents.append(second if close and second not in {"help", "out_of_scope"} else intent)
        else:
            intents.append(intent)
        if number + 1 == len(reads):
            break
    return tuple(intents)


def _lacks(intents: Sequence[str], slots: Sequence[Slots], asking: Asking) -> bool:
    try:
        plans_of(intents, asking, slots)
    except Incomplete:
        return True
    except ForetellError:
        return False
    return False


def _unsure(
    reads: Sequence[Read],
    intents: Sequence[str],
    plans: Sequence[Plan],
    slots: Sequence[Slots],
    asking: Asking,
    sure: float,
) -> AskBack:
    """Offers the reading, and the one with the second intent of the clause that is least sure."""
    zone = asking.calendar.zone
    offered = ["; ".join(worded(plan, zone) for plan in plans)]
    place = min(range(len(reads)), key=lambda number: reads[number].share(intents[number]))
    for other in reads[place].intents()[:3]:
        swapped = [*intents[:place], other, *intents[place + 1 :]]
        try:
            said = "; ".join(worded(plan, zone) for plan in plans_of(swapped, asking, slots)[0])
        except ForetellError:
            continue
        if said not in offered and other != "out_of_scope":
            offered.append(said)
    error = InvalidInput(
        "I am not sure what is meant", field="question", value=_question(asking), candidates=offered[:2]
    )
    return _asked_back(error, asking, sure)


def _asked_back(error: ForetellError, asking: Asking, sure: float | None) -> AskBack:
    question = _question(asking)
    said = error.value if isinstance(error.value, str) and error.value.lower() in question.lower() else ""
    pending = Pending(question, said, error.candidates)
    return AskBack(error, replace(asking.memory, pending=pending, language=asking.language), sure)


def _question(asking: Asking) -> str:
    """What was asked; of a reply to what was asked back, the whole question that it completes."""
    joined = "; ".join(clause.text for clause in asking.clauses)
    return joined if len(joined) > len(asking.original) else asking.original


def _filled(clause: Clause, opinion: Opinion) -> Slots:
    """The clause's slots with a model's in those that are empty."""
    own, read = clause.slots, opinion.slots
    if read is None:
        return own
    names = [item.name for item in fields(Slots) if item.name not in _KEPT]
    taken = {name: getattr(read, name) for name in names if getattr(own, name) == getattr(_EMPTY, name)}
    moved = {move.tag for move in (*own.moves, *read.moves)}
    if own.moves or read.moves:
        taken["tags"] = tuple(tag for tag in own.tags or read.tags if tag not in moved)
    return replace(own, **{name: value for name, value in taken.items() if value != getattr(own, name)})


def _speaker(
    intents: Sequence[str], slots: Sequence[Slots], asking: Asking, opinions: Sequence[Sequence[Opinion]]
) -> str:
    """The engine that decided: the model where its slots were taken or the others read otherwise, then embed."""
    by_kind = {_kind(of_engine[0]): of_engine for of_engine in opinions if of_engine}
    agree = {kind: _intents(of_engine) == tuple(intents) for kind, of_engine in by_kind.items()}
    filled = any(taken != clause.slots for taken, clause in zip(slots, asking.clauses, strict=True))
    model = by_kind.get("model")
    if model is not None and (filled or (agree["model"] and not any(agree.get(kind) for kind in OWN))):
        return model[0].engine
    if agree.get("rules") or "embed" not in by_kind:
        return model[0].engine if model is not None and "rules" not in by_kind else "rules"
    return "embed"


def _intents(opinions: Sequence[Opinion]) -> tuple[str, ...]:
    return tuple(Read({}, opinion.log_p, leans=False).intents()[0] for opinion in opinions)


def _kind(opinion: Opinion) -> str:
    return opinion.engine if opinion.engine in OWN else "model"
