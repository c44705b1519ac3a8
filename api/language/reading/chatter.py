"""Clauses that ask nothing, said round one that does: greetings, opinions, stories."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from api.language.asking import NOTHING, Clause, Memory
from api.language.engines.rules import scores_of
from api.language.reading.clausereader import scenario_of
from api.language.reading.clauses import gist
from api.language.slots import Slots
from twin.query import Aggregation

_IDLE = frozenset({"out_of_scope", "help"})
SURE = 2.4
"""From this score on a clause surely asks for something."""
_WEAK = 1.6
_FAR = 3.0
_GREETING = 4.0
"""A question for help scores more; less is a greeting."""
_STATES = re.compile(
    r"^\W*(?:so |and |but |well,? |ok(?:ay)?,? )*(?:i|i'm|i've|i'll|we|we're|we've|my|our|he|she|they|the|it|"
    r"it's|this|"
    r"according to|as far as|apparently|as (?:i|we)|that|that's|there|nobody|somebody|someone|people|"
    r"management|everyone|everybody)\b",
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
_VERB = re.compile(
    r"\b(?:is|was|are|were|am|has|have|had|did|does|do|will|would|can|could|might|must|should|seems?|looks?|keeps?|"
    r"kept|says?|said|thinks?|thought|wants?|needs?|asks?|tells?|told|came|went|got|took|gave|made|saw|knows?|knew|"
    r"left|put|hate|love|like|work|\w{2,}(?:ed|ing))\b|'(?:s|m|ve|re|d|ll)\b|n't\b",
    re.IGNORECASE,
)
"""What a sentence has that a mere name, "the reactor level now", has not."""
_ITEM = re.compile(
    r"^\W*(?:the |its |their )*(?:average|avg|mean|peak|max\w*|min\w*|highest|lowest|spread|range|std|"
    r"standard deviation|median)\b",
    re.IGNORECASE,
)
_ONCE_MORE = re.compile(r"^\W*(?:and |but |then |also |or )*(?:the )?(?:same|likewise|ditto|again)\b", re.IGNORECASE)
_NAMES = 6
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
    scores = list(_scored(clauses))
    sure = [_asks(clause, found) for clause, found in zip(clauses, scores, strict=True)]
    if not any(sure):
        kept = [not (_told(clause) or _foreign(clause, found)) for clause, found in zip(clauses, scores, strict=True)]
        return _spoken_of(clauses, kept) if any(kept) else clauses
    questions = any(map(_question, clauses))
    kept = [
        bool(clause.slots.reason)
        or (one and not (questions and _sentence(clause.text) and (_told(clause) or _aside(clause))))
        or not _idle(clause, found, one=one)
        for clause, found, one in zip(clauses, scores, sure, strict=True)
    ]
    kept = [one or (number > 0 and kept[number - 1] and _goes_on(clauses[number])) for number, one in enumerate(kept)]
    return _spoken_of(clauses, kept) if any(kept) else clauses


def _goes_on(clause: Clause) -> bool:
    """“Then the same for Sunday”: what asks the clause before once more."""
    return _ONCE_MORE.match(clause.english) is not None and clause.slots != NOTHING


def _spoken_of(clauses: Sequence[Clause], kept: Sequence[bool]) -> tuple[Clause, ...]:
    """The clauses that are kept, each with what the sentence left out before it named, where it speaks of that."""
    found: list[Clause] = []
    for number, clause in enumerate(clauses):
        before = clauses[number - 1] if number and not kept[number - 1] else None
        if kept[number]:
            found.append(_leaning_on(clause, before.slots) if before and _leans(clause) else clause)
    return tuple(found)


def _leans(clause: Clause) -> bool:
    slots = clause.slots
    return any(name == "leans" for name, _, _ in slots.wordings) and not (_named(slots) or slots.problems)


def _leaning_on(clause: Clause, told: Slots) -> Clause:
    own = clause.slots
    timed = own.windows or own.instant or own.ahead
    slots = replace(
        own,
        tags=told.tags,
        assets=told.assets,
        problems=tuple(problem for problem in told.problems if problem.field == "tag"),
        windows=own.windows if timed else told.windows,
        instant=own.instant if timed else told.instant,
    )
    return replace(clause, slots=slots)


def _scored(clauses: Sequence[Clause]) -> Iterator[dict[str, float]]:
    """The scores of each clause, which can lean on the last before it that names something, or surely asks."""
    memory = Memory()
    for clause in clauses:
        scores = scores_of(clause, memory)
        yield scores
        intent = max(scores, key=lambda name: scores[name]) if _asks(clause, scores) else ""
        slots = clause.slots if _named(clause.slots) else memory.slots
        memory = Memory(scenario_of(clause) or intent or memory.intent, slots)


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


def _foreign(clause: Clause, scores: dict[str, float]) -> bool:
    """Words that name nothing of the plant, no time, and speak for nothing that can be asked of it."""
    best = max((score for intent, score in scores.items() if intent not in _IDLE), default=0.0)
    return clause.slots.problems == () and not _named(clause.slots) and scores.get("out_of_scope", 0.0) > best + _FAR


def _asks(clause: Clause, scores: dict[str, float]) -> bool:
    """Whether the clause is surely a question for the twin."""
    best = max(scores, key=lambda intent: scores[intent]) if scores else ""
    return best not in _IDLE and scores.get(best, 0.0) >= SURE and clause.slots != NOTHING


def _aside(clause: Clause) -> bool:
    """Words that ask nothing by their form and name nothing to be asked about but a time."""
    slots = clause.slots
    named = slots.tags or slots.assets or slots.moves or slots.limits or slots.problems or slots.event_id
    said = gist(clause.english)
    asks = clause.text.rstrip().endswith("?") or _OPENS.match(said) or _ASKS.match(said)
    return not (named or asks or slots.undone or _REQUESTS.search(clause.text) or len(clause.text.split()) < _PHRASE)


def _question(clause: Clause) -> bool:
    """Whether a clause asks or demands something by its form."""
    text = clause.text.rstrip()
    demands = re.search(r"\bplease\W*$", text, re.IGNORECASE) and _leans(clause)
    return text.endswith("?") or bool(demands)


def _sentence(text: str) -> bool:
    """Whether words are more than a name or two: they have a verb, or are many."""
    return _VERB.search(text) is not None or len(text.split()) > _NAMES


def _told(clause: Clause) -> bool:
    """A sentence that states something, where another one is a question."""
    text = clause.text.rstrip()
    if len(text.split()) < _PHRASE:
        return False
    asks = text.endswith("?") or _OPENS.match(gist(clause.english)) or _REQUESTS.search(text)
    return not asks and _STATES.match(text) is not None and _VERB.search(text) is not None


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
    asks = clause.text.rstrip().endswith("?") or _OPENS.match(gist(clause.english)) is not None
    return (
        not one
        and not named
        and foreign > own
        and max(foreign, _GREETING) >= scores.get("help", 0.0)
        and (not asks or own < _WEAK)
    )
