"""How a language writes counts, numbers, dates and lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence for one of something and for any other number of it; `by` is the slot that is counted."""

    one: str
    other: str
    by: str = "count"


Entry = str | Plural


@dataclass(frozen=True, slots=True)
class Forms:
    """A language's own signs.

    Attributes:
        weekdays: Monday first.
        months: January first.
        date: with the slots weekday, day, month.
        stretch: from one instant to another, with the slots start and end.
        quotes: before and behind words that are quoted.
        space: between two sentences.
    """

    decimal: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    stretch: str
    quotes: tuple[str, str]
    comma: str
    semicolon: str
    last: str
    space: str
