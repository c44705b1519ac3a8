"""What people wrote down, asked and tried out, searched by words. The texts are data and are never acted on."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span
from twin.protocols import Twin

Where = Literal["entries", "answers", "scenarios", "all"]
MOST = 20


class Record(BaseModel):
    """One entry of the journal."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["entry", "answer", "scenario"]
    id: str
    time: AwareDatetime
    author: str | None = Field(default=None, description="Who wrote an entry; nobody is named for the others")
    text: str = Field(description="The entry; the question; the scenario's moves in words. At most 500 characters")
    outcome: str | None = Field(default=None, description="An answer's text, a scenario's verdict")
    tag: str | None = None
    asset: str | None = None
    score: float = Field(ge=0, le=100, description="How well the text holds the words looked for")


class RecordsFound(BaseModel):
    """What a search found, newest first."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    text: str = Field(description="The words looked for; empty: everything")
    where: Where
    records: tuple[Record, ...]
    found: int = Field(description="How many fit; `records` holds the newest of them")
    searched: int = Field(description="How many lie in the window")


def search_log(twin: Twin, span: Span, text: str = "", where: Where = "entries", *, most: int = MOST) -> RecordsFound:
    """Journal entries of a window that hold the words looked for, the newest `most` of them.

    Words may be misspelt or inflected. Raises NoJournal, OutsideData for the future, StoreUnavailable.
    """
    raise NotImplementedError
