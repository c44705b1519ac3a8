"""Evidence as a text shows it: for repairs, and for prose that names evidence by its id."""

from datetime import datetime
from zoneinfo import ZoneInfo

from twin.answer import Evidence
from twin.operations.numbers import plain

_SIGNS = {"1": "", "degC": "°C", "degF": "°F", "m3/h": "m³/h"}
_DECIMAL_COMMA = frozenset({"de", "es"})


def shown(item: Evidence, zone: ZoneInfo, language: str) -> str:
    """The value with its unit, at four digits; an instant with its day on the plant's clock."""
    if isinstance(item.value, datetime):
        return f"{item.value.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    if isinstance(item.value, str):
        return item.value
    value = abs(item.value) if item.kind == "change" else item.value
    number = plain(value).replace("-", "−")
    unit = _SIGNS.get(item.unit or "", item.unit or "")
    text = number.replace(".", ",") if language in _DECIMAL_COMMA else number
    return f"{text} {unit}" if unit else text
