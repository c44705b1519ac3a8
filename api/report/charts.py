"""Small line charts as SVG: a report must be readable without scripts, on paper too."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from twin.answer import Series
from twin.event import EventFrame
from twin.operations.numbers import plain

WIDTH, HEIGHT = 640, 150
LEFT, BOTTOM = 56, 20


def chart(measured: Series, predicted: Series, event: EventFrame, zone: ZoneInfo) -> str | None:
    """Measured over the predicted band, the event's stretch shaded; None without a value."""
    known = [value for value in (*measured.values, *predicted.values) if value is not None]
    if not known or len(measured.time) < 2:
        return None
    place = _Place(measured.time[0], measured.time[-1], min(known), max(known))
    shaded = place.x(max(event.start, measured.time[0]))
    width = place.x(min(event.end or measured.time[-1], measured.time[-1])) - shaded
    lines = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{measured.tag}, {measured.unit}</title>",
        f'<rect class="event" x="{shaded:.1f}" y="0" width="{max(width, 1):.1f}" height="{HEIGHT - BOTTOM}"/>',
        *(f'<polyline class="predicted" points="{points}"/>' for points in place.lines(predicted)),
        *(f'<polyline class="measured" points="{points}"/>' for points in place.lines(measured)),
        *place.labels(zone),
        "</svg>",
    ]
    return "".join(lines)


class _Place:
    """From instants and values to the picture's points."""

    def __init__(self, first: datetime, last: datetime, low: float, high: float) -> None:
        pad = 0.05 * (high - low) or abs(high) * 0.05 or 1.0
        self._first, self._last = first, last
        self._low, self._high = low - pad, high + pad

    def x(self, moment: datetime) -> float:
        share = (moment - self._first) / (self._last - self._first)
        return LEFT + share * (WIDTH - LEFT)

    def y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return (HEIGHT - BOTTOM) * (1 - share)

    def lines(self, series: Series) -> Iterator[str]:
        """The stretches between gaps."""
        points: list[str] = []
        for moment, value in zip(series.time, series.values, strict=True):
            if value is None or not self._first <= moment <= self._last:
                yield from _line(points)
                points = []
            else:
                points.append(f"{self.x(moment):.1f},{self.y(value):.1f}")
        yield from _line(points)

    def labels(self, zone: ZoneInfo) -> Iterator[str]:
        for value in (self._low, self._high):
            y = min(max(self.y(value), 10), HEIGHT - BOTTOM)
            yield f'<text x="{LEFT - 6}" y="{y:.0f}" text-anchor="end">{plain(value, 3)}</text>'
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
            moment = self._first + share * (self._last - self._first)
            x = LEFT + share * (WIDTH - LEFT)
            yield f'<text x="{x:.0f}" y="{HEIGHT - 5}" text-anchor="{anchor}">{moment.astimezone(zone):%H:%M}</text>'


def _line(points: Iterable[str]) -> Iterator[str]:
    joined = " ".join(points)
    if " " in joined:
        yield joined
