"""A world model's life: versions, promotions, the gate between champion and challenger, drift, jobs."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.clock import Span
from twin.errors import InvalidInput, NotFound
from twin.world import ModelCard

LEAST_FACTOR = 0.01
"""A band that live coverage has changed by less is served as it was calibrated."""


class ModelStatus(StrEnum):
    """What a version is to its plant: the one that answers, one that waits, or one that has had its time."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    RETIRED = "retired"


class ModelVersion(BaseModel):
    """One trained world model, as the registry knows it."""

    model_config = ConfigDict(frozen=True)

    version: str
    status: ModelStatus
    family: str
    seed: int
    created: AwareDatetime
    data_start: AwareDatetime
    data_end: AwareDatetime
    data_hours: float
    excluded_hours: float = Field(default=0.0, description="Rows of open or confirmed events, left out of training")
    skill: dict[str, float] = Field(description="Scores on held-back data, by name")
    parent: str | None = Field(default=None, description="The champion when this version was trained")
    origin: str = Field(default="trained", description="trained, shipped, or the file that a setting names")

    @classmethod
    def of(cls, card: ModelCard, status: ModelStatus, *, parent: str | None = None, origin: str = "trained") -> Self:
        """What a card says about a version."""
        told = card.model_dump(include=set(cls.model_fields))
        return cls.model_validate({**told, "status": status, "parent": parent, "origin": origin})


class Promotion(BaseModel):
    """A version became champion."""

    model_config = ConfigDict(frozen=True)

    version: str
    previous: str | None
    time: AwareDatetime
    who: str
    reason: str
    rollback: bool = Field(default=False, description="It took the promotion before it back")


class ModelScore(BaseModel):
    """How one version did in the gate."""

    model_config = ConfigDict(frozen=True)

    version: str
    nrmse: float = Field(description="Root mean square error of rollouts over all tags, in the champion's scale")
    by_tag: dict[str, float] = Field(description="The same tag by tag; tags that were not measured are absent")
    false_alarms: int = Field(description="Anomalies in the span that nobody has confirmed")


class GateDecision(BaseModel):
    """Champion and challenger on recent data that neither was trained on."""

    model_config = ConfigDict(frozen=True)

    time: AwareDatetime
    start: AwareDatetime = Field(description="Begin of the data both were compared on")
    end: AwareDatetime
    hours: float = Field(description="Hours of it that were compared: without open or confirmed events")
    rollouts: int = Field(description="Rollouts that each version was scored by")
    champion: ModelScore
    challenger: ModelScore
    passed: bool
    reasons: tuple[str, ...] = Field(description="What speaks against the challenger; empty when it passed")


class BandChange(BaseModel):
    """A tag's band was made wider or narrower by how often what came lay within it."""

    model_config = ConfigDict(frozen=True)

    tag: str
    time: AwareDatetime = Field(description="End of the operation that moved it")
    old: float = Field(description="Factor on the band of the model's calibration, as last put on record")
    new: float
    coverage: float | None = Field(description="Share of values within the band, over the rollouts before")
    reason: str


class TagBand(BaseModel):
    """How live coverage has changed one tag's 90 % band."""

    model_config = ConfigDict(frozen=True)

    tag: str
    factor: float = Field(default=1.0, description="On the band of the model's calibration")
    coverage: float | None = Field(default=None, description="Share of new values within the band, as it was then")
    rollouts: int = Field(default=0, description="Rollouts over new operation that it was scored by")
    recorded: float = Field(default=1.0, description="The factor when it was last put on record")
    excess: float = Field(default=0.0, description="Cumulative sum of what lay outside beyond the ordinary")
    run: int = Field(default=0, description="Rollouts since that sum was 0")
    steps: int | None = Field(default=None, description="Rollouts since the factor was set anew; null: it never was")


class BandReport(BaseModel):
    """The bands of one version, as live coverage has left them."""

    model_config = ConfigDict(frozen=True)

    version: str
    time: AwareDatetime
    until: AwareDatetime = Field(description="Rollouts that begin before were scored")
    tags: tuple[TagBand, ...]
    changes: tuple[BandChange, ...] = Field(default=(), description="The oldest first")

    def factors(self) -> dict[str, float]:
        """Of the tags whose band differs by a hundredth or more."""
        return {band.tag: round(band.factor, 3) for band in self.tags if abs(band.factor - 1) >= LEAST_FACTOR}


class VersionDetail(BaseModel):
    """Everything about one version."""

    model_config = ConfigDict(frozen=True)

    model: ModelVersion
    card: ModelCard
    promotions: tuple[Promotion, ...] = Field(description="That made it champion, or another one in its place")
    decisions: tuple[GateDecision, ...] = Field(description="Of the gate, about it as challenger")
    bands: BandReport | None = Field(default=None, description="How live coverage has changed its bands, and when")


class DriftReport(BaseModel):
    """Whether the champion still describes the plant, by its newest data."""

    model_config = ConfigDict(frozen=True)

    version: str
    time: AwareDatetime
    start: AwareDatetime
    end: AwareDatetime
    hours: float = Field(description="Hours in the window that were compared")
    one_step_coverage: float | None = Field(description="Share of values within the one-step 90 % band")
    rollout_coverage: float | None = Field(description="Share of values within the 90 % band of rollouts")
    nrmse: float | None = Field(description="Error of rollouts, in training standard deviations")
    cusum: float = Field(description="Excess of hourly one-step errors, summed up; drift beyond `limit`")
    limit: float
    since: AwareDatetime | None = Field(description="Where that excess began; null while there is none")
    drifting: bool
    reason: str = Field(description="One sentence")


class JobStatus(StrEnum):
    """Where a training job is; interrupted: the process ended before the job did, `resume` goes on with it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class TrainingRequest(BaseModel):
    """What to train. Without `hours`: on the whole history."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"example": {"hours": 720, "hold": 48, "promote": True}}
    )

    family: str | None = Field(default=None, description="Dynamics family; default: the one that Foretell ships")
    hours: float | None = Field(default=None, gt=0, description="Only the last hours of the history")
    seed: int = Field(default=1, description="Seed of weights, segments and noise")
    hold: float = Field(default=0.0, ge=0, description="Newest hours kept out of training, for the gate")
    promote: bool = Field(default=False, description="Put it through the gate and promote it when it passes")
    resume: bool = Field(default=False, description="Go on with a training that was interrupted")
    units: tuple[str, ...] = Field(
        default=(), description="Assets that get a model each; default: those that the plant file marks as units"
    )


class Job(BaseModel):
    """One training in the background."""

    model_config = ConfigDict(frozen=True)

    id: str
    request: TrainingRequest
    status: JobStatus
    started: AwareDatetime
    ended: AwareDatetime | None = None
    share: float = Field(default=0.0, ge=0, le=1, description="Part done")
    line: str = Field(default="", description="Newest line of the training: update, losses, held-back error")
    version: str | None = Field(default=None, description="What came of it")
    passed: bool | None = Field(default=None, description="What the gate said; null: it was not asked")
    error: str | None = None


class ThresholdChange(BaseModel):
    """A detection threshold moved by somebody's judgement of an event."""

    model_config = ConfigDict(frozen=True)

    id: str
    time: AwareDatetime
    who: str
    event_id: str
    model_version: str = Field(description="The version whose detector it belongs to")
    statistic: str
    old: float = Field(description="Threshold before, in units of the statistic")
    new: float = Field(description="Threshold just after")
    base: float = Field(description="Threshold that the false-alarm budget alone gives")
    half_life: timedelta = Field(description="Time in which half of the change fades")
    reason: str
    undone_at: AwareDatetime | None = None
    undone_by: str | None = None


def undo(change: ThresholdChange | None, change_id: str, who: str, time: datetime) -> ThresholdChange:
    """The change, marked as undone; raises NotFound when there is none, InvalidInput when it is undone already."""
    if change is None:
        raise NotFound(f"there is no threshold change {change_id!r}", field="change_id", value=change_id)
    if change.undone_at is not None:
        raise InvalidInput(
            f"{change_id} was undone on {change.undone_at.isoformat()} by {change.undone_by or 'somebody'}",
            field="change_id",
            value=change_id,
        )
    return change.model_copy(update={"undone_at": time, "undone_by": who})


class ModelHealth(BaseModel):
    """How well a version's one-step predictions fitted in an hour."""

    model_config = ConfigDict(frozen=True)

    time: AwareDatetime = Field(description="Beginning of the hour, UTC")
    model_version: str
    rows: int = Field(description="Rows with a prediction")
    nll: float | None = Field(
        description="Mean negative log-likelihood of a measured value, each tag in its ordinary variations; "
        "null: nothing was measured"
    )
    coverage: float | None = Field(description="Share of measured values within their 90 % band")
    drifted: bool = Field(description="Whether the drift alarm was on in that hour")
    budget_per_week: float = Field(description="False alarms that the thresholds were set by")


def whole_hours(span: Span) -> Span:
    """The hours (UTC) that a span touches, as one span."""
    last = span.end - timedelta(microseconds=1)
    first, last = (m.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for m in (span.start, last))
    return Span(first, last + timedelta(hours=1))
