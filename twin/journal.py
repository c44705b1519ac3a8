"""The journal: what people wrote down about the plant, what was asked and answered, and what was tried out."""

from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.answer import Answer
from twin.scenario import Scenario, WhatIf


def _new_id() -> str:
    return uuid4().hex


class LogEntry(BaseModel):
    """What somebody wrote down, about a tag, an asset or the plant."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=_new_id)
    time: AwareDatetime = Field(description="The instant that it is about")
    author: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=10_000)
    tag: str | None = None
    asset: str | None = None


class AnsweredQuestion(BaseModel):
    """A question and what the twin said; the answer carries its evidence, engine and model version."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=_new_id)
    time: AwareDatetime = Field(description="When it was asked")
    question: str
    answer: Answer


class TriedScenario(BaseModel):
    """A scenario and what came of it, with the verdict and the model version."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=_new_id)
    created_at: AwareDatetime
    question: str | None = Field(default=None, description="The sentence that it was read from, if any")
    scenario: Scenario
    outcome: WhatIf
