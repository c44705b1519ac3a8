"""Scenarios in the store, as the bench uses them: every one that was run is kept, those with a name are listed."""

from collections.abc import Iterable
from datetime import timedelta

from api.dependencies import AppState
from twin.clock import Span
from twin.journal import ScenarioHead, TriedScenario
from twin.operations import scenarios
from twin.scenario import Scenario, WhatIf

KEPT = timedelta(days=400)
MARGIN = timedelta(minutes=1)
SHOWN = 50


def kept(state: AppState, scenario: Scenario, outcome: WhatIf) -> TriedScenario:
    """Keep what was tried; nobody waits for the store."""
    return state.notebook.tried(scenario, outcome)


def stored(state: AppState, ids: Iterable[str]) -> tuple[TriedScenario, ...]:
    """The scenarios of these ids, in this order; raises NotFound, StoreUnavailable."""
    state.notebook.settle()
    return tuple(state.notebook.journal.scenario(identity) for identity in ids)


def named(state: AppState) -> tuple[ScenarioHead, ...]:
    """Those that people gave a name, the newest first; raises StoreUnavailable."""
    state.notebook.settle()
    now = state.twin.clock.now()
    return scenarios.listed(state.notebook.journal, Span(now - KEPT, now + MARGIN), named=True, most=SHOWN)


def renamed(state: AppState, identity: str, name: str | None) -> TriedScenario:
    """Give one a name, under which it is listed, or none; raises NotFound, StoreUnavailable."""
    state.notebook.settle()
    return state.notebook.journal.rename_scenario(identity, name)


def rerun(state: AppState, identity: str) -> tuple[TriedScenario, TriedScenario]:
    """A scenario as it came out, and as it comes out on the model of now from the same instant; both are kept."""
    old = state.notebook.journal.scenario(identity)
    scenario, outcome = scenarios.rerun(state.twin, old, max_horizon=state.max_horizon)
    return old, state.notebook.tried(scenario, outcome, rerun_of=identity)
