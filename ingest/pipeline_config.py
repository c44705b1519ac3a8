"""How the pipeline gathers, thins and keeps samples."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from twin.duration import Duration
from twin.plant import Tag

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(kB|MB|GB)")
_UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_size(text: object) -> int:
    """Bytes; raises ValueError that says what was expected."""
    if isinstance(text, int):
        return text
    match = _SIZE.fullmatch(str(text).strip())
    if match is None:
        raise ValueError("a size such as 500 kB, 200 MB or 2 GB")
    return int(float(match[1]) * _UNITS[match[2]])


Size = Annotated[int, BeforeValidator(parse_size), Field(gt=0)]
"""A field that holds a size in bytes."""


class Overflow(StrEnum):
    """What happens when historian, spool and queue take no more."""

    BLOCK = "block"
    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"


class DeadbandConfig(BaseModel):
    """How much one tag may differ from what was sent last without being sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    absolute: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="In the tag's unit")
    percent: float | None = Field(default=None, gt=0, le=100, description="Of the tag's range")
    max_silence: Duration = Field(default=timedelta(minutes=10), description="Longest time without a sample")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.absolute is None) == (self.percent is None):
            raise ValueError("either absolute or percent")
        return self

    def width(self, tag: Tag) -> float:
        """The deadband in the tag's unit."""
        return self.absolute if self.absolute is not None else (self.percent or 0.0) / 100 * (tag.high - tag.low)


class PipelineConfig(BaseModel):
    """The pipeline of one process."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_size: int = Field(default=20_000, gt=0, description="Samples that are enough for a write")
    batch_age: Duration = Field(
        default=timedelta(milliseconds=200), description="Longest a sample waits for others of its batch"
    )
    queue_size: int = Field(
        default=100_000, gt=0, description="Samples of one source in memory before it is read no further"
    )
    future_tolerance: Duration = Field(
        default=timedelta(minutes=5), description="How far a sample's time may be ahead of this machine's clock"
    )
    skew_limit: Duration = Field(
        default=timedelta(minutes=1), description="Median of arrival minus sample time that is reported"
    )
    spool_limit: Size = Field(default=2 * 10**9, description="Bytes on the disk while the historian is away")
    dead_letter_limit: Size = Field(default=256 * 10**6, description="Bytes of dead letters; the oldest are given up")
    overflow: Overflow = Field(default=Overflow.BLOCK, description="When historian, spool and queue take no more")
    deadband: dict[str, DeadbandConfig] = Field(default={}, description="Tags that are thinned")
