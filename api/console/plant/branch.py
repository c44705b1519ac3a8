"""One asset of the tree on the page: folded, its tags cost nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import events as ui_events
from nicegui import ui

from api.console.markup import span
from api.console.plant.cells import CELLS, cells, name_cell
from api.console.plant.tree import Node, Trouble, matches
from api.console.view import View
from twin.operations.standing import Standing
from twin.plant import Tag

Values = Sequence[float | None]


class Row:
    """A tag's row; shown anew, only the cells that changed are sent."""

    def __init__(self, tag: Tag) -> None:
        with ui.element("tr").props(f'data-tag="{tag.name}"') as self._place:
            ui.html(name_cell(tag), sanitize=False, tag="th").props('scope="row"').classes("tag-name")
            self._cells = {name: ui.html("", sanitize=False, tag="td").classes(name) for name in CELLS}

    def show(self, told: Mapping[str, Markup]) -> None:
        """Bring the cells to these texts."""
        for name, text in told.items():
            if self._cells[name].content != text:
                self._cells[name].set_content(text)

    def hide(self, *, hidden: bool) -> None:
        """Leave the row out, or bring it back."""
        self._place.set_visibility(not hidden)


class Branch:
    """An asset that unfolds to its tags and the assets below it; `unfolded` hears when there is more to read."""

    def __init__(self, view: View, node: Node, *, unfold: bool, unfolded: Callable[[], object]) -> None:
        self._view, self.node, self._unfolded = view, node, unfolded
        self._rows: dict[str, Row] = {}
        self.open = unfold
        self._words = ""
        with ui.element("details").classes("asset").props(f'data-asset="{node.asset.name}"') as self._place:
            with ui.element("summary"):
                self._head = ui.html(self._heading(Trouble()), sanitize=False, tag="span").classes("asset-head")
            with ui.element("div").classes("asset-tags") as self._tags:
                asked = urlencode({"asset": node.asset.name, "span": "4d"})
                ui.link(view.words("plant.events_of", asset=node.asset.name), f"/events?{asked}").classes("hint")
            self.below = [Branch(view, child, unfold=unfold, unfolded=unfolded) for child in node.below]
        self._place.on("toggle", self._toggled, ["newState"])
        if unfold:
            self._place.props("open")
            self._draw_rows()

    def every(self) -> Iterator["Branch"]:
        """This branch and all below it."""
        yield self
        for branch in self.below:
            yield from branch.every()

    @property
    def drawn(self) -> tuple[str, ...]:
        """Its own tags whose rows are unfolded."""
        return tuple(self._rows) if self.open else ()

    def show(
        self,
        standings: Mapping[str, Standing],
        recent: Mapping[str, Values],
        trouble: Mapping[str, Trouble],
        now: datetime,
    ) -> None:
        """Bring heading and rows to what the plant is now."""
        heading = self._heading(trouble.get(self.node.asset.name, Trouble()))
        if self._head.content != heading:
            self._head.set_content(heading)
        for name in self.drawn:
            if name in standings:
                self._rows[name].show(cells(self._view, standings[name], recent.get(name), now))

    def search(self, words: str) -> bool:
        """Show only tags that hold the words, and unfold where there are any; gives whether there are."""
        self._words = words
        below = [branch.search(words) for branch in self.below]
        found = any(matches(tag, words) for tag in self.node.tags) or any(below)
        self._place.set_visibility(found)
        if words and found:
            self._place.props("open")
            self._draw_rows()
            self.open = True
        self._hide_rows()
        return found

    def _toggled(self, event: ui_events.GenericEventArguments) -> None:
        unfolded = event.args["newState"] == "open"
        if unfolded == self.open:
            return
        self.open = unfolded
        self._place.props(add="open" if unfolded else None, remove=None if unfolded else "open")
        if unfolded:
            self._draw_rows()
            self._unfolded()

    def _draw_rows(self) -> None:
        if self._rows or not self.node.tags:
            return
        words = self._view.words
        with self._tags, ui.element("table").classes("tags"):
            columns = [words("plant.column.tag"), *(words(f"plant.column.{name}") for name in CELLS)]
            heads = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in columns)
            ui.html(Markup("<tr>{}</tr>").format(heads), sanitize=False, tag="thead")
            with ui.element("tbody"):
                self._rows = {tag.name: Row(tag) for tag in self.node.tags}
        self._hide_rows()

    def _hide_rows(self) -> None:
        for tag in self.node.tags:
            if tag.name in self._rows:
                self._rows[tag.name].hide(hidden=not matches(tag, self._words))

    def _heading(self, trouble: Trouble) -> Markup:
        words, asset = self._view.words, self.node.asset
        parts = [span("asset-name", asset.name), span("hint", asset.description)]
        if trouble.open_events:
            parts.append(span("badge high", f"◆ {words.counted('plant.open_events', trouble.open_events)}"))
        if trouble.passed:
            parts.append(span("badge medium", f"▲ {words.counted('plant.passed', trouble.passed)}"))
        if trouble.unsound:
            parts.append(span("badge medium", f"✕ {words.counted('plant.unsound', trouble.unsound)}"))
        return Markup("").join(parts)
