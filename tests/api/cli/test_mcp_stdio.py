"""`foretell mcp` as a process of its own, by the official client: on a data folder, and beside a running Foretell."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from api.dependencies import AppState
from api.main import DEMO_PLANT_FILE, POSTGRES, engine_of, upgrade
from api.runfile import Run
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.timescale import PostgresHistorian
from twin.plantfile import load_plant
from twin.sample import Sample, SampleBatch

FORETELL = str(Path(sys.executable).with_name("foretell"))
HELLO = (
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},'
    '"clientInfo":{"name":"test","version":"1"}}}\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with an hour of the demo plant's reactor pressure."""
    plant, now = load_plant(DEMO_PLANT_FILE), datetime.now(UTC)
    hour = [Sample("reactor_pressure", now - timedelta(minutes=minute), 2700.0) for minute in range(60, 0, -1)]
    with EmbeddedPostgres(tmp_path / POSTGRES) as server:
        upgrade(server.url)
        with engine_of(server.url) as engine:
            PostgresHistorian(engine, plant).write(SampleBatch.of(hour))
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of this machine, without settings of a Foretell but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FORETELL_")}
    return {**kept, "FORETELL_DATA_DIR": str(folder), "OMP_NUM_THREADS": "1", **more}


def called(variables: dict[str, str], folder: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the tools of a process give, one after the other."""
    server = StdioServerParameters(command=FORETELL, args=["mcp"], env=variables, cwd=folder)

    async def call() -> list[Any]:
        with (folder / "mcp.log").open("w") as log:
            async with Client(stdio_client(server, errlog=log)) as client:
                return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(call())


def test_a_data_folder_is_asked(folder: Path) -> None:
    summary, answer = called(
        environment(folder),
        folder,
        ("summary", {"tag": "reactor_pressure", "when": "the last hour"}),
        ("ask", {"question": "Average of the reactor pressure in the last hour?"}),
    )
    assert summary.structured_content["mean"] == 2700.0
    assert "2700 kPa" in answer.structured_content["text"]


def test_beside_a_running_foretell_its_tools_are_offered(address: str, state: AppState, tmp_path: Path) -> None:
    Run(url=address, key=state.api_key).announce(tmp_path)
    plant, answer = called(environment(tmp_path), tmp_path, ("plant", {}), ("ask", {"question": "Is all well?"}))
    assert plant.structured_content["name"] == "small"
    assert answer.structured_content["text"] == "You asked: Is all well?"
    assert not (tmp_path / POSTGRES).exists()


def test_a_foretell_elsewhere_is_reached_by_its_address(address: str, state: AppState, tmp_path: Path) -> None:
    variables = environment(tmp_path, FORETELL_URL=address, FORETELL_API_KEY=state.api_key)
    assert called(variables, tmp_path, ("plant", {}))[0].structured_content["name"] == "small"


def test_standard_output_holds_nothing_but_messages(address: str, tmp_path: Path) -> None:
    variables = environment(tmp_path, FORETELL_URL=address, FORETELL_API_KEY="wrong", FORETELL_LOG_LEVEL="DEBUG")
    done = subprocess.run(
        [FORETELL, "mcp"], input=HELLO, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stderr
    assert all(line.startswith('{"jsonrpc"') for line in done.stdout.splitlines())
