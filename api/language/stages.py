"""The stages of an answer, as a stream gives them: plan, tools, text, and the whole answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from twin.answer import Answer, ToolCall
from twin.query import Plan


class _Stage(BaseModel):
    model_config = ConfigDict(frozen=True)


class Planned(_Stage):
    """What the question was read as; comes before anything is looked up."""

    stage: Literal["plan"] = "plan"
    plans: tuple[Plan, ...]
    engine: str
    confidence: float | None = None


class Called(_Stage):
    """An operation that begins now."""

    stage: Literal["tool"] = "tool"
    call: ToolCall


class Said(_Stage):
    """The next part of the text; it was checked against the evidence."""

    stage: Literal["text"] = "text"
    delta: str


class Answered(_Stage):
    """The whole answer; the last stage."""

    stage: Literal["answer"] = "answer"
    answer: Answer


Stage = Annotated[Planned | Called | Said | Answered, Field(discriminator="stage")]
