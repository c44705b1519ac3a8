"""Standard input and output joined to the Model Context Protocol of a running Foretell."""

from collections.abc import AsyncIterable
from contextlib import aclosing
from typing import Protocol

import httpx2
import structlog
from anyio import create_task_group
from mcp.client.streamable_http import streamable_http_client
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage

from api.cli.client import TIMEOUT_S
from api.runfile import Run

log = structlog.get_logger(__name__)


class Outlet(Protocol):
    """Where messages go."""

    async def send(self, item: SessionMessage, /) -> None:
        """The next message."""
        ...

    async def aclose(self) -> None:
        """No more come."""
        ...


async def bridged(run: Run) -> None:
    """The tools of a running Foretell on standard input and output, until standard input ends."""
    headers = {"X-API-Key": run.key} if run.key else None
    async with (
        httpx2.AsyncClient(headers=headers, timeout=TIMEOUT_S, trust_env=False) as http,
        streamable_http_client(f"{run.url}/mcp", http_client=http) as (answers, questions),
        stdio_server() as (typed, said),
        aclosing(said),
        create_task_group() as tasks,
    ):
        tasks.start_soon(_passed_on, answers, said)
        await _passed_on(typed, questions)
        tasks.cancel_scope.cancel()


async def _passed_on(coming: AsyncIterable[SessionMessage | Exception], going: Outlet) -> None:
    async for message in coming:
        if isinstance(message, Exception):
            log.warning("a message was lost", reason=str(message))
        else:
            await going.send(message)
