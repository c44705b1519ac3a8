"""The reasons of a verdict in the reader's language; the twin itself gives them in English."""

import re
from collections.abc import Mapping
from functools import cache

from api.console.words import PHRASES, Words
from api.language.wording.catalog import forms

REASONS = (
    *("inside", "members", "effect", "measured", "unknown", "envelope"),
    *("moved", "step", "together", "stands", "horizon", "event"),
)
SLOT = re.compile(r"\\{(\w+)\\}")
POINT = re.compile(r"(?<=\d)\.(?=\d)")
NAMES = frozenset({"tag", "tags", "companion", "asset", "event"})
COUNTS = {"not once": "never", "once": "once", "twice": "twice", "always": "always"}


def reason_in(words: Words, reason: str) -> str:
    """The reason in the language of these words; as it is where it is none that the console knows."""
    for key, pattern in _patterns().items():
        found = pattern.fullmatch(reason)
        if found is not None:
            return words(key, **{slot: _told(words, slot, value) for slot, value in found.groupdict().items()})
    return reason


def _told(words: Words, slot: str, value: str) -> str:
    """A name as it is, a count in words, a number with the decimal sign of the language."""
    if slot in NAMES:
        return value
    if value in COUNTS:
        return words(f"whatif.count.{COUNTS[value]}")
    return POINT.sub(forms(words.language).decimal, value)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """What the English phrases match, by key: their slots are anything."""
    keys = [f"whatif.reason.{name}" for name in REASONS]
    return {key: re.compile(SLOT.sub(r"(?P<\1>.+?)", re.escape(PHRASES[key].en))) for key in keys}
