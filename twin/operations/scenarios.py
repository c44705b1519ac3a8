"""Scenarios that were tried out: which there are, and what one gives on the model of now."""

from datetime import timedelta

from twin.clock import Span
from twin.journal import ScenarioHead, TriedScenario
from twin.operations.whatif import what_if
from twin.protocols import Journal, Twin
from twin.scenario import Scenario, WhatIf


def listed(journal: Journal, span: Span, *, named: bool = False, most: int = 100) -> tuple[ScenarioHead, ...]:
    """The newest scenarios of a window, at most so many, the newest first; `named`: only those with a name."""
    return journal.scenario_heads(span, named=named)[::-1][:most]


def pinned(tried: TriedScenario) -> Scenario:
    """The scenario with the instant at which it began: "now" is what was now when it was tried."""
    return tried.scenario.model_copy(update={"start": tried.outcome.start})


def rerun(
    twin: Twin, tried: TriedScenario, *, max_horizon: timedelta, samples: int = 64, seed: int = 0
) -> tuple[Scenario, WhatIf]:
    """The same moves from the same instant on the model of now. Raises what `what_if` raises."""
    scenario = pinned(tried)
    return scenario, what_if(twin, scenario, max_horizon=max_horizon, samples=samples, seed=seed)
