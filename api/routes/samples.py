"""Samples in."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.bodies import Content, Intake, Refusal, read_body
from api.dependencies import AppState, State
from api.openapi import problems
from api.routes.samples_body import REQUEST_BODY
from twin.delivery import Unreadable
from twin.errors import InvalidInput

router = APIRouter(tags=["samples"])

SHOWN = 20
"""Rejections that an answer gives in full."""


class RejectedSample(BaseModel):
    """A sample that is not stored, or a part of the body that holds none."""

    model_config = ConfigDict(frozen=True)

    place: str | None = Field(default=None, description="Where in the body it stood")
    tag: str | None = None
    reason: str
    detail: str | None = Field(default=None, description="What was found, and what was expected")
    value: str | None = None
    limit: str | None = Field(default=None, description="What would have been accepted")
    unit: str | None = Field(default=None, description="Unit of value and limit")


class Accepted(BaseModel):
    """What became of the body."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "accepted": 2,
                "duplicates": 0,
                "corrected": 0,
                "rejected": {"unknown tag": 1},
                "rejections": [
                    {"place": "sample 3", "tag": "TI9", "reason": "unknown tag", "value": "TI9", "limit": None}
                ],
            }
        }
    )

    accepted: int = Field(description="Samples stored")
    duplicates: int = Field(description="Samples that were there already with the same value and quality")
    corrected: int = Field(default=0, description="How many of the accepted replaced another value or quality")
    rejected: dict[str, int] = Field(description="What was not stored, by reason")
    rejections: tuple[RejectedSample, ...] = Field(default=(), description=f"The first {SHOWN} of these in full")


Precision = Annotated[
    str | None, Query(description="Unit of times that are numbers: ns, us, ms or s; line protocol has ns without it")
]
Address = Annotated[
    str | None, Query(description="Line protocol: template of tag names, such as {host}.{measurement}.{field}")
]


@router.post("/samples", responses=problems(413, 415, 503), openapi_extra={"requestBody": REQUEST_BODY})
async def post_samples(
    state: State, request: Request, precision: Precision = None, address: Address = None
) -> Accepted:
    """Store samples; they are committed when the answer arrives, and sending them again changes nothing.

    Each sample is judged on its own. `Content-Encoding` may be gzip or zstd.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await store_body(state, request, media_type, precision=precision, address=address)


async def store_body(
    state: AppState, request: Request, media_type: str, *, precision: str | None, address: str | None
) -> Accepted:
    """Read the body, decode it and store what is sound, the latter two in a thread."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    state.bodies.check(media_type, encoding)
    body = await read_body(request, state.bodies.max_bytes)

    def take() -> Accepted:
        content = state.bodies.decode(body, media_type, encoding, precision=precision, address=address)
        if not len(content.samples) and not content.unreadable:
            raise InvalidInput("the body holds no sample", field="body")
        intake = state.pipeline.accept(content.samples)
        state.metrics.malformed.inc(len(content.unreadable))
        return _accepted(content, intake)

    return await run_in_threadpool(take)


def _accepted(content: Content, intake: Intake) -> Accepted:
    unread = Counter(item.reason for item in content.unreadable)
    shown = [_shown(item) for item in content.unreadable[:SHOWN]]
    shown += [_refused(item, content) for item in intake.rejections[: SHOWN - len(shown)]] if intake.rejected else []
    return Accepted(
        accepted=intake.accepted,
        duplicates=intake.duplicates,
        corrected=intake.corrected,
        rejected=dict(unread + Counter(intake.rejected)),
        rejections=tuple(shown),
    )


def _refused(item: Refusal, content: Content) -> RejectedSample:
    return RejectedSample(
        place=content.place_of(item.index),
        tag=item.tag,
        reason=item.reason,
        value=item.value,
        limit=item.limit,
        unit=item.unit,
    )


def _shown(item: Unreadable) -> RejectedSample:
    return RejectedSample(reason=item.reason, detail=item.detail)
