"""Foretell on its configured database, in one of its roles."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from api import main
from api.roles import Role
from api.runfile import Run
from api.security import choose_key
from api.server import reserve
from api.serving import serving
from twin.settings import Settings


@contextmanager
def running(settings: Settings, role: Role, console: Console) -> Iterator[Run]:
    """The parts of that role at work; gives where they answer.

    Raises ConfigurationError for a port in use, for a missing key on an open host, for a missing source.
    """
    with ExitStack() as stack:
        key = choose_key(settings)
        bound = stack.enter_context(reserve(settings.host, settings.port + role.port_offset))
        house = stack.enter_context(main.furnished(settings, console, with_model=role.knows, ingests=role.ingests))
        workers = tuple(stack.enter_context(worker) for worker in main.workers_of(house, role))
        yield stack.enter_context(serving(main.state_of(house, key, role, workers), bound))
