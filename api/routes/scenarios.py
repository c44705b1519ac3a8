"""Scenarios that were tried out: found again, named, and run again on the model of now."""

from typing import Annotated, Self

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import AskedSpan, State
from api.openapi import problems
from api.routes.whatif import LOCATION, NAME
from twin.journal import TriedScenario
from twin.operations.scenarios import rerun
from twin.scenario import Effect, Scenario, Verdict

router = APIRouter(prefix="/scenarios", tags=["journal"])

TOLD_EFFECTS = 5
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest ones")]
Named = Annotated[bool, Query(description="Only those that people gave a name")]
ScenarioId = Annotated[str, Path(description="The scenario's id, as /v1/scenarios and /v1/what-if give it")]


class ScenarioSummary(BaseModel):
    """A scenario without its rollouts."""

    id: str
    created_at: AwareDatetime
    name: str | None = Field(description="What people call it; null: it has no name")
    author: str
    question: str | None = Field(description="The sentence that it was read from, if any")
    rerun_of: str | None = Field(description="The scenario that this one repeats on a later model")
    scenario: Scenario
    start: AwareDatetime = Field(description="The instant at which it began")
    effects: tuple[Effect, ...] = Field(description=f"The {TOLD_EFFECTS} largest")
    verdict: Verdict
    model_version: str

    @classmethod
    def of(cls, tried: TriedScenario) -> Self:
        """What there is to tell in a line."""
        outcome = tried.outcome
        return cls(
            **tried.model_dump(include={"id", "created_at", "name", "author", "question", "rerun_of"}),
            scenario=tried.scenario,
            start=outcome.start,
            effects=outcome.effects[:TOLD_EFFECTS],
            verdict=outcome.verdict,
            model_version=outcome.model_version,
        )


class ScenariosFound(BaseModel):
    """Scenarios of a window, oldest first."""

    scenarios: tuple[ScenarioSummary, ...]
    left_out: int = Field(description="Older ones of the window, beyond the limit")


class NameIn(BaseModel):
    """What to call a scenario; null takes its name away."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"example": {"name": "Full tank at night"}}
    )

    name: str | None = Field(description="1 to 120 characters", **NAME)


@router.get("", responses=problems(503))
def list_scenarios(state: State, span: AskedSpan, limit: Limit = 100, *, named: Named = False) -> ScenariosFound:
    """What-ifs that were tried out in a window, in a line each."""
    journal = state.notebook.journal
    heads = journal.scenario_heads(span, named=named)
    told = tuple(ScenarioSummary.of(journal.scenario(head.id)) for head in heads[-limit:])
    return ScenariosFound(scenarios=told, left_out=len(heads) - len(told))


@router.get("/{scenario_id}", responses=problems(404, 503))
def get_scenario(state: State, scenario_id: ScenarioId) -> TriedScenario:
    """One scenario with both rollouts, effects, risks and verdict, as they were when it was tried."""
    return _kept(state, scenario_id)


@router.patch("/{scenario_id}", responses=problems(404, 503))
def rename_scenario(state: State, scenario_id: ScenarioId, given: Annotated[NameIn, Body()]) -> TriedScenario:
    """Give a scenario a name under which people find it again, or take it away."""
    state.notebook.settle()
    return state.notebook.journal.rename_scenario(scenario_id, given.name)


@router.post("/{scenario_id}/rerun", status_code=201, responses={**problems(404, 503), 201: {"headers": LOCATION}})
def rerun_scenario(state: State, scenario_id: ScenarioId, response: Response) -> TriedScenario:
    """The same moves from the same instant on the model of now, kept as a scenario of its own."""
    old = _kept(state, scenario_id)
    scenario, outcome = rerun(state.twin, old, max_horizon=state.max_horizon)
    tried = state.notebook.tried(scenario, outcome, old.question, rerun_of=old.id)
    response.headers["Location"] = f"/v1/scenarios/{tried.id}"
    return tried


def _kept(state: State, scenario_id: str) -> TriedScenario:
    """A scenario of the store; what is still to be written is written before."""
    state.notebook.settle()
    return state.notebook.journal.scenario(scenario_id)
