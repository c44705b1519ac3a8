"""OPC UA from a real server to the historian: every value of the server's ledger is stored, whoever is killed."""

import ast
import asyncio
import contextlib
import json
import math
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from asyncua import Client, ua
from asyncua.crypto import cert_gen
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pydantic import ValidationError

import ingest
from ingest.opcua import OpcUaSource
from ingest.opcua_browse import as_tags, browse
from ingest.opcua_config import OpcUaConfig
from ingest.source_config import SourceContext
from twin.clock import SystemClock
from twin.delivery import Delivery
from twin.errors import ConfigurationError
from twin.plant import Plant
from twin.sample import Quality

from . import opcua_server
from .broker import free_port
from .opcua_server import Child, Settings, address

US = timedelta(microseconds=1)
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
Rows = dict[tuple[str, int], tuple[float, Quality]]


@pytest.fixture
def context(small_plant: Plant, tmp_path: Path) -> SourceContext:
    return SourceContext(small_plant, SystemClock(), tmp_path / "state")


Serve = Callable[..., Child]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    children = []

    def start(**settings: object) -> Child:
        folder = tmp_path / f"server{len(children)}"
        folder.mkdir()
        child = Child(Settings(free_port(), str(folder), **settings))  # type: ignore[arg-type]
        children.append(child)
        child.start()
        return child

    yield start
    for child in children:
        child.kill()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """One server for the tests that leave it as it is; each has variables of its own."""
    types = {"1": "Int32", "2": "Boolean", "3": "Boolean", "4": "String"}
    folder = str(tmp_path_factory.mktemp("server"))
    with Child(Settings(free_port(), folder, variables=16, types=types, page=7)) as child:
        yield child


def tags(*indices: int) -> dict[str, str]:
    return {address(index): address(index) for index in indices}


def given(child: Child, **more: object) -> dict[str, object]:
    names = [address(index) for index in range(child.settings.variables)]
    return {
        "kind": "opcua",
        "name": "dcs",
        "url": child.settings.url,
        "tags": {name: name for name in names},
        "publishing_interval": "50 ms",
        "history_lag": "200 ms",
        "timeout": "5 s",
        **more,
    }


def config(child: Child, **more: object) -> OpcUaConfig:
    return OpcUaConfig.model_validate(given(child, **more))


@asynccontextmanager
async def reading(source: OpcUaSource) -> AsyncIterator[AsyncIterator[Delivery]]:
    async with asyncio.timeout(120), source:
        deliveries = aiter(source)
        try:
            yield deliveries
        finally:
            await deliveries.aclose()  # type: ignore[attr-defined]


async def until(
    source: OpcUaSource, deliveries: AsyncIterator[Delivery], rows: Rows, enough: Callable[[], bool]
) -> list[Delivery]:
    """Take, note and acknowledge deliveries until it is enough."""
    taken = []
    while not enough():
        delivery = await anext(deliveries)
        for sample in delivery.samples:
            rows[sample.tag, (sample.time - opcua_server.EPOCH) // US] = sample.value, sample.quality
        await source.acknowledge(delivery)
        taken.append(delivery)
    return taken


def key(index: int, time: datetime) -> tuple[str, int]:
    return address(index), (time - opcua_server.EPOCH) // US


def write(child: Child, index: int, value: object, time: datetime | None, **more: object) -> None:
    child.do(do="write", node=address(index), value=value, time=None if time is None else time.isoformat(), **more)


def test_values_times_and_statuses_arrive_as_they_are(shared: Child, context: SourceContext) -> None:
    time = START + US
    write(shared, 0, 1.5, time)
    write(shared, 1, -7, time, status=ua.StatusCodes.UncertainLastUsableValue)
    write(shared, 2, True, time)
    write(shared, 3, True, time, status=ua.StatusCodes.BadSensorFailure)

    async def read() -> Rows:
        rows: Rows = {}
        source = config(shared, tags=tags(0, 1, 2, 3)).build(context)
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: len(rows) == 4)
            assert source.connected
        assert not source.connected
        return rows

    rows = asyncio.run(read())
    assert math.isnan(rows[key(3, time)][0])
    assert rows.pop(key(3, time))[1] == Quality.BAD
    assert rows == {
        key(0, time): (1.5, Quality.GOOD),
        key(1, time): (-7.0, Quality.UNCERTAIN),
        key(2, time): (1.0, Quality.GOOD),
    }


def test_what_is_no_number_is_handed_on_as_unreadable_and_the_rest_goes_on(
    shared: Child, context: SourceContext
) -> None:
    write(shared, 4, "broken", START)
    write(shared, 5, [1.0, 2.0], START)
    write(shared, 6, 3.0, START)

    async def read() -> list[Delivery]:
        source = config(shared, tags=tags(4, 5, 6)).build(context)
        rows: Rows = {}
        async with reading(source) as deliveries:
            return await until(source, deliveries, rows, lambda: len(rows) == 1)

    dead = {letter.reason: letter for delivery in asyncio.run(read()) for letter in delivery.unreadable}
    assert set(dead) == {"not a number", "an array"}
    assert address(4) in dead["not a number"].detail


def test_a_client_that_writes_values_reaches_us(shared: Child, context: SourceContext) -> None:
    times = [START + timedelta(seconds=second) for second in range(20)]
    write(shared, 7, -1.0, times[0])

    async def read() -> Rows:
        rows: Rows = {}
        source = config(shared, tags=tags(7), history_lag="7 d").build(context)
        async with reading(source) as deliveries, Client(shared.settings.url) as client:
            await until(source, deliveries, rows, lambda: bool(rows))
            for number, time in enumerate(times):
                value = ua.DataValue(ua.Variant(float(number)), SourceTimestamp=time)
                await client.get_node(address(7)).write_value(value)
            await until(source, deliveries, rows, lambda: len(rows) == len(times))
        return rows

    assert asyncio.run(read()) == {key(7, time): (float(i), Quality.GOOD) for i, time in enumerate(times)}


def test_a_variable_that_is_not_there_is_named_and_stops_no_other(shared: Child, context: SourceContext) -> None:
    write(shared, 8, 1.0, START)
    named = {address(8): "level", "ns=2;s=NO_SUCH": "flow"}

    async def read() -> list[Delivery]:
        source = config(shared, tags=named).build(context)
        rows: Rows = {}
        async with reading(source) as deliveries:
            return await until(source, deliveries, rows, lambda: len(rows) == 1)

    [letter] = [letter for delivery in asyncio.run(read()) for letter in delivery.unreadable]
    assert letter.reason == "no such variable"
    assert all(word in letter.detail for word in ("ns=2;s=NO_SUCH", "flow", "BadNodeIdUnknown"))


def test_when_no_variable_is_there_a_person_must_correct_it(shared: Child, context: SourceContext) -> None:
    with pytest.raises(ConfigurationError, match="ns=2;s=NO_SUCH for tag flow: BadNodeIdUnknown"):
        asyncio.run(first(config(shared, tags={"ns=2;s=NO_SUCH": "flow"}), context))


def test_a_namespace_may_be_given_by_its_uri(shared: Child, context: SourceContext) -> None:
    write(shared, 9, 4.0, START)
    named = f"nsu={opcua_server.URI};s=T9"
    assert asyncio.run(first(config(shared, tags={named: "level"}), context)).samples.tags == (named,)
    with pytest.raises(ConfigurationError, match=r"nsu=urn:other;s=T9.*urn:foretell:test"):
        asyncio.run(first(config(shared, tags={"nsu=urn:other;s=T9": "level"}), context))


def test_the_history_is_read_once_from_the_time_asked_for(shared: Child, context: SourceContext) -> None:
    """In pages of the server's seven values, with continuation points."""
    times = [START + timedelta(seconds=second) for second in range(50)]
    for number, time in enumerate(times):
        shared.do(do="remember", node=address(10), value=float(number), time=time.isoformat())
    write(shared, 10, -1.0, START + timedelta(minutes=10))
    since = times[10]

    async def read(source: OpcUaSource, wanted: int) -> Rows:
        rows: Rows = {}
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: len(rows) == wanted)
            write(shared, 10, -2.0, START + timedelta(minutes=11))
            await until(source, deliveries, rows, lambda: key(10, START + timedelta(minutes=11)) in rows)
        return rows

    settings = config(shared, tags=tags(10), history_from=since.isoformat())
    rows = asyncio.run(read(settings.build(context), 41))
    assert [rows[key(10, time)] for time in times[10:]] == [(float(i), Quality.GOOD) for i in range(10, 50)]
    assert not rows.keys() & {key(10, time) for time in times[:10]}
    write(shared, 10, -3.0, START + timedelta(minutes=12))
    assert key(10, times[20]) not in asyncio.run(read(settings.build(context), 2))


def test_what_the_servers_queue_lost_is_read_from_its_history(shared: Child, context: SourceContext) -> None:
    times = [START + timedelta(seconds=second) for second in range(4)]
    write(shared, 11, 0.0, times[0])

    async def read() -> tuple[Rows, int]:
        rows: Rows = {}
        source = config(shared, tags=tags(11)).build(context)
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: len(rows) == 1)
            for number in (1, 2):
                shared.do(do="remember", node=address(11), value=float(number), time=times[number].isoformat())
            write(shared, 11, 3.0, times[3], status=0x480)
            await until(source, deliveries, rows, lambda: len(rows) == 4)
            return rows, source.overflows

    rows, overflows = asyncio.run(read())
    assert rows == {key(11, time): (float(i), Quality.GOOD) for i, time in enumerate(times)}
    assert overflows == 1


def test_a_position_stands_still_while_its_gap_is_open(shared: Child, context: SourceContext) -> None:
    time = datetime.now(UTC)
    write(shared, 12, 1.0, time)

    def kept() -> dict[str, int]:
        found: dict[str, int] = json.loads((context.state / "positions.json").read_text())["positions"]
        return found

    async def read(lag: str) -> None:
        rows: Rows = {}
        source = config(shared, tags=tags(12), history_lag=lag).build(context)
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: bool(rows))
            while lag == "1 ms" and source._positions is not None and not source._positions._file.positions:
                write(shared, 12, float(len(rows)), datetime.now(UTC))
                await source.acknowledge(await anext(deliveries))

    asyncio.run(read("1 d"))
    assert kept() == {}
    asyncio.run(read("1 ms"))
    assert kept()[address(12)] >= key(12, time)[1]


class Cable:
    """A connection to the server that can be cut."""

    def __init__(self, port: int) -> None:
        self._far = port
        self.near = free_port()
        self._server: asyncio.Server | None = None
        self._ends: list[asyncio.StreamWriter] = []

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.near)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far)
        self._ends += [writer, far_writer]
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(65536):
                writer.write(block)
                await writer.drain()
        writer.close()


def test_a_cut_connection_loses_nothing_that_the_servers_queue_held_even_without_history(
    serve: Serve, context: SourceContext
) -> None:
    child = serve(variables=1, history=False)
    times = [START + timedelta(seconds=second) for second in range(20)]
    write(child, 0, 0.0, times[0])

    async def read() -> Rows:
        rows: Rows = {}
        cable = Cable(child.settings.port)
        await cable.mend()
        source = config(child, url=f"opc.tcp://127.0.0.1:{cable.near}/").build(context)
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: len(rows) == 1)
            await cable.cut()
            for number, time in enumerate(times):
                write(child, 0, float(number), time)
            await cable.mend()
            await until(source, deliveries, rows, lambda: len(rows) == len(times))
        await cable.cut()
        return rows

    assert asyncio.run(read()) == {key(0, time): (float(i), Quality.GOOD) for i, time in enumerate(times)}


async def first(settings: OpcUaConfig, context: SourceContext) -> Delivery:
    source = settings.build(context)
    async with reading(source) as deliveries:
        return await anext(deliveries)


def test_the_server_killed_and_restarted_loses_nothing_of_its_ledger(serve: Serve, context: SourceContext) -> None:
    child = serve(variables=5, interval_s=0.05, page=7)
    folder = Path(child.settings.folder)

    async def read() -> Rows:
        rows: Rows = {}
        source = config(child, history_from=START.isoformat()).build(context)
        async with reading(source) as deliveries:
            for number in (100, 400):
                await until(source, deliveries, rows, lambda number=number: len(rows) > number)  # type: ignore[misc]
                child.kill()
                await asyncio.to_thread(child.start)
            await until(source, deliveries, rows, lambda: len(rows) > 700)
            await asyncio.to_thread(child.do, do="stop")
            await until(source, deliveries, rows, lambda: set(opcua_server.entries(folder)) <= set(rows))
        return rows

    rows = asyncio.run(read())
    wrong = [k for k, (value, _) in rows.items() if value != opcua_server.truth(int(k[0].rpartition("T")[2]), k[1])]
    assert wrong == []


READER = """
import asyncio, json, sys
from pathlib import Path
from ingest.opcua_browse import as_tags, browse
from ingest.opcua_config import OpcUaConfig
from ingest.source_config import SourceContext
from twin.clock import SystemClock

async def main(given, state, out):
    source = OpcUaConfig.model_validate(given).build(SourceContext(None, SystemClock(), Path(state)))
    with open(out, "a", buffering=1) as file:
        async with source:
            async for delivery in source:
                for sample in delivery.samples:
                    file.write(f"{sample.tag},{sample.time.isoformat()}\\n")
                await source.acknowledge(delivery)
                print(len(delivery.samples), flush=True)

asyncio.run(main(*json.loads(sys.argv[1])))
"""


def test_the_reader_killed_and_restarted_loses_nothing_of_the_servers_ledger(serve: Serve, tmp_path: Path) -> None:
    child = serve(variables=5, interval_s=0.05)
    out, folder = tmp_path / "stored.csv", Path(child.settings.folder)
    arguments = [given(child, history_from=START.isoformat()), str(tmp_path / "state"), str(out)]

    def stored() -> set[tuple[str, int]]:
        rows = [line.split(",") for line in out.read_text().splitlines()]
        return {(tag, (datetime.fromisoformat(time) - opcua_server.EPOCH) // US) for tag, time in rows}

    for samples in (100, 100, 300):
        program = [sys.executable, "-c", READER, json.dumps(arguments)]
        reader = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert reader.stdout is not None
        seen = 0
        while seen < samples:
            line = reader.stdout.readline()
            assert line, "the reader ended by itself"
            seen += int(line) if line.strip().isdigit() else 0
        if samples == 300:
            child.do(do="stop")
            while not set(opcua_server.entries(folder)) <= stored():
                assert reader.stdout.readline()
        os.kill(reader.pid, signal.SIGKILL)
        reader.communicate()
    assert set(opcua_server.entries(folder)) <= stored()


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path
    loaded: x509.Certificate


def make_pair(folder: Path, name: str, use: x509.ObjectIdentifier, days: int = 30) -> Pair:
    key = cert_gen.generate_private_key()
    names = [x509.UniformResourceIdentifier(f"urn:foretell:{name}"), x509.DNSName("localhost")]
    made = cert_gen.generate_self_signed_app_certificate(key, name, {}, names, [use], days=days)
    pair = Pair(folder / f"{name}.der", folder / f"{name}.pem", made)
    pair.certificate.write_bytes(made.public_bytes(Encoding.DER))
    pair.key.write_bytes(cert_gen.dump_private_key_as_pem(key))
    return pair


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Child, Pair]]:
    """A server that takes no connection without security and knows one user."""
    folder = tmp_path_factory.mktemp("locked")
    pair = make_pair(folder, "server", ExtendedKeyUsageOID.SERVER_AUTH)
    settings = Settings(
        free_port(), str(folder), 1, users={"ot": "right"}, certificate=str(pair.certificate), key=str(pair.key)
    )
    with Child(settings) as child:
        write(child, 0, 6.5, START)
        yield child, pair


@pytest.fixture
def trusted(locked: tuple[Child, Pair], tmp_path: Path) -> Path:
    folder = tmp_path / "trusted"
    folder.mkdir()
    shutil.copy(locked[1].certificate, folder)
    return folder


LOGIN = {"user": "ot", "password": "right"}


@pytest.mark.parametrize("mode", ["sign", "sign_and_encrypt"])
@pytest.mark.parametrize("security", ["Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"])
def test_every_policy_and_mode_connects_with_a_certificate_of_our_own_making(
    security: str, mode: str, locked: tuple[Child, Pair], trusted: Path, context: SourceContext
) -> None:
    settings = config(locked[0], security=security, mode=mode, trusted=str(trusted), **LOGIN)
    delivery = asyncio.run(first(settings, context))
    assert [sample.value for sample in delivery.samples] == [6.5]
    key = context.state / "own" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_our_certificate_stays_the_same(
    locked: tuple[Child, Pair], trusted: Path, context: SourceContext, tmp_path: Path
) -> None:
    settings = config(locked[0], security="Basic256Sha256", trusted=str(trusted), **LOGIN)
    asyncio.run(first(settings, context))
    made = (context.state / "own" / "certificate.der").read_bytes()
    asyncio.run(first(settings, context))
    assert (context.state / "own" / "certificate.der").read_bytes() == made


def test_a_login_by_certificate(
    locked: tuple[Child, Pair], trusted: Path, context: SourceContext, tmp_path: Path
) -> None:
    pair = make_pair(tmp_path, "person", ExtendedKeyUsageOID.CLIENT_AUTH)
    login = {"user_certificate": str(pair.certificate), "user_key": str(pair.key)}
    given_pair = {"certificate": str(pair.certificate), "private_key": str(pair.key)}
    settings = config(locked[0], security="Basic256Sha256", trusted=str(trusted), **login, **given_pair)
    assert len(asyncio.run(first(settings, context)).samples) == 1
    assert not (context.state / "own").exists()


def test_a_wrong_password_is_for_a_person_to_correct(
    locked: tuple[Child, Pair], trusted: Path, context: SourceContext
) -> None:
    login = {"user": "ot", "password": "wrong"}
    settings = config(locked[0], security="Basic256Sha256", trusted=str(trusted), **login)
    with pytest.raises(ConfigurationError, match=r"dcs: opc\.tcp://.* refuses the login: Bad") as raised:
        asyncio.run(first(settings, context))
    assert raised.value.field == "user"
    assert "wrong" not in str(raised.value)


def test_an_unknown_server_certificate_is_refused_and_the_error_says_how_to_trust_it(
    locked: tuple[Child, Pair], context: SourceContext
) -> None:
    child, pair = locked
    settings = config(child, security="Basic256Sha256", **LOGIN)
    with pytest.raises(ConfigurationError) as raised:
        asyncio.run(first(settings, context))
    assert pair.loaded.fingerprint(hashes.SHA256()).hex(":").upper() in raised.value.detail
    command = raised.value.detail.partition("trust it with: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert len(asyncio.run(first(settings, context)).samples) == 1


def test_a_server_is_trusted_whose_certificate_a_trusted_authority_signed(
    serve: Serve, context: SourceContext, tmp_path: Path
) -> None:
    authority_key = cert_gen.generate_private_key()
    authority = cert_gen.generate_self_signed_app_certificate(authority_key, "CA", {}, [x509.DNSName("ca")], [])
    server_key = cert_gen.generate_private_key()
    names = [x509.UniformResourceIdentifier("urn:foretell:server"), x509.DNSName("localhost")]
    request = cert_gen.generate_app_certificate_signing_request(
        server_key, "server", {}, names, [ExtendedKeyUsageOID.SERVER_AUTH]
    )
    signed = cert_gen.sign_certificate_request(request, authority, authority_key)
    (tmp_path / "server.der").write_bytes(signed.public_bytes(Encoding.DER))
    (tmp_path / "server.pem").write_bytes(cert_gen.dump_private_key_as_pem(server_key))
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "ca.der").write_bytes(authority.public_bytes(Encoding.DER))
    pair = {"certificate": str(tmp_path / "server.der"), "key": str(tmp_path / "server.pem")}
    child = serve(variables=1, **pair)
    write(child, 0, 6.5, START)
    settings = config(child, security="Basic256Sha256", trusted=str(tmp_path / "trusted"))
    assert len(asyncio.run(first(settings, context)).samples) == 1


def test_a_server_that_does_not_trust_us_is_named_with_the_certificate_it_has_to_trust(
    serve: Serve, locked: tuple[Child, Pair], trusted: Path, context: SourceContext
) -> None:
    pair = {"certificate": str(locked[1].certificate), "key": str(locked[1].key)}
    child = serve(variables=1, trusts_nobody=True, **pair)
    settings = config(child, security="Basic256Sha256", trusted=str(trusted))
    with pytest.raises(ConfigurationError, match="BadCertificateUntrusted") as raised:
        asyncio.run(first(settings, context))
    assert str(context.state / "own" / "certificate.der") in raised.value.detail
    ours = x509.load_der_x509_certificate((context.state / "own" / "certificate.der").read_bytes())
    assert ours.fingerprint(hashes.SHA256()).hex(":").upper() in raised.value.detail


def test_a_policy_that_the_server_does_not_offer_is_named_with_those_it_does(
    shared: Child, context: SourceContext
) -> None:
    settings = config(shared, tags=tags(0), security="Basic256Sha256")
    with pytest.raises(ConfigurationError, match="does not offer Basic256Sha256 sign_and_encrypt; it offers None"):
        asyncio.run(first(settings, context))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"tags": {}}, "name at least one node id"),
        ({"tags": {"FIC101.PV": "level"}}, "FIC101.PV is no node id"),
        ({"url": "http://plc"}, "opc"),
        ({"user": "ot", "password": "x"}, "could be read on the way"),
        ({"password": "x", "security": "Basic256Sha256"}, "a password needs a user"),
        ({"certificate": "a.der"}, "belong together"),
        ({"user_key": "a.pem"}, "belong together"),
        ({"deadband": 1.0, "deadband_percent": 1.0}, "not both"),
        ({"queue_size": 0}, "greater than or equal to 1"),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(more: dict[str, object], says: str) -> None:
    given = {"kind": "opcua", "name": "dcs", "url": "opc.tcp://plc:4840", "tags": {"i=2258": "level"}, **more}
    with pytest.raises(ValidationError, match=says):
        OpcUaConfig.model_validate(given)


def test_a_backfill_from_before_what_the_pipeline_takes_is_refused(context: SourceContext) -> None:
    given = {"kind": "opcua", "name": "dcs", "url": "opc.tcp://plc:4840", "tags": {"i=2258": "level"}}
    settings = OpcUaConfig.model_validate({**given, "history_from": START.isoformat(), "max_age": "30 min"})
    with pytest.raises(ConfigurationError, match="max_age"):
        asyncio.run(first(settings, context))


def test_browsing_gives_the_tags_section_of_every_variable(shared: Child, context: SourceContext) -> None:
    found = asyncio.run(browse(config(shared, tags=tags(0)), context.state))
    assert [variable.node for variable in found] == [address(index) for index in range(16)]
    assert [(v.name, v.type, v.unit) for v in found[:2]] == [("T0", "Double", "kPa"), ("T1", "Int32", None)]
    section = yaml.safe_load(as_tags(found))
    settings = config(shared, tags=section["tags"])
    assert settings.tags[address(0)].unit == "kPa"
    assert settings.tags[address(1)].tag == "T1"


def test_nothing_in_the_source_can_write_to_a_server() -> None:
    """No writing service of asyncua is called; what is called by such a name concerns files and subscriptions."""
    services = {"call", "call_method", "history_update", "modify_history", "register_nodes", "set_writable"}
    verbs = ("write", "set_value", "set_attr", "add_", "delete_")
    ours = {"self._positions.write", "self.write", "file.write", "certificate.write_bytes", "path.write_bytes"}
    ours |= {"self.session.delete_subscriptions"}
    for file in Path(ingest.__file__).parent.glob("opcua*.py"):
        calls = [ast.unparse(n.func) for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call)]
        names = [call for call in calls if "." in call and call not in ours]
        last = {call: call.rpartition(".")[2] for call in names}
        assert not [call for call in names if last[call] in services or last[call].startswith(verbs)], file.name


def test_the_server_saw_no_write_of_ours(locked: tuple[Child, Pair], trusted: Path, context: SourceContext) -> None:
    child = locked[0]
    settings = config(child, security="Basic256Sha256", trusted=str(trusted), history_from=START.isoformat(), **LOGIN)
    remembered = START + timedelta(seconds=1)
    child.do(do="remember", node=address(0), value=1.0, time=remembered.isoformat())

    async def read() -> None:
        rows: Rows = {}
        source = settings.build(context)
        async with reading(source) as deliveries:
            await until(source, deliveries, rows, lambda: key(0, remembered) in rows)

    asyncio.run(read())
    asked = set((Path(child.settings.folder) / "services.log").read_text().split())
    assert {"HistoryReadRequest", "CreateSubscriptionRequest", "ReadRequest"} <= asked
    assert not asked & {
        "WriteRequest",
        "CallRequest",
        "HistoryUpdateRequest",
        "AddNodesRequest",
        "DeleteNodesRequest",
    }
