"""The form that a language model fills in: flat and small, in the question's own words."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz

from api.language.asking import Clause
from api.language.reading.amounts import amounts

MOST = 3
"""Questions in one form."""
ALIKE = 85
"""Likeness from which a word counts as one of the question, which may be misspelt."""

Intent = Literal[
    "events", "explain", "describe", "trend", "compare", "forecast", "what_if", "counterfactual",
    "plan", "status", "moves", "log", "about", "help", "out_of_scope",
]  # fmt: skip
LengthUnit = Literal["", "s", "min", "h", "d"]
_LENGTHS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_AGGREGATIONS = {
    "": "",
    "mean": "average",
    "max": "maximum",
    "min": "minimum",
    "std": "standard deviation",
    "range": "range",
    "count": "number of samples",
    "share": "share of time",
    "now": "current",
    "at": "value",
}
_MASKED = re.compile(r"[^\W_]+")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedMove(_Strict):
    """A change that the question speaks of."""

    tag: str
    change: Literal["to", "by", "times"]
    amount: float = Field(description="negative: lower")
    unit: str = ""
    duration: float = 0
    duration_unit: LengthUnit = ""


class Asked(_Strict):
    """One question, in its own words; what it does not say is left out."""

    intent: Intent
    tags: tuple[str, ...] = Field((), max_length=6, description="Asked about, not moved")
    time: str = ""
    other_time: str = ""
    aggregation: Literal["", "mean", "max", "min", "std", "range", "count", "share", "now", "at"] = ""
    limit: Literal["", "above", "below"] = ""
    limit_amount: float = 0
    limit_unit: str = ""
    moves: tuple[AskedMove, ...] = Field((), max_length=4)
    horizon: float = 0
    horizon_unit: LengthUnit = ""


class Form(_Strict):
    """What is asked, a part each."""

    questions: tuple[Asked, ...] = Field(min_length=1, max_length=MOST)


def truthful(asked: Asked, clause: Clause) -> tuple[Asked, int, int]:
    """What the clause really says of it, and how many words and amounts it does not."""
    told = _Told(clause)
    tags = tuple(filter(None, map(told.words, asked.tags)))
    moves = tuple(
        move.model_copy(update={"tag": tag, "unit": told.words(move.unit), "duration": told.number(move.duration)})
        for move in asked.moves
        if (tag := told.words(move.tag)) and told.says(move.amount)
    )
    limited = bool(asked.limit) and told.says(asked.limit_amount)
    update = {
        "tags": tags,
        "moves": moves,
        "time": told.words(asked.time),
        "other_time": told.words(asked.other_time),
        "limit": asked.limit if limited else "",
        "limit_unit": told.words(asked.limit_unit),
        "horizon": told.number(asked.horizon),
    }
    return asked.model_copy(update=update), told.strange_words, told.strange_amounts


def sentence(asked: Asked) -> str:
    """What is asked as a plain sentence in the English of the rules."""
    parts = list(_SENTENCES.get(asked.intent, _plain)(asked))
    return " ".join(filter(None, parts))


class _Told:
    """The words and numbers of a clause; counts what is not among them."""

    def __init__(self, clause: Clause) -> None:
        said = f"{clause.text} {clause.english}"
        self._text = said.casefold()
        self._words = set(_MASKED.findall(self._text))
        self._numbers = {round(abs(amount.value), 9) for amount in amounts(clause.english)}
        self.strange_words = 0
        self.strange_amounts = 0

    def words(self, text: str) -> str:
        """The text when all its words are said, else nothing."""
        words = _MASKED.findall(text.casefold())
        known = all(self._knows(word) for word in words)
        self.strange_words += not known
        return text.strip() if known else ""

    def says(self, amount: float) -> bool:
        """Whether the number is said; its sign may be in a word."""
        known = round(abs(amount), 9) in self._numbers
        self.strange_amounts += not known
        return known

    def number(self, amount: float) -> float:
        """The number when it is said, else 0."""
        return amount if amount > 0 and self.says(amount) else 0.0

    def _knows(self, word: str) -> bool:
        return word in self._words or word in self._text or any(fuzz.ratio(word, own) >= ALIKE for own in self._words)


def _plain(asked: Asked) -> Iterator[str]:
    yield " and ".join(asked.tags)
    yield _limit(asked)
    yield asked.time


def _describe(asked: Asked) -> Iterator[str]:
    yield _AGGREGATIONS[asked.aggregation]
    yield from _plain(asked)


def _compare(asked: Asked) -> Iterator[str]:
    yield f"compare {_AGGREGATIONS[asked.aggregation]}"
    yield " and ".join(asked.tags)
    yield asked.time
    yield f"with {asked.other_time}" if asked.other_time else ""


def _forecast(asked: Asked) -> Iterator[str]:
    yield f"forecast {' and '.join(asked.tags)}"
    yield _limit(asked)
    yield _ahead(asked) or asked.time


def _what_if(asked: Asked) -> Iterator[str]:
    tags = " and ".join(asked.tags)
    yield f"what happens to {tags} if we" if tags else "what if we"
    yield " and ".join(map(_move, asked.moves))
    yield _ahead(asked) or asked.time


def _counterfactual(asked: Asked) -> Iterator[str]:
    tags = " and ".join(asked.tags)
    yield f"what would have happened{f' to {tags}' if tags else ''} if we had"
    yield " and ".join(map(_move, asked.moves))
    yield asked.time


def _plan(asked: Asked) -> Iterator[str]:
    yield f"how do I get {' and '.join(asked.tags)}"
    yield _limit(asked)


def _move(move: AskedMove) -> str:
    length = f" for {move.duration:g} {_LENGTHS[move.duration_unit]}" if move.duration and move.duration_unit else ""
    amount = f"{abs(move.amount):g} {move.unit}".strip()
    if move.change == "to":
        return f"set {move.tag} to {move.amount:g} {move.unit}{length}"
    if move.change == "times":
        return f"multiply {move.tag} by {move.amount:g}{length}"
    return f"{'lower' if move.amount < 0 else 'raise'} {move.tag} by {amount}{length}"


def _limit(asked: Asked) -> str:
    return f"{asked.limit} {asked.limit_amount:g} {asked.limit_unit}".strip() if asked.limit else ""


def _ahead(asked: Asked) -> str:
    return (
        f"in the next {asked.horizon:g} {_LENGTHS[asked.horizon_unit]}"
        if asked.horizon and asked.horizon_unit
        else ""
    )


def _nothing(_: Asked) -> Iterator[str]:
    return iter(())


_SENTENCES: dict[str, Callable[[Asked], Iterator[str]]] = {
    "describe": _describe,
    "compare": _compare,
    "forecast": _forecast,
    "what_if": _what_if,
    "counterfactual": _counterfactual,
    "plan": _plan,
    "help": _nothing,
    "out_of_scope": _nothing,
}
