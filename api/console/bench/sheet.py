"""What the form, the time line and the results share: the draft, and what is known at its start."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from api.console.bench.draft import Draft, DraftMove, DraftScenario
from api.console.bench.fields import Known, amount_problem, begin_problem, end_problem, horizon_problem
from api.console.view import View

Listener = Callable[[], None]


@dataclass(eq=False, slots=True)
class Sheet:
    """The draft of one opened page; whoever shows part of it listens.

    Attributes:
        selected: place of the scenario that is being edited.
        asked: somebody wanted it run: fields that are still empty are wrong from then on.
        faulty_horizon: what the horizon's field holds is no horizon; the draft keeps the last one that was.
    """

    view: View
    draft: Draft
    known: Known = field(default_factory=lambda: Known({}, {}))
    selected: int = 0
    asked: bool = False
    faulty_horizon: str | None = None
    faulty_start: str | None = None
    listeners: list[Listener] = field(default_factory=list)

    @property
    def step(self) -> timedelta:
        """The step that times are taken to."""
        model = self.view.state.twin.model
        return model.card.step if model else self.view.plant.step

    @property
    def most(self) -> timedelta:
        """The longest horizon."""
        return self.view.state.max_horizon

    @property
    def scenario(self) -> DraftScenario:
        """The one that is being edited."""
        return self.draft.scenarios[self.selected]

    def put(self, draft: Draft) -> None:
        """Take another draft, and tell it."""
        if draft != self.draft:
            self.draft = draft
            self.selected = min(self.selected, len(draft.scenarios) - 1)
        self.tell()

    def put_scenario(self, scenario: DraftScenario) -> None:
        """Change the scenario that is being edited."""
        self.put(self.draft.with_scenario(self.selected, scenario))

    def put_move(self, scenario: int, place: int, move: DraftMove) -> None:
        """Change one move of any scenario."""
        changed = self.draft.scenarios[scenario].with_move(place, move)
        self.put(self.draft.with_scenario(scenario, changed))

    def put_horizon(self, horizon: timedelta | None) -> None:
        """Take another horizon, or say what is wrong with it."""
        self.faulty_horizon = horizon_problem(horizon, self.step, self.most, self.view.write)
        self.put(self.draft if self.faulty_horizon or horizon is None else replace(self.draft, horizon=horizon))

    def tell(self) -> None:
        """Let everybody look again."""
        for listener in tuple(self.listeners):
            listener()

    def problems(self, scenario: int, place: int) -> dict[str, str]:
        """What is wrong with the fields of a move, by field."""
        moves, write = self.draft.scenarios[scenario].moves, self.view.write
        move = moves[place]
        found = {
            "amount": amount_problem(moves, place, self.view.plant.tag(move.tag), self.known, write),
            "begin": begin_problem(move, self.draft.horizon, write),
            "end": end_problem(move, self.step, write),
        }
        return {name: problem for name, problem in found.items() if problem is not None}

    def faulty(self) -> list[int]:
        """Places of the scenarios that cannot be run as they are."""
        return [
            index
            for index, item in enumerate(self.draft.scenarios)
            if not item.moves or any(self.problems(index, place) for place in range(len(item.moves)))
        ]
