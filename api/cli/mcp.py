"""`foretell mcp`."""

import asyncio

from api.cli.client import load_settings, local
from api.cli.output import err
from api.logs import configure
from api.roles import Role

EPILOG = """In a client's configuration:

{"mcpServers": {"plant": {"command": "foretell", "args": ["mcp"]}}}

A running Foretell has the same tools at http://…/mcp."""


def mcp() -> None:
    """Offer the twin's operations as tools of the Model Context Protocol, on standard input and output.

    They are those of the Foretell of FORETELL_URL, or of the one that runs on this data folder, if there is one.
    """
    settings = load_settings()
    configure(settings.log_level)
    run = local(settings, Role.ALL)
    if run is not None:
        from api.cli.bridge import bridged  # brings the protocol, which no other command needs

        asyncio.run(bridged(run))
        return
    from api.main import opened  # brings torch, which a running Foretell makes needless
    from api.mcp import server_of

    with opened(settings, err()) as app:
        asyncio.run(server_of(app.state.foretell).run_stdio_async())
