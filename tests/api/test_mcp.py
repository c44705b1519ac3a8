"""The twin as tools, by the official client: over HTTP behind the key, and in process."""

import asyncio
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from api.dependencies import AppState
from api.mcp import server_of

from .conftest import KEY


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
    assert {"ask", "events", "explain", "summary", "what_if", "plant"} <= {tool.name for tool in tools}
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
