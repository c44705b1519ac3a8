"""The journal: what people wrote down about the plant, what was asked and answered, tried out, and alerted."""

from typing import Literal
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.answer import Answer
from twin.scenario import Scenario, Support, WhatIf


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
    name: str | None = Field(default=None, max_length=120, description="What people call it; null: not saved by name")
    author: str = Field(default="", max_length=200, description="Who tried it; empty when they did not tell")
    rerun_of: str | None = Field(default=None, description="The scenario that this one repeats on a later model")


class ScenarioHead(BaseModel):
    """A scenario that was tried out, without its rollouts."""

    model_config = ConfigDict(frozen=True)

    id: str
    created_at: AwareDatetime
    name: str | None = None
    author: str = ""
    question: str | None = None
    rerun_of: str | None = None
    model_version: str
    verdict: Support
    start: AwareDatetime = Field(description="The instant at which its moves begin to count")
    end: AwareDatetime
    moves: str = Field(description="Every move with the level before and after it")


def moves_of(outcome: WhatIf) -> str:
    """The applied moves in one line: `sp.level 50 → 55 %`, with commas between them."""
    return ", ".join(f"{move.tag} {move.before:g} → {move.after:g} {move.unit}" for move in outcome.moves)


def head_of(tried: TriedScenario) -> ScenarioHead:
    """The scenario without its rollouts."""
    outcome = tried.outcome
    return ScenarioHead(
        **tried.model_dump(include={"id", "created_at", "name", "author", "question", "rerun_of"}),
        model_version=outcome.model_version,
        verdict=outcome.verdict.support,
        start=outcome.start,
        end=outcome.end,
        moves=moves_of(outcome),
    )


class AlertNotice(BaseModel):
    """An alert that Grafana told of: that it fires, or that it is over."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=_new_id)
    received_at: AwareDatetime
    status: Literal["firing", "resolved"]
    name: str = Field(description="Name of the alert rule")
    fingerprint: str = Field(description="Names the alert among those of its rule")
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    values: dict[str, float] = {}
