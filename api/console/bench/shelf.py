"""Scenarios in the store, as the bench uses them: every one that was run is kept, those with a name are listed."""

from collections.abc import Iterable
from datetime import timedelta

from api.dependencies import AppState
from twin.clock import Span
from twin.journal import TriedScenario
from twin.operations.whatif import what_if
from twin.scenario import Scenario, WhatIf

KEPT = timedelta(days=400)
SHOWN = 50


def kept(state: AppState, scenario: Scenario, outcome: WhatIf) -> TriedScenario:
    """Keep what was tried; nobody waits for the store."""
    return state.notebook.tried(scenario, outcome)


def stored(state: AppState, ids: Iterable[str]) -> tuple[TriedScenario, ...]:
    """The scenarios of these ids, in this order; raises NotFound, StoreUnavailable."""
    state.notebook.settle()
    return tuple(state.notebook.journal.scenario(identity) for identity in ids)


def named(state: AppState) -> tuple[TriedScenario, ...]:
    """Those that people gave a name, the newest first; raises StoreUnavailable."""
    now = state.twin.clock.now()
    found = state.notebook.journal.scenarios(Span(now - KEPT, now + timedelta(minutes=1)))
    return tuple(tried for tried in reversed(found) if tried.name)[:SHOWN]


def renamed(state: AppState, identity: str, name: str) -> TriedScenario:
    """Give one a name, under which it is listed; raises NotFound, StoreUnavailable."""
    state.notebook.settle()
    return state.notebook.journal.rename_scenario(identity, name)


def rerun(state: AppState, tried: TriedScenario) -> TriedScenario:
    """The same scenario from the same instant on the model of now, kept beside the old one."""
    scenario = tried.scenario.model_copy(update={"start": tried.outcome.start})
    return kept(state, scenario, what_if(state.twin, scenario, max_horizon=state.max_horizon))
