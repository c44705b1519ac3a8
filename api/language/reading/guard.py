"""The gate: what a question may be made of before anybody reads it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

LONGEST = 2000
"""Characters that a question may have."""
FEWEST_LETTERS = 2
_READABLE = 0.5
"""Share of the characters that must be letters, digits, blanks or ordinary signs."""
_KEPT_CONTROLS = frozenset("\n\t\r")
_ALONE = re.compile(r"[-+−]?[\d.,]+ ?(?:%|[^\W\d_])?|\d{1,2}:\d\d")
_ORDINARY = frozenset(" \n.,;:!?'\"()[]{}<>/%°+-−–—*=&@#$€_~^|\\’‘“”„«»¿¡，。？！：；、（）")


@dataclass(frozen=True, slots=True)
class Guarded:
    """A question made fit to read.

    Attributes:
        text: in NFKC, without control, zero-width and direction characters, blanks joined; cut at `LONGEST`.
        reason: why it is not read any further, None when it is.
    """

    text: str
    reason: Literal["unreadable"] | None = None


def guarded(text: str) -> Guarded:
    """The question, normalised; never raises, takes time linear in `LONGEST` whatever comes."""
    too_long = len(text) > LONGEST
    clean = _clean(text[:LONGEST])
    readable = not too_long and _is_text(text[:LONGEST], clean) and _says_something(clean)
    return Guarded(clean, None if readable else "unreadable")


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)[:LONGEST]
    kept = (letter if letter not in _KEPT_CONTROLS else " " for letter in text if not _hidden(letter))
    return " ".join("".join(kept).split())


def _hidden(letter: str) -> bool:
    """Control, format (zero-width, direction), surrogate, private and unassigned characters."""
    return letter not in _KEPT_CONTROLS and unicodedata.category(letter)[0] == "C"


def _is_text(raw: str, clean: str) -> bool:
    """Whether it is writing: no bytes of a file, not signs alone."""
    if any(letter == "\ufffd" or unicodedata.category(letter) == "Cc" for letter in set(raw) - _KEPT_CONTROLS):
        return False
    plain = sum(letter.isalnum() or letter in _ORDINARY for letter in clean)
    return plain >= _READABLE * len(clean)


def _says_something(clean: str) -> bool:
    letters = sum(letter.isalpha() for letter in clean)
    return letters >= FEWEST_LETTERS or _ALONE.fullmatch(clean) is not None or _is_asking(clean)


def _is_asking(clean: str) -> bool:
    """One Chinese character can be a question: 为？ is none, 啥 is."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in clean)
