"""What-ifs: counterfactual and future rollouts."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import PRINTABLE, State
from api.language.reading.moves import parse_move
from api.openapi import problems
from twin.operations.whatif import what_if
from twin.plant import Plant
from twin.scenario import Move, Scenario, WhatIf

router = APIRouter(tags=["what-if"])

NAME: Any = {"pattern": r"^[^\x00]*[^\x00\s][^\x00]*$", "max_length": 120}
EXAMPLES = {
    "from now": {"value": {"moves": ["sp.reactor_pressure=+40 kPa"], "horizon": "PT8H"}},
    "counterfactual": {
        "value": {
            "moves": [{"tag": "bias.a_feed", "change": "times", "amount": 0.9}],
            "start": "2026-03-02T02:00:00+01:00",
            "horizon": "PT4H",
        }
    },
}


class WhatIfRequest(BaseModel):
    """Moves, as objects or as text (`tag=+40 kPa`, `tag=2745 kPa`, `tag=-10 %`, `tag=x0.9`), from an instant on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    moves: tuple[Move | str, ...] = Field(min_length=1, max_length=20)
    start: AwareDatetime | None = Field(default=None, description="Default: now; in the past: a counterfactual")
    horizon: timedelta = Field(default=timedelta(hours=8), description="ISO 8601 duration or seconds")
    samples: int = Field(default=64, ge=8, le=512, description="Futures drawn for the bands")
    seed: int = 0
    name: str | None = Field(default=None, description="What to call it, 1 to 120 characters", **NAME)
    author: str = Field(default="", max_length=200, pattern=PRINTABLE, description="Who tries it")

    def scenario(self, plant: Plant) -> Scenario:
        """The scenario with every move read; raises InvalidInput for a move that cannot be read."""
        moves = tuple(parse_move(move, plant) if isinstance(move, str) else move for move in self.moves)
        return Scenario(moves=moves, start=self.start, horizon=self.horizon)


class WhatIfKept(WhatIf):
    """What became of the scenario, and where it is kept."""

    scenario_id: str = Field(description="As in /v1/scenarios/{id}")


LOCATION = {"Location": {"description": "Where it is kept: /v1/scenarios/{id}", "schema": {"type": "string"}}}


@router.post("/what-if", responses={**problems(404, 503), 200: {"headers": LOCATION}})
def run_what_if(
    state: State, request: Annotated[WhatIfRequest, Body(openapi_examples=EXAMPLES)], response: Response
) -> WhatIfKept:
    """Compare the plant under the moves with the plant without them, from now or from a past instant."""
    scenario = request.scenario(state.twin.plant)
    outcome = what_if(state.twin, scenario, max_horizon=state.max_horizon, samples=request.samples, seed=request.seed)
    kept = state.notebook.tried(scenario, outcome, name=request.name, author=request.author)
    response.headers["Location"] = f"/v1/scenarios/{kept.id}"
    return WhatIfKept(**dict(outcome), scenario_id=kept.id)
