"""What every source in ingest.yaml has in common."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from twin.clock import Clock
from twin.duration import Duration
from twin.plant import Plant
from twin.protocols import Historian, Source


class TagMapping(BaseModel):
    """The tag that an address stands for; a bare string in the file is the tag alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: str
    unit: str | None = Field(default=None, description="Unit that the source sends; without it the tag's own")


def _mapping(given: object) -> object:
    return {"tag": given} if isinstance(given, str) else given


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source is built with.

    Attributes:
        plant: the plant it feeds.
        clock: now.
        state: a folder of the source's own for what it must remember over a restart; it may not exist yet.
        historian: where a source that replays history reads it; None when there is none.
    """

    plant: Plant
    clock: Clock
    state: Path
    historian: Historian | None = None


class SourceConfig(BaseModel):
    """One entry of `sources` in ingest.yaml. A subclass adds `kind: Literal[...]` and its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120, description="For logs and metrics")
    tags: dict[str, Annotated[TagMapping, BeforeValidator(_mapping)]] = Field(
        default={}, description="The source's addresses and the tags they stand for; others must be tag names already"
    )
    max_age: Duration = Field(
        default=timedelta(days=7), description="Samples older than this on arrival become dead letters"
    )

    @abstractmethod
    def build(self, context: SourceContext) -> Source:
        """The source; nothing is opened yet."""
