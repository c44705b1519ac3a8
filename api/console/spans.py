"""Which stretch of time a page shows: the last so many hours, or one of the reader's own; kept in the address."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

from api.console.states import failed, redraw
from api.console.view import View
from twin.clock import Span
from twin.errors import ForetellError, InvalidInput

LENGTHS = {
    "8h": timedelta(hours=8),
    "24h": timedelta(hours=24),
    "4d": timedelta(days=4),
    "30d": timedelta(days=30),
}
OWN = "own"
USUAL = "24h"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The last hours by their name in LENGTHS, or a fixed stretch, which then counts."""

    recent: str = USUAL
    own: Span | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Stretch":
        """What an address asks for: `start` and `end`, or `span`; raises InvalidInput."""
        start, end, recent = query.get("start"), query.get("end"), query.get("span", USUAL)
        if start and end:
            return cls(own=Span(_instant(start), _instant(end)))
        if recent not in LENGTHS:
            raise InvalidInput(
                f"{recent!r} is no span of this page: {', '.join(LENGTHS)}, or start and end",
                field="span",
                value=recent,
            )
        return cls(recent)

    def query(self) -> dict[str, str]:
        """How an address asks for it."""
        if self.own is not None:
            return {"start": _iso(self.own.start), "end": _iso(self.own.end)}
        return {} if self.recent == USUAL else {"span": self.recent}

    def span(self, now: datetime) -> Span:
        """The stretch as of now."""
        return self.own or Span(now - LENGTHS[self.recent], now)


class StretchPicker:
    """Buttons for the usual stretches, and two instants on the plant's clock for one of one's own."""

    def __init__(self, view: View, stretch: Stretch, changed: Callable[[Stretch], Awaitable[None]]) -> None:
        self._view, self._changed = view, changed
        words = view.words
        options = {name: words(f"events.span.{name}") for name in (*LENGTHS, OWN)}
        with ui.row().classes("stretch"):
            self._choice = ui.toggle(options, value=OWN if stretch.own else stretch.recent, on_change=self._choose)
            self._choice.props(f'no-caps dense unelevated padding="2px 12px" aria-label="{words("events.span")}"')
            with ui.row().classes("stretch-own") as self._own:
                self._start, self._end = self._instant("events.span.start"), self._instant("events.span.end")
                ui.button(words("events.span.show"), on_click=self._show, color=None).props("outline no-caps dense")
                self._trouble = ui.column().classes("tight")
        self._own.set_visibility(stretch.own is not None)
        if stretch.own is not None:
            self._fill(stretch.own)

    def _instant(self, key: str) -> ui.input:
        zone = self._view.write.zone_name(self._view.state.twin.clock.now())
        return ui.input(self._view.words(key, zone=zone)).props('outlined dense stack-label type="datetime-local"')

    def _fill(self, span: Span) -> None:
        for box, moment in ((self._start, span.start), (self._end, span.end)):
            box.value = f"{moment.astimezone(self._view.zone):%Y-%m-%dT%H:%M}"

    async def _choose(self) -> None:
        own = self._choice.value == OWN
        self._own.set_visibility(own)
        if own:
            now = self._view.state.twin.clock.now()
            self._fill(Span(now - LENGTHS[USUAL], now))
        else:
            await self._changed(Stretch(self._choice.value))

    async def _show(self) -> None:
        self._trouble.clear()
        try:
            start, end = (local_instant(box.value, self._view.zone) for box in (self._start, self._end))
            span = Span(start, end)
        except ForetellError as error:
            known = error
            redraw(self._trouble, lambda: failed(self._view, known))
        else:
            await self._changed(Stretch(own=span))


def local_instant(text: str | None, zone: ZoneInfo) -> datetime:
    """The instant that a date and time on the plant's clock mean; raises InvalidInput."""
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=zone)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no date and time", field="time", value=text) from error


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no instant", field="span", value=text) from error
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} names no zone", field="span", value=text)
    return moment


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
