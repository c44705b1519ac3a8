"""Gaps and positions, against servers that answer in every way the specification allows."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.ua.uaerrors import UaStatusCodeError
from hypothesis import given
from hypothesis import strategies as st

from ingest.opcua_history import GapKind, Gaps, Page, microseconds, moment_of
from ingest.opcua_positions import Positions, Receipt
from twin.errors import ConfigurationError

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
BEGIN = microseconds(NOW) - 3_600_000_000
END = NOW


@dataclass
class Server:
    """A history of times by node, given in pages of `page`; with `says_so` it gives continuation points."""

    times: dict[str, list[int]]
    page: int = 1_000_000
    says_so: bool = True
    most_nodes: int = 1_000_000
    fails: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    async def history_read(self, request: ua.HistoryReadParameters) -> list[ua.HistoryReadResult]:
        if self.fails:
            self.fails -= 1
            raise ConnectionError("cut")
        if len(request.NodesToRead) > self.most_nodes:
            raise UaStatusCodeError(ua.StatusCodes.BadTooManyOperations)
        return [self._one(request.HistoryReadDetails, node) for node in request.NodesToRead]

    def _one(self, details: ua.ReadRawModifiedDetails, node: ua.HistoryReadValueId) -> ua.HistoryReadResult:
        name = node.NodeId.to_string()
        if name in self.refused:
            return ua.HistoryReadResult(ua.StatusCode(self.refused[name]))
        start = int(node.ContinuationPoint) if node.ContinuationPoint else microseconds(details.StartTime)
        rest = [time for time in self.times[name] if start <= time <= microseconds(details.EndTime)]
        limit = min(self.page, details.NumValuesPerNode if not self.says_so else self.page)
        values = [ua.DataValue(ua.Variant(float(t)), SourceTimestamp=moment_of(t)) for t in rest[:limit]]
        more = str(rest[limit]).encode() if self.says_so and len(rest) > limit else None
        return ua.HistoryReadResult(ua.StatusCode(), more, ua.HistoryData(values))


def nodes(server: Server) -> dict[str, ua.NodeId]:
    return {name: ua.NodeId.from_string(name) for name in server.times}


def read_all(gaps: Gaps, server: Server) -> list[Page]:
    async def read() -> list[Page]:
        pages = []
        while gaps.wait(1e9) is not None:
            pages.append(await gaps.page(server, nodes(server), END))  # type: ignore[arg-type]
            assert len(pages) < 1000, "it goes on for ever"
        return pages

    return asyncio.run(read())


def found(pages: list[Page]) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = {}
    for page in pages:
        for name, value in page.values:
            assert value.SourceTimestamp is not None
            rows.setdefault(name, set()).add(microseconds(value.SourceTimestamp))
    return rows


def open_gap(starts: dict[str, int], kind: GapKind = GapKind.SUBSCRIPTION) -> Gaps:
    gaps = Gaps("dcs", 1.0)
    gaps.add(starts, "test", 0.0, kind)
    return gaps


@given(
    st.dictionaries(
        st.integers(0, 60).map(lambda i: f"ns=2;s=T{i}"),
        st.tuples(st.integers(0, 3_500_000_000), st.lists(st.integers(0, 3_600_000_000), max_size=40, unique=True)),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 9),
    st.booleans(),
    st.integers(1, 25),
)
def test_whatever_the_pages_every_value_since_the_start_is_read(
    wanted: dict[str, tuple[int, list[int]]], page: int, says_so: bool, most_nodes: int
) -> None:
    """A server may give continuation points, and refuse too many nodes at once."""
    server = Server(
        {name: sorted(BEGIN + t for t in times) for name, (_, times) in wanted.items()},
        page=page if says_so else 1_000_000,
        says_so=says_so,
        most_nodes=most_nodes,
    )
    pages = read_all(open_gap({name: BEGIN + start for name, (start, _) in wanted.items()}), server)
    rows = found(pages)
    for name, (start, _) in wanted.items():
        assert {time for time in server.times[name] if time >= BEGIN + start} <= rows.get(name, set())
    assert sorted(name for page in pages for name in page.done) == sorted(wanted)


def test_a_server_that_cuts_at_the_number_asked_for_and_says_nothing_is_asked_for_the_rest() -> None:
    server = Server({"ns=2;s=A": [BEGIN + i for i in range(1_700)]}, says_so=False)
    assert len(found(read_all(open_gap({"ns=2;s=A": BEGIN}), server))["ns=2;s=A"]) == 1_700


def test_a_page_that_failed_is_read_again() -> None:
    server = Server({"ns=2;s=A": [BEGIN, BEGIN + 1]}, fails=1)
    gaps = open_gap({"ns=2;s=A": BEGIN})
    with pytest.raises(ConnectionError):
        read_all(gaps, server)
    assert gaps.held() == {"ns=2;s=A"}
    assert len(found(read_all(gaps, server))["ns=2;s=A"]) == 2


def test_a_variable_without_history_is_given_up_and_the_others_are_read() -> None:
    server = Server({"ns=2;s=A": [BEGIN], "ns=2;s=B": [BEGIN]})
    server.refused["ns=2;s=A"] = ua.StatusCodes.BadHistoryOperationUnsupported
    pages = read_all(open_gap({"ns=2;s=A": BEGIN, "ns=2;s=B": BEGIN}), server)
    assert found(pages) == {"ns=2;s=B": {BEGIN}}
    assert sorted(name for page in pages for name in page.done) == ["ns=2;s=A", "ns=2;s=B"]


def test_addresses_are_held_until_their_gap_is_read_but_a_backfill_holds_none() -> None:
    server = Server({"ns=2;s=A": [BEGIN]})
    gaps = open_gap({"ns=2;s=A": BEGIN})
    assert gaps.held() == {"ns=2;s=A"}
    read_all(gaps, server)
    assert gaps.held() == set()
    assert open_gap({"ns=2;s=A": BEGIN}, GapKind.BACKFILL).held() == set()


def test_a_new_subscription_puts_off_what_is_open_and_keeps_its_start() -> None:
    gaps = open_gap({"ns=2;s=A": BEGIN})
    gaps.add({"ns=2;s=A": BEGIN + 50, "ns=2;s=B": BEGIN + 50}, "again", 100.0)
    assert gaps.wait(100.0) == 1.0
    server = Server({"ns=2;s=A": [BEGIN, BEGIN + 60], "ns=2;s=B": [BEGIN, BEGIN + 60]})
    assert found(read_all(gaps, server))["ns=2;s=A"] == {BEGIN, BEGIN + 60}


def test_a_server_that_overflows_all_the_time_does_not_put_the_reading_off_for_ever() -> None:
    gaps = open_gap({"ns=2;s=A": BEGIN}, GapKind.OVERFLOW)
    for tenth in range(1, 30):
        gaps.add({"ns=2;s=A": BEGIN + tenth}, "again", tenth / 10, GapKind.OVERFLOW)
    assert gaps.wait(1.6) == 0.0


def test_positions_survive_and_go_forward_only(tmp_path: Path) -> None:
    positions = Positions(tmp_path / "state" / "positions.json")
    positions.begin(["a", "b"], 100)
    positions.move(Receipt({"a": 50}))
    assert (positions.position("a"), positions.position("b")) == (50, 100)
    positions.move(Receipt({"a": 200, "b": 150}))
    positions.move(Receipt({"a": 120}))
    positions.write()
    again = Positions(tmp_path / "state" / "positions.json")
    again.begin(["a", "c"], 999)
    assert [again.position(name) for name in "abc"] == [200, 150, 999]


def test_a_backfill_is_needed_once_and_again_for_an_earlier_start(tmp_path: Path) -> None:
    positions = Positions(tmp_path / "positions.json")
    assert positions.backfill_needed(["a", "b"], 100) == ["a", "b"]
    positions.move(Receipt(backfilled={"a": 100}))
    positions.write()
    again = Positions(tmp_path / "positions.json")
    assert again.backfill_needed(["a", "b"], 100) == ["b"]
    assert again.backfill_needed(["a"], 99) == ["a"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "positions.json").write_text('{"positions": {"a": "x"}}')
    with pytest.raises(ConfigurationError, match=r"positions\.json"):
        Positions(tmp_path / "positions.json")
