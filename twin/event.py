"""Event frames: what the twin noticed, and what people do with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from math import copysign, sqrt
from time import time_ns
from typing import Self
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from twin.scenario import LoggedMove


class Kind(StrEnum):
    """What an event is about."""

    PROCESS = "process"
    SENSOR = "sensor"
    SILENCE = "silence"
    UNLOGGED_MOVE = "unlogged move"
    NEW_REGIME = "new regime"


class Severity(StrEnum):
    """How much an event matters; ordered by `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return list(Severity).index(self)


class Contribution(BaseModel):
    """How much one tag adds to an event's score."""

    model_config = ConfigDict(frozen=True)

    tag: str
    share: float = Field(ge=0, le=1, description="Part of the event's score that this tag carries")
    peak_sigma: float = Field(description="Largest smoothed residual, in sigma; positive: above prediction")
    first_seen: AwareDatetime = Field(description="When this tag first left its prediction")


class Departure(BaseModel):
    """An asset that an event reached: the first of its contributing tags that left its prediction, and when."""

    model_config = ConfigDict(frozen=True)

    asset: str
    tag: str
    time: AwareDatetime
    after: str | None = Field(description="Asset reached before it that is its neighbour; null: none of them is")


class Trait(BaseModel):
    """What one tag adds to an event's fingerprint; both parts have length 1 over all tags, or are 0."""

    model_config = ConfigDict(frozen=True)

    tag: str
    residual: float = Field(description="Signed root of the tag's share of the score; positive: above prediction")
    shift: float = Field(description="Change of the plant's state since before the event, in ordinary variations")


class EventFrame(BaseModel):
    """An interval in which the plant did not do what the world model expected.

    It opens once and closes once; `end` is None while it is open. `start` is the estimated onset, which
    lies before `detected_at`. `explained_by` holds the logged move whose response this is, if any; `suspected_move`
    the one of an unlogged move, as far as the plant's response shows it. A new regime is a plant that runs by its
    laws again, but where the training log did not cover it.

    A silence is an event too: its contributions are the tags that fell silent, in equal shares and without sigma,
    `first_seen` the last that was heard of each, and `score` the silence over the longest one that is allowed.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Kind
    severity: Severity
    start: AwareDatetime
    end: AwareDatetime | None
    detected_at: AwareDatetime
    score: float = Field(description="Largest score while open; 1 is the detection threshold")
    contributions: tuple[Contribution, ...] = Field(description="Largest share first")
    first_mover: str = Field(description="The tag that left its prediction first")
    asset: str = Field(description="Asset of the largest contributor")
    explained_by: LoggedMove | None = None
    suspected_move: LoggedMove | None = Field(default=None, description="Estimated; it was not logged")
    propagation: tuple[Departure, ...] = Field(default=(), description="Assets in the order in which it reached them")
    fingerprint: tuple[Trait, ...] = Field(default=(), description="What alike events have in common")
    model_version: str
    message: str = Field(description="One sentence for a person")
    backfilled_at: AwareDatetime | None = Field(
        default=None, description="When samples that came late made this event appear or change; null: they did not"
    )
    withdrawn: bool = Field(
        default=False, description="Late samples showed that there was no such event; it is closed and not counted"
    )

    @property
    def open(self) -> bool:
        """Whether the event is still going on."""
        return self.end is None

    @property
    def anomalous(self) -> bool:
        """Whether the event stands and no logged move explains it."""
        return self.explained_by is None and not self.withdrawn

    @property
    def traits(self) -> dict[str, tuple[float, float]]:
        """(residual, shift) of the fingerprint by tag; contributions stand in for one that was not kept."""
        if self.fingerprint:
            return {trait.tag: (trait.residual, trait.shift) for trait in self.fingerprint}
        return {part.tag: (copysign(sqrt(part.share), part.peak_sigma), 0.0) for part in self.contributions}

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether any part of the event lies in the half-open window [start, end)."""
        return self.start < end and (self.end is None or self.end > start)


class Feedback(BaseModel):
    """What a person says about an event."""

    model_config = ConfigDict(frozen=True)

    event_id: str
    time: AwareDatetime
    label: str = Field(pattern="^(true|false_alarm|known)$")
    comment: str = Field(default="", max_length=2000)
    author: str = Field(default="", max_length=200, description="Who says it; empty when they did not tell")


LONGEST_SHELVING = timedelta(days=7)
LONGEST_LABEL = 120


class MarkAction(StrEnum):
    """What a person does with an event (ANSI/ISA-18.2)."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    LABEL = "label"


def _mark_id() -> str:
    """32 hexadecimal digits; later ones sort behind earlier ones, so that marks of one instant keep their order."""
    return f"{time_ns():016x}{uuid4().hex[:16]}"


class EventMark(BaseModel):
    """Something a person did with an event. A shelving holds for the event's source, from `time` to `until`."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=_mark_id)
    event_id: str
    time: AwareDatetime
    action: MarkAction
    author: str = Field(default="", max_length=200, description="Who did it; empty when they did not tell")
    text: str = Field(
        default="",
        max_length=2000,
        description="A comment; of a label the name, 1 to 120 characters; of a shelving why",
    )
    until: AwareDatetime | None = Field(default=None, description="End of a shelving, at most 7 days after its time")

    @model_validator(mode="after")
    def _fits_its_action(self) -> Self:
        if (self.until is not None) is not (self.action is MarkAction.SHELVE):
            raise ValueError("a shelving has an end (until), and nothing else has one")
        if self.until is not None and not timedelta(0) < self.until - self.time <= LONGEST_SHELVING:
            raise ValueError(f"a shelving ends after it begins, and within {LONGEST_SHELVING.days} days")
        if self.action is MarkAction.LABEL and not 0 < len(self.text.strip()) <= LONGEST_LABEL:
            raise ValueError(f"a label is a name of 1 to {LONGEST_LABEL} characters (text)")
        return self


class Shelving(BaseModel):
    """A source of events that is shelved: while it is, none of its events counts as open, and none is alerted."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    first_mover: str
    event_id: str = Field(description="The event at which it was shelved")
    since: AwareDatetime
    until: AwareDatetime
    author: str
    reason: str

    def covers(self, event: EventFrame) -> bool:
        """Whether the event is of that source."""
        return (event.kind, event.first_mover) == (self.kind, self.first_mover)


class Handling(BaseModel):
    """What people have done with an event, as it stands."""

    model_config = ConfigDict(frozen=True)

    acknowledged_at: AwareDatetime | None = Field(default=None, description="First acknowledgement")
    acknowledged_by: str | None = Field(default=None, description="Empty: acknowledged by nobody who told a name")
    label: str | None = Field(default=None, description="The name that people gave it last")
    shelved_until: AwareDatetime | None = Field(default=None, description="Null: its source is not shelved now")
    shelved_by: str | None = None
    shelf_reason: str | None = None

    @property
    def shelved(self) -> bool:
        """Whether the event's source is shelved."""
        return self.shelved_until is not None


def handling(event: EventFrame, marks: Iterable[EventMark], shelvings: Iterable[Shelving]) -> Handling:
    """What the event's marks, and the shelvings in force, come to; marks of other events do not count."""
    own = sorted((mark for mark in marks if mark.event_id == event.id), key=lambda mark: (mark.time, mark.id))
    known = next((mark for mark in own if mark.action is MarkAction.ACKNOWLEDGE), None)
    labels = [mark.text for mark in own if mark.action is MarkAction.LABEL]
    shelf = next((shelving for shelving in shelvings if shelving.covers(event)), None)
    return Handling(
        acknowledged_at=None if known is None else known.time,
        acknowledged_by=None if known is None else known.author,
        label=labels[-1] if labels else None,
        shelved_until=None if shelf is None else shelf.until,
        shelved_by=None if shelf is None else shelf.author,
        shelf_reason=None if shelf is None else shelf.reason,
    )


def shelvings_in_force(marks: Iterable[tuple[EventMark, Kind, str]], at: datetime) -> tuple[Shelving, ...]:
    """The shelvings that hold at that instant; each mark comes with its event's kind and first mover.

    The newest shelving or unshelving of a source counts.
    """
    newest: dict[tuple[Kind, str], EventMark] = {}
    for mark, kind, first_mover in sorted(marks, key=lambda marked: (marked[0].time, marked[0].id)):
        if mark.time <= at and mark.action in {MarkAction.SHELVE, MarkAction.UNSHELVE}:
            newest[kind, first_mover] = mark
    return tuple(
        Shelving(
            kind=kind,
            first_mover=first_mover,
            event_id=mark.event_id,
            since=mark.time,
            until=mark.until,
            author=mark.author,
            reason=mark.text,
        )
        for (kind, first_mover), mark in newest.items()
        if mark.until is not None and mark.until > at
    )
