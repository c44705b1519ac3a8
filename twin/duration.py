"""Durations as people write them in a file: 500 ms, 30 s, 3 min, 1 h, 7 d."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")
_UNITS = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: object) -> timedelta:
    """A positive duration; raises ValueError that says what was expected."""
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError("a duration such as 30 s, 3 min, 1 h or 7 d")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
"""A field of a file's model that holds a duration."""
