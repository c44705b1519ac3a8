"""The demo: every part of the house in one process, on the demo plant."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from api import main
from api.progress import Stages
from api.roles import Role
from api.runfile import Run, running
from api.security import choose_key
from api.server import reserve
from api.serving import serving
from twin.clock import Clock
from twin.errors import ConfigurationError
from twin.settings import Settings


@contextmanager
def demonstration(settings: Settings, stages: Stages, *, live: bool, clock: Clock | None = None) -> Iterator[Run]:
    """The running demo. Raises ConfigurationError when the port or the data folder is in use."""
    settings = settings.model_copy(update={"database_url": None, "plant_file": None, "ingest_file": None})
    key = choose_key(settings)
    with ExitStack() as stack:
        _refuse_second(settings.data_dir)
        bound = stack.enter_context(reserve(settings.host, settings.port))
        with stages.stage("Embedded Postgres"):
            url = stack.enter_context(main.database(settings, stages.console))
        with stages.stage("World model"):
            house = stack.enter_context(
                main.furnished(
                    settings.model_copy(update={"database_url": url}), stages.console, ingests=True, clock=clock
                )
            )
        _prepare(house, stages)
        workers = [stack.enter_context(worker) for worker in main.workers_of(house, Role.ALL)] if live else []
        with stages.stage("API and console"):
            run = stack.enter_context(serving(main.state_of(house, key, workers=tuple(workers)), bound))
        yield run


def _prepare(house: main.House, stages: Stages) -> None:
    """A history whose last night is the last night, scored up to now."""
    state = main.demo_state(house)
    if state is main.DemoState.CURRENT:
        with stages.stage("The plant goes on from where it stopped") as report:
            main.catch_up_demo_plant(house, report)
    else:
        if state is main.DemoState.PAST:
            stages.say("The stored history ends before the last night: a new one is made.")
        main.clear(house)
        with stages.stage("Four days of the demo plant") as report:
            main.make_demo_history(house, report)
    with stages.stage("The world model watches") as report:
        main.watch(house, report)


def _refuse_second(folder: Path) -> None:
    if (other := running(folder)) is not None:
        raise ConfigurationError(
            f"Foretell already runs on {folder}: {other.url}, process {other.pid}; stop it, or choose another "
            "FORETELL_DATA_DIR",
            field="FORETELL_DATA_DIR",
            value=str(folder),
        )
