"""What one can take away: a chart as a picture or as numbers, an answer as Markdown with its evidence."""

import asyncio
import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from nicegui import ui

from api.console.columns import Columns
from api.console.frame import STYLE
from api.console.view import View
from api.console.writing import Writer, unit_sign
from api.security import LOOPBACK
from twin.answer import Answer, Evidence

VARIABLE = re.compile(r"var\((--[\w-]+)\)")
COLOUR = re.compile(r"(--[\w-]+):\s*(#[0-9a-fA-F]{3,8})")
WIDTH = 1000
SHARPNESS = 2
PATIENCE_S = 60.0
TITLE_ROOM = 34
"""Pixels above the curves."""
TITLE = {"fontSize": 14, "fontWeight": 600, "color": "var(--ink)"}
UNFIT = re.compile(r"[^\w.-]+")


def chart_tools(view: View, chart: ui.echart, name: str, columns: Columns | Callable[[], Columns]) -> None:
    """Buttons that give the chart as a PNG, in the light colours, and its numbers as CSV.

    They stand at the top right of the `.figure` or other positioned part that the chart is in.
    """
    file = UNFIT.sub("_", name).strip("_")

    async def picture() -> None:
        ui.download.content(await png_of(chart, name), f"{file}.png", "image/png")

    def numbers() -> None:
        now = columns() if callable(columns) else columns
        ui.download.content(now.csv, f"{file}.csv", "text/csv")

    with ui.row().classes("chart-tools"):
        _tool("image", view.words("ask.png", name=name)).on_click(picture)
        _tool("table_view", view.words("ask.csv", name=name)).on_click(numbers)


def _tool(icon: str, label: str) -> ui.button:
    button = ui.button(icon=icon, color=None).props(f'flat dense round size=sm aria-label="{label}"')
    return button.classes("chart-tool").tooltip(label)


async def png_of(chart: ui.echart, name: str) -> bytes:
    """The chart drawn once more beside the page, named, on a canvas with the colours filled in, as a PNG.

    The page's own charts are SVG that lives by the style sheet's variables, which no file has.
    """
    options, more = titled(chart.options, name)
    asked = {"type": "png", "pixelRatio": SHARPNESS, "backgroundColor": palette()["--surface"]}
    finished = asyncio.Event()
    with ui.element("div").classes("offstage") as stage:
        drawn = ui.echart(coloured(options)).style(
            f"width: {WIDTH}px; height: calc({chart.style['height']} + {more}px)"
        )
    drawn.on("chart:finished", finished.set, [])
    try:
        async with asyncio.timeout(PATIENCE_S):
            await finished.wait()
        url = await drawn.run_chart_method("getDataURL", asked, timeout=PATIENCE_S)
    finally:
        stage.delete()
    return base64.b64decode(url.partition(",")[2])


def titled(options: dict[str, Any], name: str) -> tuple[dict[str, Any], int]:
    """The options with a title, and by how many pixels more the chart is to be high to have room for it."""
    grid, title = options["grid"], {"text": name, "left": 8, "top": 2, "textStyle": TITLE}
    if not isinstance(grid, dict) or grid["top"] >= TITLE_ROOM:
        return {**options, "title": title}, 0
    return {**options, "title": title, "grid": {**grid, "top": TITLE_ROOM}}, TITLE_ROOM - grid["top"]


def coloured(options: Any) -> Any:  # noqa: ANN401  ECharts options are any JSON
    """The options with the light palette's colours in place of the style sheet's variables."""
    if isinstance(options, dict):
        return {key: coloured(value) for key, value in options.items()}
    if isinstance(options, list | tuple):
        return [coloured(value) for value in options]
    if isinstance(options, str):
        return VARIABLE.sub(lambda found: palette()[found[1]], options)
    return options


@cache
def palette() -> dict[str, str]:
    """The light colours, as the style sheet has them."""
    light, _, _ = STYLE.read_text().partition("}")
    return dict(COLOUR.findall(light))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and when it was asked."""

    question: str
    time: datetime


def copy_markdown(view: View, answer: Answer, asked: Asked) -> None:
    """A button that copies the answer with its evidence; where no page may copy (plain HTTP), it gives a file."""
    request = ui.context.client.request
    base = str(request.base_url).rstrip("/")
    may_copy = request.url.scheme == "https" or request.url.hostname in LOOPBACK

    def copy() -> None:
        text = answer_markdown(answer, asked, view.write, base)
        if may_copy:
            ui.clipboard.write(text)
            ui.notify(view.words("ask.copied"))
        else:
            ui.download.content(text, "answer.md", "text/markdown")

    button = ui.button(view.words("ask.copy"), icon="content_copy", on_click=copy, color=None)
    button.props("flat no-caps dense").classes("quiet")


def answer_markdown(answer: Answer, asked: Asked, write: Writer, base: str = "") -> str:
    """The question, the answer, what it was read from, and its evidence; `base` goes before relative links."""
    words = write.words
    said = [words("ask.asked", instant=write.instant(asked.time), zone=write.zone_name(asked.time))]
    if answer.window is not None:
        said.append(words("ask.window", window=answer.window.text))
    said.append(words(f"ask.status.{answer.status}"))
    if answer.grounding.checked:
        said.append(words.counted("ask.checked", answer.grounding.checked))
    said.append(read_by(answer, write))
    if answer.model_version is not None:
        said.append(words("ask.model", version=answer.model_version))
    parts = [
        f"> {asked.question}",
        answer.text,
        *(words("ask.unchecked", sentence=line) for line in answer.unchecked),
    ]
    parts += [" · ".join(said), *_evidence_table(answer.facts, write)]
    parts += [
        "\n".join(f"- [{link.text}]({link.url if '://' in link.url else base + link.url})" for link in answer.links)
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _evidence_table(facts: Sequence[Evidence], write: Writer) -> list[str]:
    if not facts:
        return []
    heads = [write.words(f"ask.{key}") for key in ("fact", "value", "unit", "tag", "from")]
    rows = [
        [item.name, written(item.value, write), unit_sign(item.unit), item.tag or "", item.source] for item in facts
    ]
    return ["\n".join(_row(cells) for cells in [heads, ["---"] * len(heads), *rows])]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def written(value: float | str | datetime, write: Writer) -> str:
    """A fact's value for a person: an instant with its zone, a number with six digits."""
    if isinstance(value, datetime):
        return f"{write.instant(value)} {write.zone_name(value)}"
    return write.number(value, 6) if isinstance(value, float) else str(value)


def read_by(answer: Answer, write: Writer) -> str:
    """Which engine read the question, and how sure it was."""
    if answer.confidence is None:
        return write.words("ask.engine", engine=answer.engine)
    return write.words("ask.engine_sure", engine=answer.engine, share=write.per_cent(answer.confidence))
