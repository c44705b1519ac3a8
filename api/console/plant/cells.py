"""The cells of a tag's row: each a text that changes only when what it says changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup

from api.console.drawing import limit_name
from api.console.markup import link, span
from api.console.plant.sparkline import sparkline
from api.console.view import View
from twin.operations.standing import Standing
from twin.plant import Tag

FAR_SIGMA = 3.0
"""Deviation from which a tag is marked."""
SIGNS = {"good": "✓", "uncertain": "?", "bad": "✕", "silent": "⏸", "never": "○"}
LEVELS = {"good": "ordinary", "uncertain": "medium", "bad": "high", "silent": "medium", "never": "medium"}

CELLS = ("value", "quality", "age", "deviation", "limit", "spark")
"""Columns behind the tag's name, in their order."""


def cells(view: View, standing: Standing, recent: Sequence[float | None] | None, now: datetime) -> dict[str, Markup]:
    """What each column says of a tag now; `recent`: its last hours, None while they are not read."""
    return {
        "value": value_cell(view, standing),
        "quality": quality_cell(view, standing),
        "age": age_cell(view, standing, now),
        "deviation": deviation_cell(view, standing),
        "limit": limit_cell(view, standing),
        "spark": spark_cell(view, standing.tag, recent),
    }


def name_cell(tag: Tag) -> Markup:
    """The tag's name, as a link to its page, and what it is."""
    return link(f"/tags/{quote(tag.name, safe='')}", tag.name) + span("hint", tag.description)


def value_cell(view: View, standing: Standing) -> Markup:
    """The newest value with its unit; a dash where there is none."""
    newest = standing.newest
    if newest is None or newest.value is None:
        return span("mono", "–")
    return span("mono", view.write.quantity(newest.value, newest.unit))


def quality_of(standing: Standing) -> str:
    """good, uncertain, bad, silent (older than the tag may be silent) or never (it sent nothing yet)."""
    newest = standing.newest
    if newest is None:
        return "never"
    return "silent" if newest.stale and newest.quality != "bad" else newest.quality


def quality_cell(view: View, standing: Standing) -> Markup:
    """Quality as sign and word; only what is not good has a colour."""
    quality = quality_of(standing)
    return span(f"quality {LEVELS[quality]}", f"{SIGNS[quality]} {view.words(f'plant.quality.{quality}')}")


def age_cell(view: View, standing: Standing, now: datetime) -> Markup:
    """How old the newest value is, in whole minutes: it changes seldom."""
    return span("hint", "–" if standing.newest is None else age(view, standing.newest.time, now))


def age(view: View, time: datetime, now: datetime) -> str:
    """How long ago it was, in whole minutes."""
    old = now - time
    return view.words("plant.age.now") if old < timedelta(minutes=1) else view.write.duration(old)


def deviation_cell(view: View, standing: Standing) -> Markup:
    """How far the value lay from its prediction, in sigma; marked from three on."""
    expected = standing.expected
    if expected is None or expected.sigma is None:
        return span("hint", "–")
    told = f"{view.write.signed(expected.sigma, None, 2)} σ"
    if abs(expected.sigma) < FAR_SIGMA:
        return span("hint mono", told)
    return span("badge medium mono", f"{'▲' if expected.sigma > 0 else '▼'} {told}")


def limit_cell(view: View, standing: Standing) -> Markup:
    """The outermost limit that the value lies beyond, if any."""
    passed = None if standing.newest is None else standing.newest.passed
    if passed is None:
        return Markup("")
    level = "high" if passed in {"lolo", "hihi", "trip_lo", "trip_hi"} else "medium"
    return span(f"badge {level}", f"◆ {limit_name(passed, view.words)}")


def spark_cell(view: View, tag: Tag, recent: Sequence[float | None] | None) -> Markup:
    """The last hours as a small line."""
    known = [value for value in recent or () if value is not None]
    if recent is None or not known:
        return span("hint", "" if recent is None else view.words("plant.spark.none"))
    low, high = view.write.number(min(known)), view.write.quantity(max(known), tag.unit)
    return sparkline(recent, view.words("plant.spark", low=low, high=high))
