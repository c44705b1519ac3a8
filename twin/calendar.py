"""The plant's calendar: its days, nights and shifts around the present, and how a window is said in words.

Everything is on the plant's clock and given in UTC, so that a night on which the clock changes has the hours that
it really had.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twin.clock import Shift, Span
from twin.errors import InvalidInput, OutsideData
from twin.plant import Plant

ONE_DAY = timedelta(days=1)
DAY_PARTS = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 22)}
UTC_NAMES = frozenset({"UTC", "GMT", "Z"})
LOOK_BACK = 10
"""Days in which the most recent shift or clock time is looked for."""


def describe_instant(moment: datetime, zone: ZoneInfo) -> str:
    """An instant on the plant's clock: "Sun 22 Nov 02:00 CET"."""
    return f"{moment.astimezone(zone):%a %d %b %H:%M %Z}"


def describe_span(span: Span, zone: ZoneInfo) -> str:
    """A window on the plant's clock: "Sat 21 Nov 22:00 to Sun 22 Nov 06:00 CET"."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if start.tzname() != end.tzname():
        return f"{start:%a %d %b %H:%M %Z} to {end:%a %d %b %H:%M %Z}"
    if start.date() == end.date():
        return f"{start:%a %d %b %H:%M} to {end:%H:%M %Z}"
    return f"{start:%a %d %b %H:%M} to {end:%a %d %b %H:%M %Z}"


class PlantCalendar:
    """Days, nights and shifts of a plant as of one instant."""

    def __init__(self, plant: Plant, now: datetime) -> None:
        self.zone = plant.time_zone
        self.now = now.astimezone(UTC)
        self.today: date = self.now.astimezone(self.zone).date()
        self._shifts = plant.shifts
        self._night = self._named(plant.night_shift)

    @property
    def shift_names(self) -> tuple[str, ...]:
        """The plant's shifts."""
        return tuple(shift.name for shift in self._shifts)

    @property
    def night_name(self) -> str:
        """The night shift's name."""
        return self._night.name

    def local(self, day: date, clock: time, zone: str | None = None) -> datetime:
        """The instant the plant's clock shows that time, the first one if it does so twice.

        `zone` is UTC or an abbreviation of the plant's zone ("CEST"), which tells doubled times apart. Raises
        InvalidInput for a time that the clock skips and for another zone.
        """
        if zone in UTC_NAMES:
            return datetime.combine(day, clock, UTC)
        shown = self.shown(day, clock)
        if not shown:
            skipped = f"{day:%Y-%m-%d} {clock:%H:%M}"
            raise InvalidInput(f"the plant's clock skips {skipped}", field="time", value=skipped)
        named = [moment for moment in shown if zone in {None, moment.astimezone(self.zone).tzname()}]
        if not named:
            own = shown[0].astimezone(self.zone).tzname()
            raise InvalidInput(
                f"{clock:%H:%M} {zone} is not on the plant's clock, which shows {own} on {day:%Y-%m-%d}",
                field="time",
                value=f"{clock:%H:%M} {zone}",
            )
        return named[0]

    def shown(self, day: date, clock: time) -> list[datetime]:
        """Every instant of a day at which the plant's clock shows that time: none, one or two."""
        wall = datetime.combine(day, clock)
        moments = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return sorted({moment for moment in moments if moment.astimezone(self.zone).replace(tzinfo=None) == wall})

    def day(self, day: date) -> Span:
        """A calendar day of the plant: 23 or 25 hours long when the clock changes."""
        return Span(self.local(day, time(0)), self.local(day + ONE_DAY, time(0)))

    def part(self, day: date, name: str) -> Span:
        """Morning (06 to 12), afternoon (12 to 18) or evening (18 to 22) of a day."""
        first, last = DAY_PARTS[name]
        return Span(self.local(day, time(first)), self.local(day, time(last)))

    def night(self, day: date) -> Span:
        """The night shift that begins on `day`."""
        return self._night.on(day, self.zone)

    def shift(self, name: str, day: date) -> Span:
        """The shift of that name that begins on `day`."""
        return self._named(name).on(day, self.zone)

    def last_night(self, back: int = 0) -> Span:
        """The most recently completed night shift, or the one `back` nights before it."""
        return self.completed(self._night.name)[back]

    def tonight(self) -> Span:
        """The night shift that is running, or else the one that begins today."""
        spans = self._around(self._night.name)
        return next((span for span in spans if self.now in span), self.night(self.today))

    def next_shift(self, name: str | None = None) -> Span:
        """The shift of that name (or any) that begins next."""
        return min((span for span in self._around(name) if span.start > self.now), key=lambda span: span.start)

    def shift_before(self, moment: datetime, name: str | None = None) -> Span:
        """The shift of that name (or any) that began last before an instant."""
        day = moment.astimezone(self.zone).date()
        chosen = [self._named(name)] if name else self._shifts
        spans = (shift.on(day - back * ONE_DAY, self.zone) for back in range(3) for shift in chosen)
        return max((span for span in spans if span.start < moment), key=lambda span: span.start)

    def week(self, back: int = 0) -> Span:
        """Monday to Monday: this week, or the one `back` weeks before it."""
        monday = self.today - (self.today.weekday() + 7 * back) * ONE_DAY
        return Span(self.day(monday).start, self.day(monday + 7 * ONE_DAY).start)

    def weekend(self, back: int = 0) -> Span:
        """Saturday and Sunday: the weekend that began last, or the one `back` weeks before it."""
        saturday = self.today - ((self.today.weekday() - 5) % 7 + 7 * back) * ONE_DAY
        return Span(self.day(saturday).start, self.day(saturday + 2 * ONE_DAY).start)

    def month(self, year: int, month: int) -> Span:
        """A calendar month; months count on past December and before January."""
        first, after = (date(year + (m - 1) // 12, (m - 1) % 12 + 1, 1) for m in (month, month + 1))
        return Span(self.day(first).start, self.day(after).start)

    def current_shift(self) -> Span:
        """The shift that is running; the last one that began, if the shifts leave a gap now."""
        spans = self._around()
        return next((span for span in spans if self.now in span), self.newest_shift())

    def newest_shift(self, name: str | None = None) -> Span:
        """The shift that began last, running or not."""
        return next(span for span in self._around(name) if span.start <= self.now)

    def completed(self, name: str | None = None) -> list[Span]:
        """Shifts of that name (or of any) that are over, newest first."""
        return [span for span in self._around(name) if span.end <= self.now]

    def recent(self, clock: time, zone: str | None = None) -> datetime:
        """The most recent instant at which the plant's clock showed that time."""
        shown = (self._told(self.today + ahead * ONE_DAY, clock, zone) for ahead in range(1, -LOOK_BACK, -1))
        return self._first((moment for moment in shown if moment is not None and moment <= self.now), clock, zone)

    def coming(self, clock: time, zone: str | None = None) -> datetime:
        """The next instant at which the plant's clock shows that time."""
        shown = (self._told(self.today + ahead * ONE_DAY, clock, zone) for ahead in range(-1, LOOK_BACK))
        return self._first((moment for moment in shown if moment is not None and moment > self.now), clock, zone)

    def inside(self, clock: time, span: Span, zone: str | None = None) -> datetime:
        """The last past instant in the window at which the clock showed that time, or else the first one.

        Raises InvalidInput when the window has no such instant.
        """
        first = span.start.astimezone(self.zone).date() - ONE_DAY
        days = [first + ahead * ONE_DAY for ahead in range((span.end - span.start) // ONE_DAY + 4)]
        shown = [self._told(day, clock, zone) for day in days]
        inside = [moment for moment in shown if moment is not None and moment in span]
        if not inside:
            self._refuse_skipped(days, clock, span)
            raise InvalidInput(
                f"{clock:%H:%M} does not lie in {describe_span(span, self.zone)}",
                field="time",
                value=f"{clock:%H:%M}",
            )
        past = [moment for moment in inside if moment <= self.now]
        return past[-1] if past else inside[0]

    def doubled(self, moment: datetime) -> bool:
        """Whether the plant's clock shows that instant's time twice."""
        wall = moment.astimezone(self.zone)
        return len(self.shown(wall.date(), wall.time())) > 1

    def past(self, span: Span) -> Span:
        """The window cut at the present; raises OutsideData when it begins only later."""
        if span.start >= self.now:
            raise self.future(span.start)
        return Span(span.start, min(span.end, self.now))

    def future(self, moment: datetime) -> OutsideData:
        """The error that says so."""
        asked, now = (describe_instant(instant, self.zone) for instant in (moment, self.now))
        return OutsideData(
            f"{asked} lies in the future (it is {now})",
            field="time",
            value=moment.isoformat(),
            limit=self.now.isoformat(),
        )

    def _named(self, name: str) -> Shift:
        return next(shift for shift in self._shifts if shift.name.lower() == name.lower())

    def _around(self, name: str | None = None) -> list[Span]:
        """Shifts from tomorrow's back to some days ago, newest first."""
        chosen = [self._named(name)] if name else self._shifts
        days = [self.today + ONE_DAY * (1 - back) for back in range(LOOK_BACK)]
        spans = (shift.on(day, self.zone) for day in days for shift in chosen)
        return sorted(spans, key=lambda span: span.start, reverse=True)

    def _told(self, day: date, clock: time, zone: str | None) -> datetime | None:
        try:
            return self.local(day, clock, zone)
        except InvalidInput:
            return None

    def _first(self, moments: Iterator[datetime], clock: time, zone: str | None) -> datetime:
        found = next(moments, None)
        if found is None:
            said = f"{clock:%H:%M} {zone or ''}".rstrip()
            raise InvalidInput(
                f"{said} was not on the plant's clock ({self.zone}) these days", field="time", value=said
            )
        return found

    def _refuse_skipped(self, days: Sequence[date], clock: time, span: Span) -> None:
        """Raises InvalidInput when the clock skips that time inside the window."""
        for day in days:
            beside = datetime.combine(day, clock, self.zone).astimezone(UTC)
            if beside in span and not self.shown(day, clock):
                self.local(day, clock)
