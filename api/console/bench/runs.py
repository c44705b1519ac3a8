"""A comparison being worked out: off the event loop, at most two rollouts at once, to be given up any time."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.console.bench.shelf import kept
from api.console.view import View
from twin.clock import FixedClock
from twin.errors import ForetellError
from twin.journal import TriedScenario
from twin.operations.hindsight import Hindsight, hindsight
from twin.operations.whatif import what_if
from twin.protocols import Twin
from twin.scenario import Scenario

AT_ONCE = 2
ROLLOUTS = ThreadPoolExecutor(AT_ONCE, "bench")

Outcome = TriedScenario | ForetellError


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of every scenario, in their order, and how good the forecast from a past start would have been."""

    outcomes: tuple[Outcome, ...]
    hindsight: Hindsight | None


class Run:
    """Works out several scenarios on one model and as of one instant, so that all stand on the same ground."""

    def __init__(self, view: View, scenarios: Sequence[Scenario]) -> None:
        self._view = view
        self._scenarios = scenarios
        self._twin = view.state.twin.at(FixedClock(view.state.twin.clock.now()))
        self._given_up = asyncio.Event()

    def cancel(self) -> None:
        """Begin nothing more; what runs already ends by itself and is thrown away."""
        self._given_up.set()

    async def outcome(self, progressed: Callable[[int], None]) -> Compared | None:
        """Everything that came of it; None when it was given up. `progressed` is told how many scenarios are done.

        Raises what nobody foresaw.
        """
        works: list[Future[Any]] = [ROLLOUTS.submit(self._one, scenario) for scenario in self._scenarios]
        works.append(ROLLOUTS.submit(self._looked_back))
        waiting = {asyncio.wrap_future(work) for work in works}
        given_up = asyncio.ensure_future(self._given_up.wait())
        while waiting and not given_up.done():
            done, _ = await asyncio.wait({*waiting, given_up}, return_when=asyncio.FIRST_COMPLETED)
            waiting -= done
            progressed(sum(work.done() for work in works[:-1]))
        given_up.cancel()
        if waiting:
            for work in works:
                work.cancel()
            return None
        *outcomes, looked_back = (work.result() for work in works)
        return Compared(tuple(outcomes), looked_back)

    def _one(self, scenario: Scenario) -> Outcome:
        try:
            outcome = what_if(self._twin, scenario, max_horizon=self._view.state.max_horizon)
        except ForetellError as error:
            return error
        return kept(self._view.state, scenario, outcome)

    def _looked_back(self) -> Hindsight | None:
        first = self._scenarios[0]
        if first.start is None:
            return None
        return looked_back(self._twin, first.start, first.horizon, self._view.state.max_horizon)


def looked_back(twin: Twin, start: datetime, horizon: timedelta, most: timedelta) -> Hindsight | None:
    """How good the forecast from a past start would have been; None where nothing can be said of it."""
    try:
        return hindsight(twin, start, horizon, max_horizon=most)
    except ForetellError:
        return None  # the scenarios' own errors say why
