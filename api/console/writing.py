"""How the console writes instants, spans, numbers and units in one language, on the plant's clock."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.console.words import Words
from api.language.wording.catalog import forms

UNIT_SIGNS = {"1": "", "percent": "%", "degC": "°C", "degF": "°F"}
POWER = re.compile(r"m(?:\*\*|\^)?([23])\b")
MINUS = "−"


def unit_sign(unit: str | None) -> str:
    """The unit as a person writes it; empty for a ratio."""
    if unit is None:
        return ""
    sign = UNIT_SIGNS.get(unit, unit)
    return POWER.sub(lambda found: f"m{'²' if found[1] == '2' else '³'}", sign)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes for one reader: their language, the plant's zone."""

    words: Words
    zone: ZoneInfo

    def number(self, value: float, digits: int = 4) -> str:
        """The value with as many significant digits as asked, without an exponent where it can be read without."""
        return _plain(value, digits).replace(".", forms(self.words.language).decimal).replace("-", MINUS)

    def quantity(self, value: float, unit: str | None, digits: int = 4) -> str:
        """The value with its unit."""
        return f"{self.number(value, digits)} {unit_sign(unit)}".strip()

    def signed(self, value: float, unit: str | None, digits: int = 3) -> str:
        """The value with its sign always shown, and its unit."""
        return ("+" if value > 0 else "") + self.quantity(value, unit, digits)

    def instant(self, moment: datetime) -> str:
        """Day and minute on the plant's clock, without the zone."""
        here, signs = moment.astimezone(self.zone), forms(self.words.language)
        day = signs.date.format(
            weekday=signs.weekdays[here.weekday()], day=here.day, month=signs.months[here.month - 1]
        )
        return f"{day} {here:%H:%M}"

    def zone_name(self, moment: datetime) -> str:
        """What the plant's zone is called at that instant, for example CET."""
        return moment.astimezone(self.zone).tzname() or str(self.zone)

    def stretch(self, start: datetime, end: datetime | None) -> str:
        """From start to end on the plant's clock, the day not said twice, the zone at the end."""
        first = self.instant(start)
        if end is None:
            return self.words("frame.still_open", start=first, zone=self.zone_name(start))
        same_day = start.astimezone(self.zone).date() == end.astimezone(self.zone).date()
        last = f"{end.astimezone(self.zone):%H:%M}" if same_day else self.instant(end)
        return f"{forms(self.words.language).stretch.format(start=first, end=last)} {self.zone_name(end)}"

    def duration(self, length: timedelta) -> str:
        """Minutes up to two hours, then hours, then days."""
        minutes = length.total_seconds() / 60
        if minutes < 120:
            return f"{minutes:.0f} min"
        return f"{self.number(minutes / 60, 3)} h" if minutes < 48 * 60 else f"{self.number(minutes / 1440, 3)} d"

    def per_cent(self, probability: float) -> str:
        """A probability for a person: never a false 0 % or 100 %."""
        if 0 < probability < 0.01:
            return "< 1 %"
        if 0.99 < probability < 1:
            return "> 99 %"
        return f"{100 * probability:.0f} %"


def _plain(value: float, digits: int) -> str:
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    rounded = round(value) if abs(value) >= 10**digits else float(f"{value:.{digits}g}")
    whole = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if whole == "-0" else whole
