"""What ECharts writes by itself, along value axes and under the pointer, in the reader's language.

Expressions for the browser, to be given under keys that begin with a colon. As in the texts, no sign parts thousands.
"""

import json

from api.console.words import Words
from api.console.writing import MINUS

LOCALES = {"en": "en-GB", "de": "de-DE"}
EXACT = "maximumSignificantDigits: 12"
"""So many that a label of an axis is what it stands at, and too few for a float's last digit to show."""
POINTED = "maximumSignificantDigits: 5, maximumFractionDigits: 0, roundingPriority: 'morePrecision'"
"""One digit more than texts have: the band of a steady tag is narrow beside its level."""
INSTANT = "timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'"


def axis_number(words: Words) -> str:
    """Writes a number along an axis."""
    return f"value => {_number(words, EXACT)}"


def pointed_number(words: Words) -> str:
    """Writes a value under the pointer; a dash for a gap, nothing for a heading, which has no value."""
    return f"value => value === undefined ? '' : Number.isFinite(value) ? {_number(words, POINTED)} : '–'"


def labelled_number(words: Words, unit: str) -> str:
    """Writes the value that a bar stands for beside it."""
    return f"({{value}}) => {_number(words, POINTED)} + {json.dumps(f' {unit}')}"


def pointed_instant(words: Words, zone: str) -> str:
    """Writes the place of a time axis under the pointer, which stands on the clock of that zone."""
    written = f"new Date(value).toLocaleString('{LOCALES[words.language]}', {{{INSTANT}}})"
    return f"({{value}}) => {written} + {json.dumps(f' {zone}')}"


def _number(words: Words, digits: str) -> str:
    written = f"value.toLocaleString('{LOCALES[words.language]}', {{useGrouping: false, {digits}}})"
    return f"{written}.replace('-', '{MINUS}')"
