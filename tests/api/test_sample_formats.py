"""Samples in every format, sent by clients that are not ours: curl, and pyarrow's writers."""

import gzip
import http.client
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from pyarrow import ipc, parquet

from api.app import create_app
from api.dependencies import AppState
from api.server import WebServer, reserve, url_of
from ingest.formats import bodies
from twin.clock import Span
from twin.errors import StoreUnavailable
from twin.sample import Quality

EIGHT = 1772438400  # 2026-03-02T08:00:00Z
TIMES = [f"2026-03-02T08:{minute:02}:30Z" for minute in (1, 2)]
LINES = f"level value=51.5 {EIGHT + 90}\ntank,tag=flow value=21 {EIGHT + 90}\nnowhere value=1 5\nlevel {EIGHT}\n"


def table(**more: object) -> pa.Table:
    stamps = pa.array([EIGHT + 90, EIGHT + 150], pa.timestamp("s", tz="UTC"))
    return pa.table({"time": stamps, "level": [51.5, 52.5], "flow": [21, 22]} | more)


def long_table() -> pa.Table:
    stamps = pa.array([EIGHT + 90, EIGHT + 90], pa.timestamp("s", tz="UTC"))
    tags = pa.array(["level", "flow"]).dictionary_encode()
    return pa.table({"tag": tags, "time": stamps, "value": [51.5, 21.0], "quality": ["good", "uncertain"]})


def stream(given: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, given.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(given)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def file(given: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with ipc.new_file(sink, given.schema) as writer:
        writer.write_table(given)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def parquet_of(given: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(given, sink)
    body: bytes = sink.getvalue().to_pybytes()
    return body


ARROW, ARROW_FILE = "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.file"
PARQUET = "application/vnd.apache.parquet"
CSV = f"time,level,flow\n{TIMES[0]},51.5,21\n{TIMES[1]},52.5,22\n"
NDJSON = "\n".join(
    f'{{"time": "{time}", "values": {{"level": 5{i}.5, "flow": 2{i}}}}}' for i, time in enumerate(TIMES, 1)
)
WIDE = {
    "arrow stream": (ARROW, lambda: stream(table())),
    "arrow stream, lz4": (ARROW, lambda: stream(table(), compression="lz4")),
    "arrow stream, zstd": (ARROW, lambda: stream(table(), compression="zstd")),
    "arrow file": (ARROW_FILE, lambda: file(table())),
    "parquet": (PARQUET, lambda: parquet_of(table())),
    "csv": ("text/csv; charset=utf-8", lambda: CSV.encode()),
    "ndjson": ("application/x-ndjson", lambda: NDJSON.encode()),
}


def post(client: TestClient, body: bytes, media_type: str, **headers: str) -> Any:
    return client.post("/v1/samples", content=body, headers={"Content-Type": media_type, **headers})


@pytest.mark.parametrize("form", WIDE)
def test_a_wide_table_is_stored_and_again_changes_nothing(client: TestClient, state: AppState, form: str) -> None:
    media_type, make = WIDE[form]
    first, again = (post(client, make(), media_type) for _ in range(2))
    assert first.status_code == 200, first.text
    assert (first.json()["accepted"], first.json()["rejected"]) == (4, {})
    assert (again.json()["accepted"], again.json()["duplicates"]) == (0, 4)
    latest = state.twin.historian.latest()
    assert (latest["level"].value, latest["flow"].value) != (51.5, 21.0)


@pytest.mark.parametrize("form", [(ARROW, stream), (PARQUET, parquet_of)])
def test_a_long_table_is_stored_with_its_quality(client: TestClient, state: AppState, form: Any) -> None:
    media_type, make = form
    assert post(client, make(long_table()), media_type).json()["accepted"] == 2
    moment = datetime.fromtimestamp(EIGHT + 90, UTC)
    (sample,) = state.twin.historian.samples("flow", Span(moment, moment + timedelta(seconds=1)))
    assert (sample.value, sample.quality) == (21.0, Quality.UNCERTAIN)


def test_line_protocol_is_stored_and_what_is_not_is_named(client: TestClient) -> None:
    answer = client.post("/v1/samples?precision=s", content=LINES, headers={"Content-Type": "text/plain"}).json()
    assert answer["accepted"] == 2
    assert answer["rejected"] == {"unknown tag": 1, "not line protocol": 1}
    unread, unknown = answer["rejections"]
    assert unread["detail"].startswith("line 4: ")
    assert (unknown["place"], unknown["tag"], unknown["reason"]) == ("line 3", "nowhere", "unknown tag")


def test_a_rejection_names_place_value_and_limit(client: TestClient) -> None:
    answer = post(client, f"time,level\n{TIMES[0]},1\n2027-03-02T08:00:00Z,2\n".encode(), "text/csv").json()
    (rejection,) = answer["rejections"]
    assert (rejection["place"], rejection["tag"], rejection["reason"]) == ("line 3", "level", "time in the future")
    assert rejection["value"].startswith("2027-03-02T08:00:00")
    assert rejection["limit"].startswith("2026-03-02T")


def test_a_corrected_sample_is_counted(client: TestClient) -> None:
    for value, corrected in ((1, 0), (2, 1)):
        answer = post(client, f"time,level\n{TIMES[0]},{value}\n".encode(), "text/csv").json()
        assert (answer["accepted"], answer["duplicates"], answer["corrected"]) == (1, 0, corrected)


def test_only_the_first_rejections_are_given_in_full(client: TestClient) -> None:
    answer = post(client, b"level value=1\n" * 1000, "text/plain").json()
    assert answer["rejected"] == {"no time": 1000}
    assert len(answer["rejections"]) == 20


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_packed_body_is_read(client: TestClient, codec: str) -> None:
    packed = gzip.compress(CSV.encode()) if codec == "gzip" else pa.compress(CSV.encode(), "zstd", asbytes=True)
    answer = post(client, packed, "text/csv", **{"Content-Encoding": codec})
    assert answer.json()["accepted"] == 4


def test_what_is_packed_otherwise_than_said_is_refused(client: TestClient) -> None:
    whole = gzip.compress(CSV.encode())
    for body in (CSV.encode(), whole[:-9], whole + b"more"):
        answer = post(client, body, "text/csv", **{"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.json()["field"]) == (422, "Content-Encoding")


def too_large(response: Any) -> None:
    assert response.status_code == 413
    problem = response.json()
    assert (problem["type"], problem["field"]) == ("urn:foretell:too-large", "body")
    assert problem["limit"]
    assert problem["unit"] in {"bytes", "samples"}


def zeros(rows: int) -> pa.Table:
    return pa.table({"time": pa.array([0] * rows, pa.timestamp("us", tz="UTC")), "level": pa.array([0.0] * rows)})


def test_a_bomb_is_refused_before_it_is_unpacked(client: TestClient, state: AppState) -> None:
    bomb = gzip.compress(bytes(bodies.MAX_BYTES + 1), 9)
    assert len(bomb) < 50_000
    too_large(post(client, bomb, "text/csv", **{"Content-Encoding": "gzip"}))
    texts = pa.table({"tag": ["x" * 1000] * 40_000, "time": zeros(40_000)["time"], "value": zeros(40_000)["level"]})
    for compression in ("lz4", "zstd"):
        packed = stream(texts, compression=compression)
        assert len(packed) < 1_000_000
        too_large(post(client, packed, ARROW))
    too_large(post(client, parquet_of(zeros(2_100_000)), PARQUET))
    assert state.pipeline.counters.accepted == 0


def test_a_body_that_is_too_long_is_refused(client: TestClient) -> None:
    too_large(post(client, bytes(bodies.MAX_BYTES + 1), "text/csv"))


def test_too_many_samples_are_refused(client: TestClient) -> None:
    too_large(post(client, stream(zeros(1_000_001)), ARROW))


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"Content-Type": "application/xml"}, "application/vnd.apache.parquet"),
        ({}, "application/json"),
        ({"Content-Type": "text/csv", "Content-Encoding": "br"}, "zstd"),
    ],
)
def test_another_type_is_refused_with_those_that_are_read(
    client: TestClient, headers: dict[str, str], named: str
) -> None:
    response = client.post("/v1/samples", content=b"<samples/>", headers=headers)
    assert response.status_code == 415
    assert named in response.json()["candidates"]


BROKEN = {
    "no arrow": (ARROW, b"nothing"),
    "half an arrow stream": (ARROW, stream(table())[:-200]),
    "no parquet": (PARQUET, b"PAR1nothingPAR1"),
    "half a parquet": (PARQUET, parquet_of(table())[20:]),
    "a time without a zone": (ARROW, stream(table(time=pa.array([0, 1], pa.timestamp("s"))))),
    "a column of texts": (ARROW, stream(table(level=["high", "low"]))),
    "a quality that is none": (ARROW, stream(long_table().set_column(3, "quality", pa.array(["good", "fine"])))),
    "no time": (PARQUET, parquet_of(pa.table({"level": [1.0]}))),
    "no rows": (ARROW, stream(table().slice(0, 0))),
    "an empty csv": ("text/csv", b""),
    "no sample": ("text/plain", b"\n# nothing\n"),
    "an unknown precision": ("text/plain", b""),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_body_that_cannot_be_read_is_refused(client: TestClient, state: AppState, case: str) -> None:
    media_type, body = BROKEN[case]
    query = "?precision=fortnight" if case == "an unknown precision" else ""
    response = client.post(f"/v1/samples{query}", content=body, headers={"Content-Type": media_type})
    assert response.status_code == 422, response.text
    assert response.json()["field"]
    assert state.pipeline.counters.accepted == 0


def test_a_null_is_no_sample_when_wide_and_nan_is_a_bad_one(client: TestClient, state: AppState) -> None:
    given = table(level=pa.array([None, 52.5]), flow=pa.array([float("nan"), 22.0]))
    stamps = pa.array([EIGHT + 3550, EIGHT + 3560], pa.timestamp("s", tz="UTC"))
    answer = post(client, stream(given.set_column(0, "time", stamps).slice(0, 1)), ARROW).json()
    assert answer["accepted"] == 1
    assert state.twin.historian.latest()["flow"].quality is Quality.BAD


def test_when_the_store_is_away_nothing_is_stored_and_the_sender_may_try_again(
    client: TestClient, state: AppState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise StoreUnavailable("the historian is not reachable")

    for method in ("write", "write_snapshots"):
        monkeypatch.setattr(type(state.twin.historian), method, away, raising=False)
    response = post(client, CSV.encode(), "text/csv")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert state.pipeline.counters.accepted == 0


@pytest.mark.parametrize("path", ["/api/v2/write?org=o&bucket=b&precision=s", "/write?db=d&precision=s"])
def test_influx_clients_can_write_here(anonymous: TestClient, state: AppState, path: str) -> None:
    line = f"level value=51.5 {EIGHT + 90}"
    assert anonymous.post(path, content=line).status_code == 401
    headers = {"Authorization": f"Token {state.api_key}", "Content-Encoding": "gzip"}
    assert anonymous.post(path, content=gzip.compress(line.encode()), headers=headers).status_code == 204
    partly = anonymous.post(path, content=gzip.compress(LINES.encode()), headers=headers)
    assert (partly.status_code, partly.json()["code"]) == (400, "invalid")
    assert "dropped=2" in partly.json()["error"]
    assert state.pipeline.counters.accepted == 2


# over a socket


@pytest.fixture
def served(state: AppState) -> Iterator[str]:
    bound = reserve("127.0.0.1", 0)
    with WebServer(create_app(state), bound):
        yield url_of(bound)


@pytest.mark.integration
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_sends_a_file(served: str, state: AppState, tmp_path: Any) -> None:
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(CSV.encode()))
    stated = (f"X-API-Key: {state.api_key}", "Content-Type: text/csv", "Content-Encoding: gzip")
    headers = [part for header in (*stated, "Transfer-Encoding: chunked") for part in ("-H", header)]
    done = subprocess.run(
        ["curl", "-sS", "--fail-with-body", f"{served}/v1/samples", *headers, "--data-binary", f"@{packed}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"accepted":4' in done.stdout


@pytest.mark.integration
def test_an_endless_body_is_cut_off_at_the_limit(
    served: str, state: AppState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies.Bodies, "max_bytes", 1 << 20)
    where = urlsplit(served)
    with socket.create_connection((where.hostname, where.port), timeout=30) as line:
        head = f"POST /v1/samples HTTP/1.1\r\nHost: x\r\nX-API-Key: {state.api_key}\r\nContent-Type: text/csv\r\n"
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(20):
            line.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 413
