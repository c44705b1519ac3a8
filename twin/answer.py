"""Questions, and answers that carry their evidence."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.query import Plan


class Status(StrEnum):
    """How a question ended. The empties are kept apart: nothing happened, nothing known, not allowed, too far."""

    ANSWERED = "answered"
    NO_EVENTS = "no_events"
    NO_DATA = "no_data"
    NO_PERMISSION = "no_permission"
    OUTSIDE_RETENTION = "outside_retention"
    ASK_BACK = "ask_back"
    REFUSED = "refused"
    NOT_UNDERSTOOD = "not_understood"


class Question(BaseModel):
    """What somebody asks; `at` asks as of another instant."""

    model_config = ConfigDict(frozen=True)

    question: str = Field(min_length=1, max_length=2000)
    session: str | None = Field(default=None, max_length=200)
    follows: str | None = Field(
        default=None, max_length=200, description="A session that this one branches from when it is new"
    )
    at: AwareDatetime | None = None


class TimeWindow(BaseModel):
    """The half-open window [start, end) a question was resolved to, in words as well."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    text: str


class Fact(StrEnum):
    """What kind of fact a piece of evidence is; a claim is one that has no number ("no other event")."""

    NUMBER = "number"
    TIME = "time"
    COUNT = "count"
    CHANGE = "change"
    NAME = "name"
    ID = "id"
    QUOTE = "quote"
    CLAIM = "claim"


class Evidence(BaseModel):
    """One fact an answer stands on: a number with its unit, and where it comes from."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: float | str | datetime
    unit: str | None = None
    tag: str | None = None
    source: str = Field(description="The operation and, where there is one, the id that gave it")
    kind: Fact = Fact.NUMBER
    id: str = Field(default="", description="What the answer's text or a link refers to it by, for example e7")


class Series(BaseModel):
    """A line for the chart; None is a gap."""

    model_config = ConfigDict(frozen=True)

    name: str
    tag: str
    unit: str
    time: tuple[datetime, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] | None = None
    high: tuple[float | None, ...] | None = None


class ToolCall(BaseModel):
    """An operation that was run for the answer, with its arguments."""

    model_config = ConfigDict(frozen=True)

    name: str
    arguments: dict[str, Any]


class Outcome(StrEnum):
    """What became of a claim in a text."""

    HOLDS = "holds"
    REPAIRED = "repaired"
    WITHHELD = "withheld"


class Claim(BaseModel):
    """Something that a text states, and the evidence for it."""

    model_config = ConfigDict(frozen=True)

    kind: str = Field(description="number, time, window, tag, direction, quantifier, ...")
    said: str
    outcome: Outcome
    evidence: str | None = Field(default=None, description="Id of the evidence that it was matched to")


class Grounding(BaseModel):
    """The check that everything in the text comes from the evidence."""

    model_config = ConfigDict(frozen=True)

    checked: int = Field(description="Numbers, times and other claims found in the text")
    unmatched: tuple[str, ...] = Field(description="Those without evidence; the text is withheld unless empty")
    claims: tuple[Claim, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything is backed by evidence."""
        return not self.unmatched


class Link(BaseModel):
    """Where to look at what the answer speaks of."""

    model_config = ConfigDict(frozen=True)

    text: str
    url: str = Field(description="Relative to this Foretell for the console, absolute for Grafana")


class Spent(BaseModel):
    """What an answer took."""

    model_config = ConfigDict(frozen=True)

    read_ms: float = 0.0
    run_ms: float = 0.0
    word_ms: float = 0.0
    tokens: int = Field(default=0, description="Of a language model, prompt and answer")


class Answer(BaseModel):
    """What the twin says, and everything it says it from."""

    model_config = ConfigDict(frozen=True)

    text: str
    status: Status
    evidence: tuple[Evidence, ...] = ()
    series: tuple[Series, ...] = ()
    window: TimeWindow | None = None
    tools: tuple[ToolCall, ...] = ()
    grounding: Grounding = Grounding(checked=0, unmatched=())
    candidates: tuple[str, ...] = Field(default=(), description="What to choose from when asked back")
    result: dict[str, Any] | None = Field(default=None, description="The operation's own result, by its name")
    session: str | None = None
    model_version: str | None = None
    engine: str = Field(default="rules", description="rules, embed, or the language model that read the question")
    plans: tuple[Plan, ...] = Field(default=(), description="What the question was read as, one plan a part of it")
    language: str = Field(default="en", description="ISO 639-1 code of the question's language")
    confidence: float | None = Field(default=None, description="Calibrated probability that it was read rightly")
    links: tuple[Link, ...] = ()
    unchecked: tuple[str, ...] = Field(default=(), description="What the answer did not look at")
    spent: Spent = Spent()

    @property
    def facts(self) -> tuple[Evidence, ...]:
        """The evidence that a person looks at: everything but claims."""
        return tuple(item for item in self.evidence if item.kind is not Fact.CLAIM)
