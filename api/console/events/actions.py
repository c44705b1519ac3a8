"""What a person does with an event: acknowledge it, give it a name, shelve its source for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from nicegui import ui

from api.console.events.author import Author
from api.console.spans import local_instant
from api.console.states import failed, redraw
from api.console.view import View
from twin.calendar import PlantCalendar
from twin.errors import ForetellError, InvalidInput
from twin.event import LONGEST_LABEL, LONGEST_SHELVING, EventFrame, EventMark, Handling, MarkAction
from twin.operations.handling import handle

HOURS = {"1h": timedelta(hours=1), "8h": timedelta(hours=8)}
SHIFT, OWN = "shift", "own"

Changed = Callable[[], Awaitable[None]]


class Actions:
    """Buttons of one event; after each of them `changed` draws what has become of it."""

    def __init__(self, view: View, event: EventFrame, handling: Handling, changed: Changed) -> None:
        self._view, self._event, self._changed = view, event, changed
        self._author = Author()
        words = view.words
        with ui.row().classes("actions").props(f'role="group" aria-label="{words("events.actions")}"'):
            self._who = ui.input(words("events.your_name"), value=self._author.name)
            self._who.props("dense outlined maxlength=200").classes("who").on_value_change(self._named)
            self._acknowledging(handling)
            self._labelling(handling)
            self._shelving(handling)
        self._trouble = ui.column().classes("wide").props('aria-live="polite"')

    def _acknowledging(self, handling: Handling) -> None:
        button = ui.button(self._view.words("events.acknowledge"), icon="check", color=None)
        button.props("outline no-caps").on_click(lambda: self._do(MarkAction.ACKNOWLEDGE))
        button.set_enabled(handling.acknowledged_at is None)

    def _labelling(self, handling: Handling) -> None:
        words = self._view.words
        with ui.row().classes("labelling"):
            self._label = ui.input(words("events.label"), value=handling.label or "")
            self._label.props(f"dense outlined maxlength={LONGEST_LABEL}").on("keydown.enter", self._save_label)
            ui.button(words("events.label.save"), on_click=self._save_label, color=None).props("outline no-caps")

    def _shelving(self, handling: Handling) -> None:
        words, now = self._view.words, self._view.state.twin.clock.now()
        if handling.shelved:
            ui.button(words("events.unshelve"), icon="unarchive", color=None).props("outline no-caps").on_click(
                lambda: self._do(MarkAction.UNSHELVE)
            )
            return
        with ui.expansion(words("events.shelve"), icon="archive").classes("shelving"):
            ui.label(words("events.shelve.what", tag=self._event.first_mover)).classes("hint")
            shift = PlantCalendar(self._view.plant, now).next_shift().start
            options = {name: words(f"events.shelve.{name}") for name in HOURS}
            options[SHIFT] = words("events.shelve.shift", instant=self._view.write.instant(shift))
            options[OWN] = words("events.shelve.own")
            self._length = ui.radio(options, value="1h").props(
                f'dense inline aria-label="{words("events.shelve.for")}"'
            )
            self._until = ui.input(words("events.shelve.until", zone=self._view.write.zone_name(now)))
            self._until.props('dense outlined stack-label type="datetime-local"')
            self._until.bind_visibility_from(self._length, "value", value=OWN)
            self._reason = (
                ui.input(words("events.shelve.reason")).props("dense outlined maxlength=2000").classes("wide")
            )
            ui.button(words("events.shelve.now"), on_click=self._shelve, color=None).props("outline no-caps")

    def _named(self) -> None:
        self._author.name = self._who.value or ""

    async def _save_label(self) -> None:
        name = (self._label.value or "").strip()
        if not name:
            self._fail(InvalidInput(self._view.words("events.label.empty"), field="label"))
            return
        await self._do(MarkAction.LABEL, text=name)

    async def _shelve(self) -> None:
        now = self._view.state.twin.clock.now()
        reason = (self._reason.value or "").strip()
        try:
            until = self._end(now)
            if not reason:
                raise InvalidInput(self._view.words("events.shelve.no_reason"), field="reason")
        except ForetellError as error:
            self._fail(error)
            return
        await self._do(MarkAction.SHELVE, text=reason, until=until)

    def _end(self, now: datetime) -> datetime:
        """The end of the shelving that is chosen; raises InvalidInput."""
        if self._length.value == SHIFT:
            return PlantCalendar(self._view.plant, now).next_shift().start
        if self._length.value != OWN:
            return now + HOURS[self._length.value]
        until = local_instant(self._until.value, self._view.zone)
        if not now < until <= now + LONGEST_SHELVING:
            raise InvalidInput(self._view.words("events.shelve.outside"), field="until", value=until.isoformat())
        return until

    async def _do(self, action: MarkAction, text: str = "", until: datetime | None = None) -> None:
        twin = self._view.state.twin
        mark = EventMark(
            event_id=self._event.id,
            time=twin.clock.now(),
            action=action,
            author=self._author.name,
            text=text,
            until=until,
        )
        try:
            await asyncio.to_thread(handle, twin, mark)
        except ForetellError as error:
            self._fail(error)
        else:
            await self._changed()

    def _fail(self, error: ForetellError) -> None:
        redraw(self._trouble, lambda: failed(self._view, error))


def draw_marks(view: View, marks: Sequence[EventMark]) -> None:
    """What people did with an event, one thing a line."""
    for mark in marks:
        ui.label(mark_sentence(view, mark)).classes("hint mark")


def mark_sentence(view: View, mark: EventMark) -> str:
    """When, what, by whom, and why."""
    words, write = view.words, view.write
    until = "" if mark.until is None else write.instant(mark.until)
    what = words(f"events.mark.{mark.action}", text=mark.text, until=until)
    by = words("events.by", author=mark.author) if mark.author else ""
    why = f": {mark.text}" if mark.text and mark.action is not MarkAction.LABEL else ""
    return f"{write.instant(mark.time)}  {what} {by}".rstrip() + why
