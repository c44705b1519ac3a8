"""What a question leaves out comes from the one before it in the session, or from the part before it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from api.language.asking import Asking, Memory, Pending
from api.language.reading.amounts import Amount, unit_for, value_of
from api.language.reading.assemble import assemble
from api.language.reading.vocabulary import Vocabulary
from api.language.slots import Slots
from twin.plant import Plant, Tag
from twin.query import Aggregation, AskedMove, Basis, ForecastPlan, Limit, Plan, WhatIfPlan, Window
from twin.scenario import Change
from twin.units import convert

FOLLOWS = re.compile(
    r"^\W*(?:and\b|what about|what if (?:by|to|only|with|for|at)\b|how about|"
    r"make (?:it|that)|same\b|also\b|now (?:with|for|"
    r"the)|ok(?:ay)?,? (?:and|now)|but\b|or\b|then\b|so\b|instead|plus\b|"
    r"likewise|similarly|again\b|only\b|just\b|rather|better\b|no,|(?:for|over|within|in|after) (?:just |"
    r"only |about |another )?\d|at \d|(?:only |just )?with\b|using\b|by \d|try \d)",
    re.IGNORECASE,
)
LEANS = re.compile(
    r"\b(?:it|its|it's|that(?! (?:the|we|they|i|you|he|she|has|had|have|was|were|is|are|did|will|would|can)\b)|those|"
    r"these|this one|they|them|their|(?:in|over|from) there|then|the same|same|one|ones|instead)\b",
    re.IGNORECASE,
)
_TIMED = frozenset({"events", "explain", "describe", "trend", "compare", "moves", "log"})
_NEED_TAGS = frozenset({"describe", "trend", "compare", "forecast", "plan"})
_SCENARIO = frozenset({"what_if", "counterfactual"})
_PASSING = frozenset({"", "help", "out_of_scope"})
_NTH = {
    "first": 0,
    "1st": 0,
    "former": 0,
    "second": 1,
    "2nd": 1,
    "latter": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "last": -1,
}
_NEAR = 80
_MEASURES = frozenset(
    {Aggregation.MAX, Aggregation.MIN, Aggregation.MEAN, Aggregation.STD, Aggregation.RANGE, Aggregation.COUNT}
)


def followed(intent: str, slots: Slots, memory: Memory, plant: Plant, *, within: bool = False) -> tuple[str, Slots]:
    """Intent and slots with what was left out taken from what was last spoken of.

    `within`: the clause is another part of the same question.
    """
    last = memory.slots if intent in _SCENARIO else _held(memory.slots, plant)
    memory = replace(memory, slots=last)
    if intent == "status" and last.tags and _marked(slots, "it") and not slots.assets:
        return "describe", replace(slots, tags=last.tags, aggregation=slots.aggregation or Aggregation.NOW)
    if memory.intent in _PASSING or intent in {"help", "out_of_scope", "status"}:
        return intent, slots
    if intent in _SCENARIO:
        return _scenario(intent, slots, memory)
    if intent == "about":
        return intent, slots if slots.tags or slots.assets or slots.aspect in {"movable", "members"} else _subject(
            slots, last
        )
    if intent == "explain" and slots.which is not None and memory.intent not in {"events", "explain"}:
        return intent, _timed(intent, slots, memory) if within and slots.which != -1 else slots
    alike = intent == memory.intent or intent == "explain" or _leans(slots)
    general = _marked(slots, "plant") or (intent == "compare" and _marked(slots, "events"))
    if not (slots.tags or slots.assets or general) and (intent in _NEED_TAGS or alike) and intent != "log":
        slots = _subject(slots, last)
    if intent in _TIMED:
        slots = _timed(intent, slots, memory)
    if intent == "compare" and _marked(slots, "against") and len(slots.windows) == 1 and last.windows:
        slots = replace(slots, windows=tuple(dict.fromkeys((last.windows[0], *slots.windows))))
    if alike:
        slots = _same_kind(intent, slots, memory)
    return intent, slots


def bare_intent(text: str, slots: Slots, memory: Memory) -> str:
    """What a clause of bare slots asks for: the same as before, where that can be asked of them."""
    last = memory.intent
    if last in _PASSING:
        return ""
    if slots.count_only and last == "explain":
        return "events"
    if slots.aggregation in _MEASURES | {Aggregation.NOW} and last in {"trend", "about"}:
        return "describe"
    if slots.aggregation in _MEASURES and last == "status":
        return "describe"
    if last in {"status", "about"} and slots.tags:
        return "describe"
    if last in {"status", "about"} and (slots.windows or slots.instant):
        return "describe" if memory.slots.tags else "events"
    if last == "forecast" and slots.windows and slots.ahead is None:
        return "describe"
    if last in {"describe", "trend"} and slots.ahead is not None:
        return "forecast"
    if last == "explain" and (slots.tags or slots.assets):
        return "explain"
    del text
    return last


def plans_of(
    intents: Sequence[str], asking: Asking, read: Sequence[Slots] | None = None
) -> tuple[tuple[Plan, ...], Memory]:
    """The plans of all clauses in turn, and what the session knows afterwards; raises what `assemble` raises.

    Each clause leans on the one before it, the first on the session. `read` takes the place of the clauses' slots.
    """
    memory = asking.memory
    plans: list[Plan] = []
    for number, asked in enumerate(intents):
        own = read[number] if read else asking.clauses[number].slots
        intent, slots = followed(asked, own, memory, asking.vocabulary.plant, within=number > 0)
        plan = assemble(intent, slots, asking)
        plans += [] if any(_alike(plan, said) for said in plans) else [plan]
        if plan.intent in _SCENARIO:
            slots = replace(slots, tags=plan.tags)
        if isinstance(plan, ForecastPlan | WhatIfPlan) and plan.limit is not None:
            slots = replace(slots, limits=(plan.limit,))
        kept = memory if plan.intent in _PASSING else Memory(plan.intent, slots, plan, memory.events)
        memory = replace(kept, pending=None, language=asking.language)
    return tuple(plans), memory


def _alike(plan: Plan, other: Plan) -> bool:
    """The same question said twice."""
    apart = {"notes": True, "window": {"basis", "anchor"}}
    return plan.model_dump(exclude=apart) == other.model_dump(exclude=apart)  # type: ignore[arg-type]


def completed(pending: Pending, reply: str, vocabulary: Vocabulary) -> str | None:
    """The question that was asked back, with the reply in place of what was not clear; None when it is no answer.

    A candidate may be named by its name or an alias, by its place ("the second one"), or by the word in which the
    candidates differ ("the setpoint", "the reactor one").
    """
    chosen = _chosen(pending, reply, vocabulary)
    if chosen is None:
        return None
    place = pending.question.lower().find(pending.phrase.lower()) if pending.phrase else -1
    if place < 0:
        return f"{pending.question} {chosen}"
    return f"{pending.question[:place]}{chosen}{pending.question[place + len(pending.phrase) :]}"


def _chosen(pending: Pending, reply: str, vocabulary: Vocabulary) -> str | None:
    said = re.sub(
        r"^\W*(?:the|i mean|i meant|it's|its|that's|please|sorry|oh|ok|yes|no)\b,?|[.!?]+$",
        "",
        reply.strip(),
        flags=re.IGNORECASE,
    ).strip(" ,.!?")
    said = re.sub(r"^(?:the|i mean|i meant)\s+", "", said, flags=re.IGNORECASE)
    exact = [candidate for candidate in pending.candidates if candidate.lower() == said.lower()]
    if exact or len(said.split()) > 6:
        return exact[0] if exact else None
    nth = re.match(r"(\w+)(?: one| of (?:them|these))?$", said.lower())
    if nth and nth[1] in _NTH and len(pending.candidates) > _NTH[nth[1]]:
        return pending.candidates[_NTH[nth[1]]]
    named = {name for mention in vocabulary.find(said) for name in mention.tags} & set(pending.candidates)
    if len(named) == 1:
        return next(iter(named))
    return _by_word(said, pending.candidates, vocabulary)


def _by_word(said: str, candidates: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """The one candidate whose names hold all words of the reply."""
    words = [
        word
        for word in re.findall(r"[^\W_]+|%", said.lower())
        if word not in {"one", "the", "of", "in", "a", "its", "value", "mean", "i"}
    ]
    if not words:
        return None
    fitting = [name for name in candidates if all(_holds(word, _described(name, vocabulary)) for word in words)]
    if len(fitting) == 1:
        return fitting[0]
    near = process.extractOne(said, candidates, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return str(near[0]) if near else None


def _described(name: str, vocabulary: Vocabulary) -> str:
    if name not in vocabulary.plant:
        return name.lower()
    tag = vocabulary.plant.tag(name)
    return " ".join((tag.name, *tag.aliases, tag.description, tag.role, tag.asset)).lower()


def _holds(word: str, text: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(word)}", text) is not None


def adjusted(
    move: AskedMove, amount: Amount, tag: Tag, change: Change | None = None, direction: int = 0
) -> AskedMove:
    """The same kind of move of that tag by another amount: a cut stays a cut, unless another direction is said.

    Raises UnitMismatch, AmbiguousTag.
    """
    if move.change is Change.TIMES and amount.unit in {"%", None}:
        if change is Change.TIMES and amount.unit is None:
            return move.model_copy(update={"amount": amount.value})
        way = direction or (-1 if move.amount < 1 else 1)
        return move.model_copy(update={"amount": round(1 + way * abs(amount.value) / 100, 12)})
    unit = unit_for(amount.unit, tag)
    value = value_of(amount, tag, difference=move.change is Change.BY)
    if unit is not None:
        convert(value, unit, tag, difference=move.change is Change.BY)
    if move.change is Change.BY and not amount.signed:
        value = abs(value) * (direction or (-1 if move.amount < 0 else 1))
    return move.model_copy(update={"amount": value, "unit": unit or move.unit})


def _held(slots: Slots, plant: Plant) -> Slots:
    """What was moved is spoken of as the tag that its setpoint holds, where nothing else was asked about."""
    if slots.tags or slots.assets or not slots.moves:
        return slots
    moved = {move.tag for move in slots.moves}
    held = tuple(tag.name for tag in plant.tags if tag.handle in moved)
    return replace(slots, tags=held if len(held) == 1 else tuple(name for name in sorted(moved) if len(moved) == 1))


def _leans(slots: Slots) -> bool:
    return _marked(slots, "leans")


def _marked(slots: Slots, name: str) -> bool:
    return any(found == name for found, _, _ in slots.wordings)


def _subject(slots: Slots, last: Slots) -> Slots:
    return replace(slots, tags=last.tags, assets=last.assets) if not (slots.tags or slots.assets) else slots


def _timed(intent: str, slots: Slots, memory: Memory) -> Slots:
    """Windows that were said before; not where the present is asked about."""
    last = memory.slots
    own = slots.windows or slots.instant or slots.ahead or slots.event_id
    now = slots.aggregation is Aggregation.NOW or any(name == "now" for name, _, _ in slots.wordings)
    present = intent in {"describe", "trend"} and slots.aggregation is None and _present(slots) and not _leans(slots)
    if own or now or present:
        return slots
    windows = tuple(_of_session(window) for window in last.windows)
    if intent == "explain" and memory.intent == "explain" and slots.which == last.which:
        return replace(slots, windows=windows, instant=last.instant)
    return replace(slots, windows=windows, instant=last.instant if intent != "compare" else slots.instant)


def _present(slots: Slots) -> bool:
    return any(name == "present" for name, _, _ in slots.wordings)


def _of_session(window: Window) -> Window:
    return window.model_copy(update={"basis": Basis.SESSION})


def _same_kind(intent: str, slots: Slots, memory: Memory) -> Slots:
    last = memory.slots
    if intent != memory.intent:
        return slots
    return replace(
        slots,
        aggregation=slots.aggregation or _kept(slots, last),
        limits=slots.limits or _limits_for(slots, last),
        horizon=slots.horizon or (None if slots.ahead else last.horizon),
        ahead=slots.ahead or (None if slots.horizon else last.ahead)
        if intent in {"forecast", "plan"}
        else slots.ahead,
        severity=slots.severity or last.severity,
        target=slots.target if slots.target is not None or slots.limits else last.target,
        direction=slots.direction or last.direction,
        handles=slots.handles or last.handles,
        where=slots.where or last.where,
        text=slots.text or last.text,
        count_only=slots.count_only or (last.count_only and not slots.which),
    )


def _kept(slots: Slots, last: Slots) -> Aggregation | None:
    """What was asked of the values before; a limit asks its own."""
    return None if slots.limits and last.aggregation is not Aggregation.SHARE else last.aggregation


def _limits_for(slots: Slots, last: Slots) -> tuple[Limit, ...]:
    """The limit spoken of, of the tag that takes the other's place."""
    asked = slots.aggregation not in {None, Aggregation.SHARE}
    if asked or slots.target is not None or (slots.tags and len(slots.tags) != 1):
        return ()
    if not slots.tags or slots.tags == last.tags:
        return last.limits
    return tuple(
        limit.model_copy(update={"tag": slots.tags[0]}) for limit in last.limits[:1] if limit.tag in last.tags
    )


def _scenario(intent: str, slots: Slots, memory: Memory) -> tuple[str, Slots]:
    last = memory.slots
    if memory.intent not in _SCENARIO:
        return intent, _of_it(_when_of_past(slots, last, memory.intent), last)
    own = bool(slots.moves) or slots.undone
    if own and not _leans(slots):
        return intent, slots
    new_time = slots.instant is not None or bool(slots.windows)
    moves = slots.moves or last.moves
    if new_time:
        moves = tuple(move.model_copy(update={"at": None}) for move in moves) if not slots.moves else moves
    return memory.intent if not own else intent, replace(
        slots,
        moves=moves,
        tags=slots.tags or (() if slots.assets else last.tags),
        assets=slots.assets or (() if slots.tags else last.assets),
        undone=slots.undone or (last.undone and not slots.moves),
        undone_tags=slots.undone_tags or last.undone_tags,
        instant=slots.instant or (None if slots.windows else last.instant),
        windows=slots.windows or (() if slots.instant else last.windows),
        past=slots.past or last.past,
        horizon=slots.horizon or last.horizon,
        ahead=slots.ahead or last.ahead,
        limits=slots.limits or last.limits,
        order=last.order if last.moves else slots.order,
    )


def _of_it(slots: Slots, last: Slots) -> Slots:
    """“What would it be if we lowered …”: what was spoken of before."""
    of_it = any(name == "it" for name, _, _ in slots.wordings)
    moved = {move.tag for move in slots.moves}
    return _subject(slots, last) if of_it and not moved & set(last.tags) else slots


def _when_of_past(slots: Slots, last: Slots, intent: str) -> Slots:
    """“If we had cut it then”: the instant spoken of before; “if nobody had”: what the moves asked about were."""
    if slots.past and slots.moves and slots.instant is None and not slots.windows:
        return replace(slots, instant=last.instant)
    if not slots.undone or slots.windows or slots.instant is not None:
        return slots
    undone = slots.undone_tags or (last.tags if intent == "moves" else ())
    return replace(slots, windows=last.windows, instant=last.instant, undone_tags=undone)
