"""How samples come in: sources, spool, dead letters, silent tags."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import State
from api.openapi import problems
from api.readiness import silences
from twin.intake import DeadLetter, SourceCounters

router = APIRouter(tags=["ingest"])

TEXT_LIMIT = 500


class SourceStatus(BaseModel):
    """One source since its process began."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    connected: bool | None = Field(description="Whether samples can arrive now; null when it does not run")
    rate: float = Field(description="Samples a second over the last minute")
    lag_s: float | None = Field(description="Age of its newest sample that is safe, seconds")
    skew_s: float | None = Field(description="Median of arrival minus sample time; negative: its clock is ahead")
    skewed: bool = Field(description="Whether that is beyond the limit")
    read: int
    accepted: int
    duplicates: int
    corrected: int
    late: int
    thinned: int = Field(description="Within their tag's deadband, not stored")
    dropped: int = Field(description="Given up by the overflow policy")
    rejected: dict[str, int] = Field(description="Samples and payloads not stored, by reason")
    waiting: int = Field(description="In memory, not yet stored")
    spooled: int = Field(description="On the disk, waiting for the historian")
    last_write: datetime | None
    last_error: str | None
    last_error_at: datetime | None

    @classmethod
    def of(cls, name: str, counts: SourceCounters) -> "SourceStatus":
        """What the pipeline counted."""
        fields = {field: getattr(counts, field) for field in cls.model_fields if field != "name"}
        return cls(name=name, **fields)


class SpoolStatus(BaseModel):
    """What waits on the disk while the historian is away."""

    model_config = ConfigDict(frozen=True)

    samples: int
    bytes: int
    limit_bytes: int


class DeadLetterStatus(BaseModel):
    """What was refused and is kept."""

    model_config = ConfigDict(frozen=True)

    samples: int = Field(description="Samples, a payload that could not be read counts as one")
    by_reason: dict[str, int]
    given_up: dict[str, int] = Field(description="No longer kept because the limit was reached, by reason")


class SilentTags(BaseModel):
    """Tags that should send and do not."""

    model_config = ConfigDict(frozen=True)

    since: datetime
    tags: list[str]
    message: str


class IngestStatus(BaseModel):
    """The way in of this process."""

    model_config = ConfigDict(frozen=True)

    sources: list[SourceStatus]
    spool: SpoolStatus
    dead_letters: DeadLetterStatus
    silent: list[SilentTags]


class DeadLetterView(BaseModel):
    """One thing that was refused."""

    model_config = ConfigDict(frozen=True)

    number: int
    source: str
    reason: str
    detail: str
    samples: int
    payload: str | None = Field(description=f"First {TEXT_LIMIT} characters of what could not be read")
    first_at: datetime
    last_at: datetime
    times: int = Field(description="How often the very same came")

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterView":
        """A letter for a person."""
        refused = letter.refused
        text = None if refused.payload is None else refused.payload[:TEXT_LIMIT].decode(errors="replace")
        return cls(
            number=letter.number,
            source=refused.source,
            reason=refused.reason,
            detail=refused.detail,
            samples=len(refused),
            payload=text,
            first_at=letter.first_at,
            last_at=letter.last_at,
            times=letter.times,
        )


class DeadLetterPage(BaseModel):
    """Dead letters in the order of their numbers."""

    model_config = ConfigDict(frozen=True)

    letters: list[DeadLetterView]


class ReplayResult(BaseModel):
    """What became of the dead letters."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    letters: int = Field(description="Letters that are gone because all of them is stored")
    stored: int
    duplicates: int
    refused: dict[str, int] = Field(description="Samples refused again, by reason; they stay")
    unreadable: int = Field(description="Payloads that only their source could read; they stay")


class Purged(BaseModel):
    """How many dead letters were deleted."""

    model_config = ConfigDict(frozen=True)

    letters: int


@router.get("/ingest", responses=problems(503))
def get_ingest(state: State) -> IngestStatus:
    """Rate, lag and rejects of each source, the depth of the spool, dead letters and silent tags."""
    sources = state.pipeline.counters.sources
    kept = state.pipeline.dead_letters
    by_reason = dict(kept.counts())
    return IngestStatus(
        sources=[SourceStatus.of(name, counts) for name, counts in sources.items()],
        spool=SpoolStatus(
            samples=sum(counts.spooled for counts in sources.values()),
            bytes=sum(counts.spooled_bytes for counts in sources.values()),
            limit_bytes=state.pipeline.config.spool_limit,
        ),
        dead_letters=DeadLetterStatus(
            samples=sum(by_reason.values()), by_reason=by_reason, given_up=dict(kept.given_up())
        ),
        silent=[
            SilentTags(since=frame.start, tags=[part.tag for part in frame.contributions], message=frame.message)
            for frame in silences(state)
        ],
    )


@router.get("/ingest/dead-letters", responses=problems(503))
def get_dead_letters(
    state: State,
    after: Annotated[int, Query(ge=0, description="Only letters with a higher number")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DeadLetterPage:
    """What was refused, with its reason."""
    return DeadLetterPage(
        letters=[DeadLetterView.of(letter) for letter in state.pipeline.dead_letters.page(after, limit)]
    )


@router.post("/ingest/dead-letters/replay", responses=problems(503))
def replay_dead_letters(state: State) -> ReplayResult:
    """Try every dead letter again, after a person has corrected the plant file, the mapping or a clock."""
    return ReplayResult.model_validate(state.pipeline.replay(tuple(state.pipeline.dead_letters)))


@router.delete("/ingest/dead-letters", responses=problems(503))
def purge_dead_letters(
    state: State,
    source: Annotated[str | None, Query(description="Only those of this source")] = None,
) -> Purged:
    """Delete dead letters for good."""
    return Purged(letters=state.pipeline.dead_letters.purge(source=source))
