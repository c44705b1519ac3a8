"""What becomes of samples on their way in: counts, dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twin.delivery import Unreadable
from twin.sample import SampleBatch


@dataclass(frozen=True, slots=True)
class Counts:
    """Samples since the pipeline was built.

    Attributes:
        read: samples that came.
        accepted: samples stored, corrections among them.
        duplicates: samples that were there already.
        corrected: samples that replaced another value or quality.
        late: samples older than one of the same tag that came before; they are stored where they belong.
        not_finite: samples stored as bad for want of a finite value.
        outside_range: samples stored as uncertain because they lie outside the tag's range.
        thinned: samples within their tag's deadband, not stored.
        dropped: samples given up by the overflow policy.
        rejected: samples and payloads not stored, by reason.
        retries: writes that were tried again because the store was away.
        waiting: samples in memory, not yet stored.
        spooled: samples on the disk that wait for the historian.
        spooled_bytes: what they take.
        last_write: when the last write succeeded.
    """

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    corrected: int = 0
    late: int = 0
    not_finite: int = 0
    outside_range: int = 0
    thinned: int = 0
    dropped: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    waiting: int = 0
    spooled: int = 0
    spooled_bytes: int = 0
    last_write: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceCounters(Counts):
    """Of one source.

    Attributes:
        rate: samples that came per second, over the last minute.
        newest: time of its newest sample that is safe.
        lag_s: age of that sample, seconds.
        skew_s: median of arrival minus sample time, seconds; negative for a clock that is ahead.
        skewed: whether that is beyond the limit.
        connected: whether samples can arrive now; None when it does not run.
        last_error: what went wrong last, and when.
    """

    rate: float = 0.0
    newest: datetime | None = None
    lag_s: float | None = None
    skew_s: float | None = None
    skewed: bool = False
    connected: bool | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counters(Counts):
    """Of all sources together, and of each.

    Attributes:
        sources: by name.
    """

    sources: Mapping[str, SourceCounters] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """How a source did in a stretch of time, a minute as a rule.

    Attributes:
        time: its end.
        seconds: its length.
        connected: whether samples could arrive at its end; None when the source did not run.
        lag_s: age of the newest sample that was safe at its end.
        read, accepted, rejected: samples in the stretch, see `Counts`.
        waiting, spooled, spooled_bytes: at its end, see `Counts`.
    """

    time: datetime
    source: str
    seconds: float
    connected: bool | None
    lag_s: float | None
    read: int
    accepted: int
    rejected: int
    waiting: int
    spooled: int
    spooled_bytes: int


@dataclass(frozen=True, eq=False, slots=True)
class Refused:
    """Something that is not stored: samples, or a payload that could not be read.

    Attributes:
        source: who delivered it.
        reason: a few words that are the same for all of a kind.
        detail: one sentence that names the thing, its value and what was expected.
        samples: as the source delivered them (None for a payload).
        payload: the bytes that could not be read (None for samples).
        translated: whether the samples bear the plant's tags and units already.
    """

    source: str
    reason: str
    detail: str
    samples: SampleBatch | None = None
    payload: bytes | None = None
    translated: bool = False

    @classmethod
    def unreadable(cls, source: str, part: Unreadable) -> "Refused":
        """Of a payload."""
        return cls(source, part.reason, part.detail, payload=part.payload)

    def __len__(self) -> int:
        """Samples; a payload counts as one."""
        return 1 if self.samples is None else len(self.samples)


@dataclass(frozen=True, eq=False, slots=True)
class DeadLetter:
    """Something refused, as it is kept.

    Attributes:
        number: names it.
        refused: what and why.
        first_at, last_at: when it came first and last.
        times: how often the very same came.
    """

    number: int
    refused: Refused
    first_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of dead letters.

    Attributes:
        letters: how many are gone because all of them is stored.
        stored: samples stored; `duplicates` were there already.
        refused: samples refused again, by reason; they stay.
        unreadable: payloads; only their source could read them, they stay.
    """

    letters: int
    stored: int
    duplicates: int
    refused: Mapping[str, int]
    unreadable: int
