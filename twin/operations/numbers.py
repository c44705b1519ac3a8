"""Numbers and durations as a person reads them."""

from datetime import timedelta

import numpy as np


def plain(value: float, digits: int = 4) -> str:
    """A number with `digits` significant digits, without exponent and trailing zeros.

    Digits before the point are never rounded away.
    """
    if abs(value) >= 10**digits:
        return f"{value:.0f}"
    text = np.format_float_positional(value, precision=digits, unique=False, fractional=False, trim="-")
    return "0" if text == "-0" else text


def unit_of(unit: str) -> str:
    """The unit to put behind a number, with the space before it; nothing for a ratio."""
    return "" if unit == "1" else f" {unit}"


def amount_of(value: float, unit: str, digits: int = 4) -> str:
    """A number with its unit."""
    return plain(value, digits) + unit_of(unit)


def hours(span: timedelta) -> str:
    """A duration in hours and minutes: "8 h", "1 h 30 min", "45 min"."""
    minutes = round(span / timedelta(minutes=1))
    whole, rest = divmod(minutes, 60)
    parts = (f"{whole} h" if whole else "", f"{rest} min" if rest else "")
    return " ".join(part for part in parts if part) or "0 min"
