"""The numbers of a chart as a file holds them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from api.console.writing import unit_sign
from twin.answer import Series
from twin.clock import from_datetime64
from twin.protocols import ScoreSeries

Cell = datetime | float | str | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers as a file holds them: a heading per column with its unit, and rows; None is a gap."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def csv(self) -> str:
        """RFC 4180, decimal points, instants in ISO 8601 with their offset."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.headings)
        writer.writerows([_cell(value) for value in row] for row in self.rows)
        return text.getvalue()


def columns_of(series: Sequence[Series], zone: ZoneInfo) -> Columns:
    """One row per instant that any of the lines has, on the clock of the zone; bands beside their lines."""
    lines = [part for item in series for part in _parts(item)]
    instants = sorted({moment for _, values in lines for moment in values})
    return Columns(
        (f"time [{zone}]", *(heading for heading, _ in lines)),
        tuple((moment.astimezone(zone), *(values.get(moment) for _, values in lines)) for moment in instants),
    )


def score_columns(scores: ScoreSeries, zone: ZoneInfo) -> Columns:
    """The detector's scores, 1 being the threshold; a stretch without a score is a gap."""
    instants = (from_datetime64(moment).astimezone(zone) for moment in scores.time)
    values = (float(score) if np.isfinite(score) else None for score in scores.score)
    return Columns((f"time [{zone}]", "score"), tuple(zip(instants, values, strict=True)))


def _parts(series: Series) -> list[tuple[str, dict[datetime, float | None]]]:
    name = series.tag if series.name == series.tag else f"{series.tag} {series.name}"
    sides = ((name, series.values), (f"{name} low", series.low), (f"{name} high", series.high))
    unit = unit_sign(series.unit)
    return [
        (f"{heading} [{unit}]" if unit else heading, dict(zip(series.time, values, strict=True)))
        for heading, values in sides
        if values is not None
    ]


def _cell(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else repr(value) if isinstance(value, float) else value
