"""Which shift a report is about, and the report of it."""

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import structlog

from api.language.telling import told
from api.report.document import Format, Report, rendered
from twin.calendar import PlantCalendar
from twin.clock import Shift, Span
from twin.errors import InvalidInput, OutsideRetention
from twin.operations.shift_report import shift_report
from twin.protocols import Twin
from twin.query import EventsPlan, Window
from twin.settings import Settings

log = structlog.get_logger(__name__)

LOOK_S = 60.0


def report_of(twin: Twin, max_horizon: timedelta, shift: str | None = None, day: date | None = None) -> Report:
    """The report of a shift that began on `day`, or of the last completed one (of that name).

    Raises InvalidInput for a shift that the plant does not have, OutsideData, OutsideRetention, StoreUnavailable.
    """
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    name, span = _asked(calendar, twin.plant.shifts, shift, day)
    found = shift_report(twin, name, span)
    window = Window(start=found.span.start, end=found.span.end)
    return Report(found, told(EventsPlan(window=window), twin, max_horizon).text, twin.plant.time_zone)


def _asked(calendar: PlantCalendar, shifts: Sequence[Shift], name: str | None, day: date | None) -> tuple[str, Span]:
    names = [shift.name for shift in shifts]
    if name is not None and name not in names:
        raise InvalidInput(
            f"the plant has no shift {name!r}", field="shift", value=name, limit=names, candidates=names
        )
    if day is None:
        span = calendar.completed(name)[0]
        began = span.start.astimezone(calendar.zone).date()
        return name or next(item for item in names if calendar.shift(item, began) == span), span
    if name is None:
        raise InvalidInput("say which shift of that day", field="shift", limit=names, candidates=names)
    return name, calendar.shift(name, day)


class ShiftReports:
    """Writes the report of every shift once it is over; what is there already stays."""

    def __init__(self, twin: Twin, settings: Settings) -> None:
        self._twin = twin
        self._horizon = timedelta(hours=settings.max_horizon_h)
        self._folder = settings.reports_dir or settings.data_dir / "reports"
        self._formats = tuple(Format(form) for form in settings.report_formats)

    def run(self, stop: threading.Event) -> None:
        """Look every minute until told to stop; raises StoreUnavailable."""
        while not stop.is_set():
            try:
                self.write()
            except OutsideRetention as error:
                log.info("no report of a shift without data", reason=error.detail)
            stop.wait(LOOK_S)

    def write(self) -> tuple[Path, ...]:
        """The files of the last completed shift that were not there; written whole or not at all."""
        twin = self._twin
        name, span = _asked(PlantCalendar(twin.plant, twin.clock.now()), twin.plant.shifts, None, None)
        stem = f"{span.start.astimezone(twin.plant.time_zone):%Y-%m-%d}-{name}"
        missing = [form for form in self._formats if not (self._folder / f"{stem}.{form.value}").exists()]
        report = report_of(twin, self._horizon) if missing else None
        return tuple(self._write(report, form) for form in missing if report is not None)

    def _write(self, report: Report, form: Format) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{report.name}.{form.value}"
        draft = file.with_suffix(f"{file.suffix}.tmp")
        draft.write_bytes(rendered(report, form))
        draft.replace(file)
        log.info("shift report written", file=str(file))
        return file
