"""The twin as tools, by the official client: over HTTP behind the key, and in process."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from api.dependencies import AppState
from api.mcp import server_of
from twin.journal import LogEntry

from .conftest import KEY, NOW

TOOLS = {
    *("plant", "status", "latest_values", "events", "explain", "summary", "history", "moves", "compare", "trend"),
    *("what_if", "forecast", "advise", "search_log", "shift_report", "ask"),
}


def called(state: AppState, name: str, **arguments: Any) -> Any:
    async def call() -> Any:
        async with Client(server_of(state)) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(call())


def test_every_tool_only_reads(state: AppState) -> None:
    async def listed() -> Any:
        async with Client(server_of(state)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint, tool.name
        assert tool.description, tool.name


def test_a_tool_gives_what_the_operation_gives(state: AppState) -> None:
    found = called(state, "events", when="today").structured_content
    assert [event["id"] for event in found["anomalies"]] == ["ev-1"]
    summary = called(state, "summary", tag="level", when="2026-03-02T08:00/2026-03-02T09:00").structured_content
    assert summary["count"] == 60


def test_a_what_if_has_effects_and_no_curves(state: AppState) -> None:
    outcome = called(state, "what_if", moves=["sp.level=+5"], horizon=2).structured_content
    assert outcome["effects"][0]["tag"] == "level"
    assert outcome["scenario"] is None


def test_an_unknown_tag_can_be_tried_again(state: AppState) -> None:
    result = called(state, "summary", tag="levle")
    assert result.is_error
    assert "Try again with other arguments" in result.content[0].text
    assert "level" in result.content[0].text


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("explain", {"event_id": "ev-0"}),
        ("what_if", {"moves": ["nonsense"]}),
        ("what_if", {"moves": ["sp.level=+5"], "horizon": 1e12}),
        ("summary", {"tag": "level", "when": "once upon a time"}),
        ("summary", {"tag": "level", "when": "2026-03-02T08:00/9999-99-99"}),
        ("advise", {"tag": "level"}),
        ("shift_report", {"shift": "siesta"}),
        ("compare", {"tags": ["level"]}),
    ],
)
def test_arguments_that_do_not_fit_can_be_tried_again(state: AppState, name: str, arguments: dict[str, Any]) -> None:
    result = called(state, name, **arguments)
    assert result.is_error
    assert "Try again with other arguments" in result.content[0].text


def test_windows_and_tags_are_compared(state: AppState) -> None:
    windows = {"first": "2026-03-02T06:00/2026-03-02T07:00", "second": "2026-03-02T02:00/2026-03-02T03:00"}
    by_window = called(state, "compare", tags=["sp.level"], aggregation="last", **windows).structured_content[
        "result"
    ]
    assert by_window["tags"][0]["difference"] == 2.0
    by_tag = called(state, "compare", tags=["level", "purity"], first="the last 2 hours").structured_content["result"]
    assert by_tag["ranked"] == ["purity", "level"]


def test_a_trend_has_a_direction(state: AppState) -> None:
    assert called(state, "trend", tag="level").structured_content["direction"] == "steady"


def test_advice_names_a_move_and_carries_no_curves(state: AppState) -> None:
    advice = called(state, "advise", tag="level", above=53.0, horizon=1).structured_content
    assert advice["reached"]
    assert [move["tag"] for move in advice["best"]["moves"]] == ["sp.level"]
    assert advice["outcome"]["scenario"] is None


def test_the_log_is_searched(state: AppState) -> None:
    journal = state.notebook.journal
    journal.add_entry(LogEntry(time=NOW - timedelta(hours=1), author="Meyer", text="Pump B changed over"))
    kept = replace(state, twin=replace(state.twin, journal=journal))
    found = called(kept, "search_log", text="pumps").structured_content
    assert [record["text"] for record in found["records"]] == ["Pump B changed over"]
    without = called(state, "search_log", text="pumps")
    assert "This cannot be done" in without.content[0].text


def test_a_shift_is_reported_without_curves(state: AppState) -> None:
    report = called(state, "shift_report", shift="day", day="2026-03-02").structured_content
    assert report["shift"] == "day"
    line = report["explanations"][0]["contributions"][0]["measured"]
    assert (line["tag"], line["values"]) == ("flow", [])


def test_a_question_is_asked_like_everywhere(state: AppState) -> None:
    answer = called(state, "ask", question="Is all well?", session="s1").structured_content
    assert answer["text"] == "You asked: Is all well?"


def test_over_http_behind_the_key(address: str) -> None:
    async def call(headers: dict[str, str]) -> Any:
        http = httpx2.AsyncClient(headers=headers)
        async with http, Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client:
            return await client.call_tool("status", {})

    assert not asyncio.run(call({"X-API-Key": KEY})).is_error
    with pytest.raises(BaseExceptionGroup):
        asyncio.run(call({}))
    assert httpx2.post(f"{address}/mcp", json={}).status_code == 401
