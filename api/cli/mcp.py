"""`foretell mcp`."""

import asyncio

from api.cli.client import load_settings
from api.cli.output import err
from api.mcp import server_of

EPILOG = """In a client's configuration:

{"mcpServers": {"plant": {"command": "foretell", "args": ["mcp"]}}}

A running Foretell has the same tools at http://…/mcp."""


def mcp() -> None:
    """Offer the twin's operations as tools of the Model Context Protocol, on standard input and output."""
    from api.main import opened  # brings torch

    with opened(load_settings(), err()) as app:
        asyncio.run(server_of(app.state.foretell).run_stdio_async())
