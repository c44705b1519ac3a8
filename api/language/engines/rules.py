"""The engine of rules: cues and slots each add to the score of the intents they speak for."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from api.language.asking import Asking, Clause, Memory, Opinion
from api.language.engines.cues import foreign_score, scored
from api.language.reading.clauses import gist_place
from api.language.reading.followups import FOLLOWS, bare_intent
from api.language.reading.listing import kind_only
from api.language.reading.masking import for_cues
from api.language.slots import Slots
from twin.errors import UnknownTag
from twin.query import INTENTS, Aggregation

_SURE = 9.0
_FOLLOWED = 3.0
_OWN = 1.5
_PASSING = frozenset({"about", "status"})
_WEAK = 2.7
"""A follow-up without a cue as strong as this asks for the same as before."""
_BARE = re.compile(
    r"^\W*(?:(?:and|or|so|then|now|what about|how about|same|for|in|the|at|on|of|with|by|"
    "to|since|over|within|rather|after|maybe|say|also|please|plus|instead|just|only|again|but|then|it|is|was|a|an|"
    r"again|make)\b\W*|"
    r"(?:TAG|ASSET|TIME|MOMENT|AHEAD|N)\b\W*)+$"
)
_SAME = re.compile(
    r"\b(?:the same(?! (?:time|period|window|night|day|hours?|stretch|span|shift|tag|thing as))|likewise|ditto)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|its|it's|they|them|their|those|these)\b", re.IGNORECASE)
_TIMED = ("events", "explain", "describe", "trend", "compare", "moves", "log")
_TAGLESS = ("status", "help", "log")
_FOREIGN = 1.2
"""For each clause that names nothing of the plant and no time."""
_UNREAD = 0.7
_SEARCHED = 2.4
"""From this score on the words that nobody reads are those looked for in the log."""
_BASE = 0.8
_TEMPERATURE = 1.0


class Rules:
    """Reads the intent of each clause from what its words and its slots speak for."""

    @property
    def name(self) -> str:
        """Its name."""
        return "rules"

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        """One opinion a clause, each in the light of the clause before."""
        return self.opinions(asking)

    def opinions(self, asking: Asking) -> tuple[Opinion, ...]:
        """The same, at once."""
        memory = asking.memory
        found: list[Opinion] = []
        for clause in asking.clauses:
            log_p = log_probabilities(clause, memory)
            found.append(Opinion("rules", log_p))
            intent = INTENTS[int(np.argmax(log_p))]
            slots = _with_subject(clause.slots, memory.slots)
            memory = Memory(intent, slots, None, memory.events, None, memory.language)
        return tuple(found)


def _with_subject(slots: Slots, last: Slots) -> Slots:
    """The slots with what was named last, where they name nothing."""
    named = slots.tags or slots.assets or slots.moves
    return slots if named else replace(slots, tags=last.tags, assets=last.assets)


def log_probabilities(clause: Clause, memory: Memory) -> NDArray[np.float64]:
    """(intent,) log probabilities of a clause, in the order of INTENTS."""
    scores = scores_of(clause, memory)
    raw = np.array([scores.get(intent, 0.0) for intent in INTENTS]) / _TEMPERATURE
    return np.asarray(raw - np.logaddexp.reduce(raw), np.float64)


def scores_of(clause: Clause, memory: Memory) -> dict[str, float]:
    """The intents' scores, in nats."""
    slots = clause.slots
    if slots.reason is not None:
        return {"out_of_scope": _SURE}
    text = for_cues(clause.english, slots.wordings, gist_place(clause.english))
    scores = scored(text)
    known = [place for place in slots.wordings if place[0] != "unknown"]
    _add(scores, foreign_score(for_cues(clause.english, known, gist_place(clause.english))))
    _by_names(slots, scores, leans=_spoken_of(clause, memory))
    _by_codes(text, slots, scores)
    _by_times(slots, scores)
    _by_moves(slots, memory, scores)
    _by_values(slots, scores)
    _by_memory(clause, slots, memory, scores)
    _foreign(clause, slots, memory, scores)
    return scores


def _add(scores: dict[str, float], weights: Mapping[str, float]) -> None:
    for intent, weight in weights.items():
        scores[intent] = scores.get(intent, 0.0) + weight


def _spoken_of(clause: Clause, memory: Memory) -> bool:
    """Whether a clause speaks of what was named before it."""
    last = memory.slots
    return _PRONOUN.search(clause.english) is not None and bool(last.tags or last.assets or last.moves)


def _by_names(slots: Slots, scores: dict[str, float], *, leans: bool) -> None:
    if slots.tags:
        _add(scores, {"describe": 0.6, "events": -0.6, "status": -1.2, "help": -3.0, "out_of_scope": -1.0})
    elif slots.limits and not slots.assets:
        _add(scores, {"describe": 1.2, "events": -1.5})
    elif not (slots.moves or slots.problems or leans):
        _add(scores, {"describe": -1.8, "trend": -1.5, "forecast": -0.6, "plan": -0.6})
    if len(slots.tags) > 1:
        _add(scores, {"compare": 0.8})
    if slots.assets:
        _add(scores, {"events": 0.4, "status": 0.5, "help": -2.0, "out_of_scope": -0.8})
    if slots.event_id:
        _add(scores, {"explain": 2.0, "describe": -1.5, "status": -1.0})
    if slots.which is not None:
        _add(scores, {"explain": 1.0})


def _by_codes(text: str, slots: Slots, scores: dict[str, float]) -> None:
    """“What is PI-207?” asks for its meaning, "what is the pressure?" for its value."""
    coded = any(name == "coded" for name, _, _ in slots.wordings)
    if coded and re.match(
        r"^\W*(?:please )?(?:what(?:'s|s| is| are)|describe|explain|whats)(?: the| a)?(?: tag)? TAG\W*$", text
    ):
        _add(scores, {"about": 5.0})


def _by_times(slots: Slots, scores: dict[str, float]) -> None:
    impossible = any(problem.field == "time" for problem in slots.problems)
    if slots.windows or slots.instant or impossible:
        _add(
            scores,
            {"status": -1.6, "about": -1.6, "help": -3.0, "forecast": -1.2, "plan": -0.8, "out_of_scope": -1.0},
        )
        if not slots.tags:
            _add(scores, {"events": 0.8})
    if len(slots.windows) > 1:
        _add(scores, {"compare": 2.0})
    if slots.ahead is not None:
        weights = {"forecast": 1.2, "events": -1.0, "trend": -0.8}
        _add(scores, weights if not slots.windows else {"forecast": 0.4})


def _speaks_of_moves(slots: Slots, memory: Memory) -> bool:
    """Whether something is moved, taken back, or named with a change whose amount is left out."""
    loose = any(name in {"loose", "moved"} for name, _, _ in slots.wordings)
    return bool(
        slots.undone or loose or slots.past or slots.problems or memory.intent in {"what_if", "counterfactual"}
    )


def _by_moves(slots: Slots, memory: Memory, scores: dict[str, float]) -> None:
    terse = any(name == "terse" for name, _, _ in slots.wordings)
    if terse and (slots.moves or any(problem.field in {"amount", "unit", "moves"} for problem in slots.problems)):
        _add(scores, {"what_if": 4.5, "describe": -1.0, "compare": -1.0, "trend": -1.0, "events": -2.0})
    if slots.moves and any(name == "together" for name, _, _ in slots.wordings):
        _add(scores, {"counterfactual": 0.8} if slots.past else {"what_if": 0.8})
    elif slots.moves:
        past = slots.past or (slots.instant is not None)
        _add(scores, {"counterfactual": 3.5, "what_if": 0.5} if past else {"what_if": 3.0, "counterfactual": -0.5})
        _add(scores, {"moves": -1.5, "describe": -0.8, "trend": -1.0})
    elif not _speaks_of_moves(slots, memory):
        _add(scores, {"what_if": -3.0, "counterfactual": -3.0})
    if slots.order:
        _add(scores, {"what_if": 3.0, "plan": -1.5})
    if slots.undone and not slots.moves:
        hypothetical = max(scores.get("what_if", 0.0), scores.get("counterfactual", 0.0))
        _add(scores, {"counterfactual": 3.0 if hypothetical > 1 else 0.5})


def _by_values(slots: Slots, scores: dict[str, float]) -> None:
    if slots.limits and not slots.moves:
        _add(scores, {"describe": 0.8, "forecast": 0.4, "plan": 0.4, "trend": -0.6})
    if slots.target is not None:
        _add(scores, {"plan": 0.8})
    if slots.aggregation in {Aggregation.SHARE, Aggregation.COUNT} and slots.tags:
        _add(scores, {"describe": 1.2})
    if slots.count_only:
        _add(scores, {"events": 1.0, "explain": -1.0})


def _by_memory(clause: Clause, slots: Slots, memory: Memory, scores: dict[str, float]) -> None:
    """A bare follow-up asks for the same as before."""
    kind = kind_only(clause.english)
    if kind and memory.intent:
        _add(scores, {kind: _FOLLOWED + 1.5})
        return
    intent = bare_intent(clause.english, slots, memory)
    if not intent:
        return
    if _SAME.search(clause.english):
        _add(scores, {intent: _FOLLOWED})
    best = max(scores.values(), default=0.0)
    leads = FOLLOWS.match(clause.english) is not None
    short = len(clause.english.split()) <= 6
    bare = slots_only(for_cues(clause.english, slots.wordings))
    if bare:
        _add(scores, {intent: _FOLLOWED + 1.5})
        if intent in {"plan", "what_if", "counterfactual"}:
            _add(scores, {"forecast": -_FOLLOWED})
    elif intent in _PASSING and best >= _OWN:
        return
    elif best < _WEAK + (0.4 if leads and short else 0.0) and (leads or short):
        _add(scores, {intent: _FOLLOWED + (1.5 if leads else 0.0)})
    elif leads:
        _add(scores, {intent: 1.0})
    if slots.moves and memory.intent in {"what_if", "counterfactual"}:
        _add(scores, {memory.intent: 3.0})


def slots_only(masked: str) -> bool:
    """Whether a masked clause has nothing but names, times and numbers, and small words round them."""
    return _BARE.match(masked) is not None


def _foreign(clause: Clause, slots: Slots, memory: Memory, scores: dict[str, float]) -> None:
    """What names nothing of the plant and has words that nobody reads is hardly for this twin."""
    named = slots.tags or slots.assets or slots.moves or slots.windows or slots.instant or slots.problems
    spoken = _spoken_of(clause, memory)
    weight = _BASE
    searched = scores.get("log", 0.0) >= _SEARCHED and scores["log"] == max(scores.values())
    unread = 0 if searched else min(len(slots.unread), 4)
    if not (named or spoken or slots.ahead or slots.event_id):
        weight += _UNREAD * unread
        weight += _FOREIGN if unread else 0.0
    elif not (slots.tags or slots.assets or slots.moves or slots.problems):
        weight += 0.5 * _UNREAD * unread
    if memory.intent and len(clause.english.split()) <= 4:
        weight -= 1.0
    if any(isinstance(problem, UnknownTag) for problem in slots.problems):
        scores["describe"] = scores.get("describe", 0.0) + _BASE
    _add(scores, {"out_of_scope": weight})
