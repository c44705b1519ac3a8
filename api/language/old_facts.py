"""An answer in the making: what is said is put down as evidence in the same breath."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.language.grounding import CHANGE
from twin.answer import Evidence, Series, Status, TimeWindow, ToolCall
from twin.calendar import describe_span
from twin.clock import Span
from twin.operations.numbers import plain
from twin.plant import Plant

UNIT_SIGNS = {"1": "", "degC": "°C", "degF": "°F", "m3/h": "m³/h"}


LIMIT_NAMES = {
    "trip_lo": "low trip",
    "lolo": "low low limit",
    "lo": "low limit",
    "hi": "high limit",
    "hihi": "high high limit",
    "trip_hi": "high trip",
}


def shown_unit(unit: str | None) -> str:
    """The unit behind a number as a person writes it, with its space."""
    sign = UNIT_SIGNS.get(unit, unit) if unit else ""
    return f" {sign}" if sign else ""


def opened(sentence: str) -> str:
    """The sentence with a capital, unless it begins with the name of a tag."""
    first = sentence.partition(" ")[0]
    return sentence if "." in first or "_" in first else sentence[:1].upper() + sentence[1:]


@dataclass
class Draft:
    """Sentences, evidence, series and the operations' own results."""

    plant: Plant
    source: str
    status: Status = Status.ANSWERED
    sentences: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    tools: list[ToolCall] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    window: TimeWindow | None = None
    candidates: tuple[str, ...] = ()
    model_version: str | None = None

    def say(self, sentence: str) -> None:
        """The next sentence."""
        self.sentences.append(sentence)

    def line(self, sentence: str) -> None:
        """The next sentence, on a line of its own."""
        self.say(f"\n{sentence}")

    def number(
        self, name: str, value: float, unit: str | None = None, *, tag: str | None = None, digits: int = 4
    ) -> str:
        """The number with its unit, and the evidence for it."""
        text = plain(value, digits)
        self._know(name, value, unit, tag)
        return f"{text.replace('-', '−')}{shown_unit(unit)}"

    def bare(self, name: str, value: float, unit: str | None, *, tag: str | None = None, digits: int = 4) -> str:
        """The number alone: its unit follows behind another one."""
        self._know(name, value, unit, tag)
        return plain(value, digits).replace("-", "−")

    def change(self, name: str, value: float, unit: str, *, tag: str | None = None, digits: int = 3) -> str:
        """A difference in words: "12.3 kPa lower"."""
        self._know(f"{CHANGE} of {name}", value, unit, tag)
        return f"{plain(abs(value), digits)}{shown_unit(unit)} {'lower' if value < 0 else 'higher'}"

    def count(self, name: str, value: int) -> str:
        """A count, and the evidence for it."""
        self._know(name, float(value), None, None)
        return str(value)

    def percent(self, name: str, share: float, *, tag: str | None = None) -> str:
        """A share in per cent; never a false 0 or 100."""
        value = 100.0 * share
        near = 0 < value < 0.5 or 99.5 < value < 100
        self._know(name, value, "%", tag)
        return f"{plain(value, 3) if near else f'{value:.0f}'} %"

    def time(self, name: str, moment: datetime, *, day: bool = False) -> str:
        """An instant on the plant's clock, and the evidence for it."""
        self.evidence.append(Evidence(name=name, value=moment, source=self.source))
        local = moment.astimezone(self.plant.time_zone)
        return f"{local:%a %d %b %H:%M %Z}" if day else f"{local:%H:%M %Z}"

    def quote(self, name: str, text: str, *, tag: str | None = None) -> str:
        """Words that an operation gave, said as they are."""
        self.evidence.append(Evidence(name=name, value=text, tag=tag, source=self.source))
        return text

    def over(self, span: Span) -> str:
        """The window in words; it becomes the answer's window."""
        self.window = TimeWindow(start=span.start, end=span.end, text=describe_span(span, self.plant.time_zone))
        for name, moment in (("window start", span.start), ("window end", span.end)):
            self.evidence.append(Evidence(name=name, value=moment, source=self.source))
        return self.window.text

    def ran(self, name: str, result: BaseModel | None = None, **arguments: object) -> None:
        """An operation that was run, with its own result."""
        self.tools.append(ToolCall(name=name, arguments=arguments))
        if result is not None:
            self.result[name] = result.model_dump(mode="json")

    def name(self, tag: str) -> str:
        """What a person calls a tag."""
        item = self.plant.tag(tag)
        return re.split(r"[;,(]", item.description)[0].strip() or tag

    def notes(self, notes: Iterable[str]) -> None:
        """What was taken for granted, at the end."""
        for note in notes:
            self.line(f"Note: {self.quote('note', note)}.")

    def _know(self, name: str, value: float, unit: str | None, tag: str | None) -> None:
        self.evidence.append(Evidence(name=name, value=float(value), unit=unit, tag=tag, source=self.source))
