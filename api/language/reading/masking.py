"""Clauses with their names, times and numbers masked: what tells the kind of question is the rest."""

import re
from collections.abc import Iterable

Place = tuple[str, int, int]
MASKS = {
    "tags": "TAG",
    "moved": "TAG",
    "handles": "TAG",
    "unknown": "TAG",
    "assets": "ASSET",
    "windows": "TIME",
    "instant": "MOMENT",
    "ahead": "AHEAD",
    "plant": "the plant",
}
_NUMBER = re.compile(r"(?<![\w.])[-+−–]?\d+(?:[.,:]\d+)*(?![\w])(?!\.\w)|(?<=[+\s-])\d+(?=%)")
_LOWER = re.compile(r"\b(?!(?:TAG|ASSET|TIME|MOMENT|AHEAD|N)\b)\w+")


def masked(text: str, places: Iterable[Place], span: tuple[int, int] | None = None) -> str:
    """text[span] with names as TAG or ASSET, times as TIME (a stretch of the past), MOMENT or AHEAD, numbers as N."""
    first, last = span or (0, len(text))
    found: list[str] = []
    at = first
    for name, start, end in sorted(places, key=lambda place: place[1]):
        if name in MASKS and at <= start and end <= last:
            found += [_NUMBER.sub("N", text[at:start]), _spaced(text, start), MASKS[name]]
            at = end
    found.append(_NUMBER.sub("N", text[at:last]))
    return re.sub(r"\s+", " ", "".join(found)).strip()


def for_cues(text: str, places: Iterable[Place], span: tuple[int, int] | None = None) -> str:
    """The same in small letters, without units: what the cues look at."""
    spots = list(places)
    amounts = [place for place in spots if place[0] == "amount"]
    for _, start, end in sorted(amounts, key=lambda place: -place[1]):
        number = _NUMBER.match(text, start)
        stop = number.end() if number else start
        if stop < end:
            text = text[:stop] + " " * (end - stop) + text[end:]
    return _LOWER.sub(lambda match: match[0].lower(), masked(text, spots, span))


def _spaced(text: str, start: int) -> str:
    return "" if start == 0 or not text[start - 1].isalnum() else " "
