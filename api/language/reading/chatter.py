"""Clauses that ask nothing, said round one that does: greetings, opinions, stories."""

import re
from collections.abc import Sequence
from dataclasses import replace

from api.language.asking import NOTHING, Clause, Memory
from api.language.engines.rules import scores_of
from api.language.slots import Slots
from twin.query import Aggregation

_IDLE = frozenset({"out_of_scope", "help"})
_SURE = 2.4
_WEAK = 1.6
_FAR = 3.0
_GREETING = 4.0
"""A question for help scores more; less is a greeting."""
_STATES = re.compile(
    r"^\W*(?:so |and |but |well,? |ok(?:ay)?,? )*(?:i|i'm|i've|i'll|we|we're|we've|my|our|he|she|they|the|it|"
    r"it's|this|"
    r"that|that's|there|nobody|somebody|someone|people|management|everyone|everybody)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\W*(?:and |so |also |then )*(?:(?:for|at|in|by|since|on|from|to|with) )?(?:what|where|how|why|which|who|"
    r"when|whether|is|are|was|were|did|does|do|"
    r"will|has|have)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:and |so |also |then |please |now |next |finally |just )*(?:show|tell|give|list|compare|plot|chart|"
    r"draw|count|explain|describe|"
    r"summari[sz]e|forecast|predict|read|search|find|check|look|report|any|anything|if|suppose|imagine|assume|"
    r"simulate|say|"
    r"what if|let|set|cut|raise|lower|undo|reverse|log|events?|alarms?|trend|average|mean|max\w*|min\w*|peak|"
    r"entries|notes?|"
    r"setpoint|moves|changes|status|plus|same|without|with|no|had)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^\W*(?:the |its |their )*(?:average|avg|mean|peak|max\w*|min\w*|highest|lowest|spread|range|std|"
    r"standard deviation|median)\b",
    re.IGNORECASE,
)
_PHRASE = 4
"""Words that are no sentence yet, fewer."""
_REQUESTS = re.compile(
    r"\b(?:i|we)(?:'d| would| just)? (?:need|want|like|love|wonder|ask)\b|\btell me\b|\bplease\b|\bif (?:we|i|"
    r"nobody)\b|"
    r"\b(?:would|should|could) have\b|\bhad (?:we|i)\b",
    re.IGNORECASE,
)


def asked(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses without chatter, which goes only where another clause asks something; an order is never chatter."""
    if len(clauses) < 2:
        return tuple(clauses)
    clauses = tuple(clauses)
    scores = [scores_of(clause, _before(clauses[:number])) for number, clause in enumerate(clauses)]
    sure = [_asks(clause, found) for clause, found in zip(clauses, scores, strict=True)]
    if not any(sure):
        return tuple(clauses)
    questions = any(clause.text.rstrip().endswith("?") and one for clause, one in zip(clauses, sure, strict=True))
    kept = [
        clause
        for clause, found, one in zip(clauses, scores, sure, strict=True)
        if clause.slots.reason
        or (one and not (questions and (_told(clause) or _aside(clause))))
        or not _idle(clause, found, one=one)
    ]
    return tuple(kept) or tuple(clauses)


def _before(clauses: Sequence[Clause]) -> Memory:
    """What a clause can lean on: the last of those before it that names something."""
    naming = [clause for clause in clauses if clause.slots.tags or clause.slots.assets or clause.slots.moves]
    return Memory(slots=naming[-1].slots) if naming else Memory()


def shared(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """“The average and its peak last night”: the time behind a part without a subject of its own is that of both."""
    found = list(clauses)
    for place in range(len(found) - 1):
        own, behind = found[place].slots, found[place + 1].slots
        if _timeless(own) and behind.windows and (_listed(found[place + 1]) or not _named(behind)):
            found[place] = replace(found[place], slots=replace(own, windows=behind.windows))
    return tuple(found)


def _named(slots: Slots) -> bool:
    return bool(slots.tags or slots.assets or slots.moves)


def _listed(clause: Clause) -> bool:
    """Whether a part is another thing of a list: "… and the highest separator level since midnight"."""
    return _ITEM.match(clause.english) is not None and clause.slots.aggregation is not None


def _timeless(slots: Slots) -> bool:
    measured = slots.aggregation not in {None, Aggregation.NOW} and slots.aspect != "limits"
    return measured and not (slots.windows or slots.instant or slots.ahead or slots.moves)


def _asks(clause: Clause, scores: dict[str, float]) -> bool:
    """Whether the clause is surely a question for the twin."""
    best = max(scores, key=lambda intent: scores[intent]) if scores else ""
    return best not in _IDLE and scores.get(best, 0.0) >= _SURE and clause.slots != NOTHING


def _aside(clause: Clause) -> bool:
    """Words that ask nothing by their form and name nothing to be asked about but a time."""
    slots = clause.slots
    named = slots.tags or slots.assets or slots.moves or slots.limits or slots.problems or slots.event_id
    asks = clause.text.rstrip().endswith("?") or _OPENS.match(clause.english) or _ASKS.match(clause.english)
    return not (named or asks or slots.undone or _REQUESTS.search(clause.text) or len(clause.text.split()) < _PHRASE)


def _told(clause: Clause) -> bool:
    """A sentence that states something, where another one is a question."""
    text = clause.text.rstrip()
    if len(text.split()) < _PHRASE:
        return False
    return not text.endswith("?") and _STATES.match(text) is not None and _REQUESTS.search(text) is None


def _idle(clause: Clause, scores: dict[str, float], *, one: bool) -> bool:
    """Whether nothing in the clause speaks for a question; one that states something goes sooner."""
    if _told(clause) or _aside(clause):
        return True
    own = max((score for intent, score in scores.items() if intent not in _IDLE), default=0.0)
    foreign = scores.get("out_of_scope", 0.0)
    slots = clause.slots
    timed = bool(slots.windows) and foreign < own + _FAR
    measured = slots.aggregation not in {None, Aggregation.NOW}
    named = bool(slots.tags or slots.assets or slots.moves) or timed or measured
    asks = clause.text.rstrip().endswith("?") or _OPENS.match(clause.english) is not None
    return (
        not one
        and not named
        and foreign > own
        and max(foreign, _GREETING) >= scores.get("help", 0.0)
        and (not asks or own < _WEAK)
    )
