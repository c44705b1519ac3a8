"""Event frames: what the twin noticed."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

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
