"""Request bodies: how they are read, and what the routes for samples need of those who read and store them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.requests import Request

from twin.delivery import Unreadable
from twin.errors import TooLarge
from twin.sample import SampleBatch, SnapshotBatch


class Content(Protocol):
    """What a body holds."""

    @property
    def samples(self) -> SampleBatch | SnapshotBatch:
        """What was read."""
        ...

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """What could not be read."""
        ...

    def place_of(self, index: int) -> str:
        """Where in the body a sample stood, such as "line 17"."""
        ...


class Bodies(Protocol):
    """Reads request bodies of several content types."""

    @property
    def max_bytes(self) -> int:
        """Largest body, as it comes and unpacked."""
        ...

    @property
    def media_types(self) -> tuple[str, ...]:
        """Content types that are read."""
        ...

    def check(self, media_type: str, encoding: str) -> None:
        """Raise UnsupportedMedia unless such a body can be read."""
        ...

    def decode(
        self, body: bytes, media_type: str, encoding: str, *, precision: str | None, address: str | None
    ) -> Content:
        """The body's content. Raises UnsupportedMedia, TooLarge, and InvalidInput when nothing of it can be read."""
        ...


class Refusal(Protocol):
    """One sample that was not stored."""

    @property
    def index(self) -> int:
        """Its place in the batch."""
        ...

    @property
    def tag(self) -> str:
        """Its tag, as given."""
        ...

    @property
    def reason(self) -> str:
        """A few words that are the same for all of a kind."""
        ...

    @property
    def value(self) -> str:
        """What is wrong."""
        ...

    @property
    def limit(self) -> str | None:
        """What would have been accepted."""
        ...

    @property
    def unit(self) -> str | None:
        """Unit of value and limit."""
        ...


class Intake(Protocol):
    """What became of a batch of samples."""

    @property
    def accepted(self) -> int:
        """Samples that were stored."""
        ...

    @property
    def duplicates(self) -> int:
        """Samples that were there already."""
        ...

    @property
    def corrected(self) -> int:
        """How many of the accepted replaced another value or quality."""
        ...

    @property
    def rejected(self) -> Mapping[str, int]:
        """Samples that were not stored, by reason."""
        ...

    @property
    def rejections(self) -> Sequence[Refusal]:
        """Samples that were not stored, in their order."""
        ...


async def read_body(request: Request, limit: int) -> bytes:
    """The body as it came; raises TooLarge as soon as it is longer than `limit` bytes."""
    stated = request.headers.get("content-length", "")
    length = int(stated) if stated.isdecimal() else 0
    parts: list[bytes] = []
    if length <= limit:
        length = 0
        async for part in request.stream():
            parts.append(part)
            length += len(part)
            if length > limit:
                break
    if length > limit:
        raise TooLarge(
            f"the body has {length} bytes or more, the limit is {limit} bytes: send it in parts",
            field="body",
            value=length,
            limit=limit,
            unit="bytes",
        )
    return b"".join(parts)
