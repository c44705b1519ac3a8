"""What a role serves, at work on a socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from api.app import create_app
from api.dependencies import AppState
from api.runfile import Run
from api.server import WebServer, url_of


@contextmanager
def serving(state: AppState, bound: socket.socket) -> Iterator[Run]:
    """Where API and console answer, announced in the data folder while they do."""
    app = create_app(state)
    if state.role.answers:
        from api.console.page import mount  # the page's library is half of an ingest process's memory

        mount(app, state)
    with WebServer(app, bound):
        run = Run(url=url_of(bound), key=state.api_key)
        run.announce(state.settings.data_dir, state.role)
        try:
            yield run
        finally:
            run.withdraw(state.settings.data_dir, state.role)
