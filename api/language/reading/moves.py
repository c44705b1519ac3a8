"""Moves in words and in the command line's short form."""

import re

from api.language.reading.amounts import unit_for
from api.language.reading.measures import POINTS, unit_at
from twin.errors import AmbiguousTag, InvalidInput
from twin.operations.levels import PERCENT
from twin.plant import Plant, Tag
from twin.scenario import Change, Move
from twin.units import convert

_SHORT = re.compile(
    r"""^\s*(?P<tag>[^=]+?)\s*=\s*
    (?:(?P<times>[x×*])\s*|(?P<word>to|by)\s+)?
    (?P<number>[-+−]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*
    (?P<unit>[^\d\s@].*?)?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
EXAMPLES = "sp.reactor_pressure=+40 kPa (by), =2745 kPa (to), =-10 % (by), =x0.9 (times)"


def parse_move(text: str, plant: Plant) -> Move:
    """A move from `tag=+40 kPa` (by), `tag=2745 kPa` (to), `tag=-10 %` (by) or `tag=x0.9` (times).

    `tag=to -5 degC` and `tag=by 5 degC` say it in words. Raises InvalidInput for anything else, UnknownTag,
    UnitMismatch, and AmbiguousTag for a signed % of a tag whose own unit is %.
    """
    match = _SHORT.match(text)
    if match is None:
        raise InvalidInput(f"{text!r} is not a move; write for example {EXAMPLES}", field="moves", value=text)
    tag = plant.tag(match["tag"])
    number = match["number"].replace("−", "-")
    unit = _unit(match["unit"], tag)
    if match["times"]:
        if unit is not None:
            raise InvalidInput(f"a factor has no unit: {text!r}", field="moves", value=text, unit=unit)
        return Move(tag=tag.name, change=Change.TIMES, amount=float(number))
    by = match["word"].lower() == "by" if match["word"] else number[0] in "+-"
    return checked(Move(tag=tag.name, change=Change.BY if by else Change.TO, amount=float(number), unit=unit), tag)


def checked(move: Move, tag: Tag) -> Move:
    """The move when its unit fits the tag; a relative % becomes a factor.

    Raises UnitMismatch, and AmbiguousTag when a change in % of a tag in % could mean two things.
    """
    if move.change is Change.TIMES or move.unit is None:
        return move
    if move.unit == POINTS and tag.unit in PERCENT:
        return move.model_copy(update={"unit": None})
    move = move.model_copy(update={"unit": unit_for(move.unit, tag)})
    if move.change is Change.BY and move.unit == "%":
        if tag.unit in PERCENT:
            raise AmbiguousTag(
                f"{tag.name} is itself in {tag.unit}: is a change of {move.amount:g} % meant in points, "
                "or relative to its value?",
                field="moves",
                value=move.amount,
                unit="%",
                candidates=(f"{tag.name}={move.amount:+g}", f"{tag.name}=x{1 + move.amount / 100:.4g}"),
            )
        return move.model_copy(update={"change": Change.TIMES, "amount": 1 + move.amount / 100, "unit": None})
    convert(move.amount, move.unit, tag, difference=move.change is Change.BY)
    return move


def _unit(text: str | None, tag: Tag) -> str | None:
    if not text:
        return None
    unit, end = unit_at(text, 0)
    if unit is None or end < len(text):
        return text
    return unit if unit == POINTS else unit_for(unit, tag)
