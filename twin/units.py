"""Engineering units: what a unit is, and how a value gets into a tag's own."""

import re
from functools import cache
from typing import TYPE_CHECKING

from twin.errors import UnitMismatch
from twin.plant import Tag

if TYPE_CHECKING:
    import pint

_DEFINITIONS = (
    "mol_percent = 0.01",
    "standard_cubic_meter = [standard_volume] = scm",
    "kscmh = 1000 * standard_cubic_meter / hour",
    "scmh = standard_cubic_meter / hour",
)
"""A standard cubic metre is an amount of gas, not a volume: it converts to no volume."""

_SPELLINGS = (
    (re.compile(r"\bmol\s*%"), "mol_percent"),
    (re.compile(r"%"), "percent"),
    (re.compile(r"\b(k?)[SN]?scm\b", re.IGNORECASE), r"\1scm"),
    (re.compile(r"\b[Ss]m[3³](?=\W|$)"), "scm"),
    (re.compile(r"\b(c?m|d?m|k?m|mm|ft|in)([23])\b"), r"\1**\2"),
    (re.compile(r"\bdeg\s+([CF])\b"), r"deg\1"),
)


def _spell_out(text: str) -> str:
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


@cache
def _registry() -> "pint.UnitRegistry[float]":
    import pint  # half a second that most commands never need

    registry: pint.UnitRegistry[float] = pint.UnitRegistry()
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@cache
def _affine(source: str, target: str) -> tuple[float, float]:
    """(factor, offset) of the conversion; raises what pint raises."""
    registry = _registry()
    unit_in, unit_out = (registry.parse_units(_spell_out(unit)) for unit in (source, target))
    at_0, at_1 = (float(registry.Quantity(value, unit_in).to(unit_out).m) for value in (0.0, 1.0))
    return at_1 - at_0, at_0


def is_unit(text: str) -> bool:
    """Whether this is a unit that values can be converted from and to; "1" is the unit of a ratio."""
    try:
        _affine(text, text)
    except Exception:  # pint raises whatever its parser meets
        return False
    return True


def factor_and_offset(unit: str, tag: Tag) -> tuple[float, float]:
    """The tag's value is factor * value + offset of a value in `unit`; raises UnitMismatch."""
    if unit == tag.unit:
        return 1.0, 0.0
    try:
        return _affine(unit, tag.unit)
    except Exception as error:  # pint raises whatever its parser meets
        raise UnitMismatch(
            f"{unit} does not convert to {tag.unit}, the unit of {tag.name}",
            field="unit",
            value=unit,
            limit=tag.unit,
            unit=tag.unit,
        ) from error


def convert(value: float, unit: str | None, tag: Tag, *, difference: bool = False) -> float:
    """The value in the tag's engineering unit; without a unit it is taken to be in that unit already.

    `difference` says that the value is a change, not a level: 9 degF is then 5 degC. Raises UnitMismatch.
    """
    if unit is None or unit == tag.unit:
        return value
    source = unit.removeprefix("delta_")
    mismatch = UnitMismatch(
        f"{value:g} {unit} does not convert to {tag.unit}, the unit of {tag.name}",
        field="unit",
        value=unit,
        limit=tag.unit,
        unit=tag.unit,
    )
    if source != unit and not difference:
        raise mismatch
    try:
        factor, offset = _affine(source, tag.unit)
    except Exception as error:  # pint raises whatever its parser meets
        raise mismatch from error
    return factor * value + (0.0 if difference else offset)
