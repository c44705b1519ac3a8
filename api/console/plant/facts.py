"""What a tag is and how it stands, and its numbers over a stretch of time."""

from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup
from nicegui import ui

from api.console.drawing import limit_name
from api.console.plant.cells import age, deviation_cell, limit_cell, quality_cell, value_cell
from api.console.view import View
from api.console.writing import unit_sign
from twin.operations.describe import TagSummary
from twin.operations.standing import Standing
from twin.plant import Tag

PAIR = Markup("<div><dt>{}</dt><dd>{}</dd></div>")


def draw_facts(view: View, standing: Standing, handle: Standing | None, now: datetime) -> None:
    """Newest value, quality, deviation; role, range, limits, and what an operator reaches for to change it."""
    words, tag = view.words, standing.tag
    with ui.row().classes("facts"):
        ui.html(value_cell(view, standing), sanitize=False, tag="span").classes("now")
        for cell in (quality_cell(view, standing), deviation_cell(view, standing), limit_cell(view, standing)):
            ui.html(cell, sanitize=False, tag="span")
        if standing.newest is not None:
            ui.label(words("plant.aged", age=age(view, standing.newest.time, now))).classes("hint")
        if standing.expected is not None:
            expected = view.write.quantity(standing.expected.mean, tag.unit)
            ui.label(words("plant.expected", value=expected)).classes("hint")
    with ui.row().classes("facts"):
        for sentence in _described(view, tag):
            ui.label(sentence).classes("hint")
    if handle is not None:
        with ui.row().classes("facts"):
            ui.label(words("plant.handle")).classes("hint")
            ui.link(handle.tag.name, f"/tags/{quote(handle.tag.name, safe='')}")
            ui.label(handle.tag.description).classes("hint")
            ui.html(value_cell(view, handle), sanitize=False, tag="span")


def _described(view: View, tag: Tag) -> list[str]:
    words, write = view.words, view.write
    told = [
        words(f"plant.role.{tag.role}"),
        words("plant.part_of", asset=tag.asset),
        words("plant.unit", unit=unit_sign(tag.unit) or words("events.chart.no_unit")),
        words("plant.range", low=write.number(tag.low), high=write.quantity(tag.high, tag.unit)),
    ]
    limits = [f"{limit_name(name, words)} {write.quantity(value, tag.unit)}" for name, value in tag.limits.items()]
    if limits:
        told.append(words("plant.limits", limits=", ".join(limits)))
    if tag.aliases:
        told.append(words("plant.aliases", names=", ".join(tag.aliases)))
    return told


def draw_statistics(view: View, summary: TagSummary, tag: Tag) -> None:
    """Mean, spread, extremes and limits passed in the stretch."""
    words = view.words
    ui.label(words("plant.statistics", window=view.write.stretch(summary.window.start, summary.window.end))).classes(
        "strong"
    )
    numbers = {name: getattr(summary, name) for name in ("mean", "std", "low", "high", "first", "last")}
    told = {name: "–" if value is None else view.write.quantity(value, tag.unit) for name, value in numbers.items()}
    told |= {"count": str(summary.count), "bad": str(summary.bad)}
    pairs = [PAIR.format(words(f"plant.statistic.{name}"), value) for name, value in told.items()]
    ui.html(Markup("").join(pairs), sanitize=False, tag="dl").classes("statistics")
    for passed in summary.passed:
        ui.label(
            words(
                "plant.passed_limit",
                limit=limit_name(passed.limit, words),
                value=view.write.quantity(passed.value, tag.unit),
                share=view.write.per_cent(passed.share),
                instant=view.write.instant(passed.first),
            )
        ).classes("hint")
