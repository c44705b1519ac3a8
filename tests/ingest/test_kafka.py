"""Kafka: nothing lost and nothing twice, whoever dies, leaves or joins."""

import asyncio
import json
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import ipc
from pydantic import ValidationError
from structlog.testing import capture_logs

from ingest.kafka import KafkaConfig, KafkaSource
from ingest.kafka_offsets import Offsets, Receipt
from ingest.kafka_payload import LineProtocol, PayloadFormat, PayloadReader
from ingest.payload_json import JsonPayload
from ingest.source_config import SourceContext
from twin.clock import Span, SystemClock
from twin.delivery import Delivery
from twin.errors import ConfigurationError
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

from .kafka_broker import KafkaBroker, MockCluster, TlsProxy, missing

T0 = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
DAY = Span(T0, T0 + timedelta(days=1))
JSON = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
Message = tuple[bytes | None, bytes]
Stop = Callable[[], bool]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def broker(running: KafkaBroker, request: pytest.FixtureRequest) -> KafkaBroker:
    """A broker with an empty topic of three partitions named after the test."""
    running.create(topic_of(request), 3)
    return running


@pytest.fixture
def cluster() -> MockCluster:
    return MockCluster()


@pytest.fixture
def topic(request: pytest.FixtureRequest) -> str:
    return topic_of(request)


def topic_of(request: pytest.FixtureRequest) -> str:
    return str(request.node.originalname)[:200]


def source(address: str, topic: str, **more: object) -> KafkaSource:
    given = {"kind": "kafka", "name": "line", "servers": [address], "topics": [topic], "session": "2 s", **more}
    config = KafkaConfig.model_validate({"group": topic, **given})
    built = config.build(SourceContext(None, SystemClock(), Path("unused")))  # type: ignore[arg-type]
    assert isinstance(built, KafkaSource)
    return built


def patient(address: str, **more: object) -> KafkaSource:
    """A member of the mock cluster's, which forgets members whose session ends before it has let them in."""
    return source(address, "plant", session="5 s", **more)


def messages(first: int, last: int, tag: str = "level") -> list[Message]:
    """One sample a message, a second apart, the number of the second as its value."""
    numbered = [(T0 + timedelta(seconds=i), i) for i in range(first, last)]
    bodies = [{"tag": tag, "time": time.isoformat(), "value": i} for time, i in numbered]
    return [(f"asset {i % 7}".encode(), json.dumps(body).encode()) for i, body in enumerate(bodies)]


class Ledger:
    """What was stored, by tag and time, and what was told twice."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, datetime], float] = {}
        self.unreadable: list[str] = []
        self.duplicates = 0

    def store(self, delivery: Delivery) -> None:
        for sample in narrow(delivery):
            key = (sample.tag, sample.time)
            self.duplicates += key in self.stored
            self.stored[key] = sample.value
        self.unreadable += [f"{item.reason}: {item.detail}" for item in delivery.unreadable]

    def __len__(self) -> int:
        return len(self.stored)

    def values(self) -> list[float]:
        return [value for _, value in sorted(self.stored.items())]


async def drain(kafka: KafkaSource, ledger: Ledger, enough: Stop) -> None:
    """Store and acknowledge until it is enough."""
    async for delivery in kafka:
        ledger.store(delivery)
        await kafka.acknowledge(delivery)
        if enough():
            return


async def run(kafka: KafkaSource, ledger: Ledger, enough: Stop) -> None:
    async with kafka, asyncio.timeout(60):
        await drain(kafka, ledger, enough)


async def committed(broker: KafkaBroker, topic: str) -> int:
    """How many messages of the topic the group is past."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.address, group_id=topic, enable_auto_commit=False)
    partitions = [TopicPartition(topic, i) for i in range(3)]
    consumer.assign(partitions)
    await consumer.start()
    try:
        return sum([await consumer.committed(partition) or 0 for partition in partitions])
    finally:
        await consumer.stop()


@pytest.mark.integration
def test_every_message_is_stored_once_and_a_poisoned_one_costs_the_others_nothing(
    broker: KafkaBroker, topic: str
) -> None:
    broker.send(topic, messages(0, 500))
    broker.send(topic, [(b"a", b"{poison"), (b"a", b'{"tag": "level"}'), (b"a", b"")], partition=1)
    broker.send(topic, messages(500, 1000))
    ledger = Ledger()
    kafka = source(broker.address, topic, max_messages=64)
    asyncio.run(run(kafka, ledger, lambda: len(ledger) == 1000 and len(ledger.unreadable) == 3))
    assert ledger.values() == list(range(1000))
    assert ledger.duplicates == 0
    assert all(f"{topic}/1 offset" in said for said in ledger.unreadable)
    assert asyncio.run(committed(broker, topic)) == 1003


@pytest.mark.integration
def test_what_was_not_acknowledged_comes_again_and_what_was_does_not(broker: KafkaBroker, topic: str) -> None:
    broker.send(topic, messages(0, 300), partition=0)
    ledger, seen = Ledger(), Ledger()

    async def stop_after_100() -> None:
        async with source(broker.address, topic, max_messages=50) as kafka:
            async for delivery in kafka:
                seen.store(delivery)
                if len(seen) <= 100:
                    await kafka.acknowledge(delivery)
                if len(seen) == 200:
                    break

    asyncio.run(stop_after_100())
    assert asyncio.run(committed(broker, topic)) == 100
    asyncio.run(run(source(broker.address, topic), ledger, lambda: len(ledger) >= 200))
    assert ledger.values() == list(range(100, 300))


@pytest.mark.integration
def test_two_members_share_the_partitions_and_lose_nothing_when_one_joins_and_leaves(
    broker: KafkaBroker, topic: str
) -> None:
    mine, theirs = Ledger(), Ledger()

    async def scene() -> None:
        sent = 300
        await broker.send_now(topic, messages(0, sent))
        async with asyncio.timeout(60), source(broker.address, topic) as one:
            reader = asyncio.create_task(reading(one, mine))
            async with source(broker.address, topic) as two:
                other = asyncio.create_task(reading(two, theirs))
                while not two.connected:
                    await broker.send_now(topic, messages(sent, sent + 1))
                    sent += 1
                await broker.send_now(topic, messages(sent, 900))
                await until(lambda: len(theirs) > 0, other)
            await until(lambda: len(mine.stored | theirs.stored) == 900, reader)

    asyncio.run(scene())
    assert sorted((mine.stored | theirs.stored).values()) == list(range(900))
    assert asyncio.run(committed(broker, topic)) == 900


@pytest.mark.integration
def test_an_acknowledgement_after_a_rebalance_commits_nothing(broker: KafkaBroker, topic: str) -> None:
    broker.send(topic, messages(0, 90))

    async def scene() -> int:
        async with asyncio.timeout(60), source(broker.address, topic) as kafka:
            held = await anext(aiter(kafka))
            await kafka.on_partitions_revoked([])
            await kafka.acknowledge(held)
        return await committed(broker, topic)

    assert asyncio.run(scene()) == 0


CHILD = """
import asyncio, sqlite3, sys
from pathlib import Path
from ingest.kafka import KafkaConfig
from ingest.source_config import SourceContext
from twin.clock import SystemClock

async def main(ledger, config):
    ledger = sqlite3.connect(ledger, isolation_level=None)
    async with KafkaConfig.model_validate_json(config).build(SourceContext(None, SystemClock(), Path())) as kafka:
        async for delivery in kafka:
            for sample in delivery.samples:
                ledger.execute("INSERT INTO sample VALUES (?, ?)", (sample.value, sample.tag))
            print("stored", len(delivery.samples), flush=True)
            await kafka.acknowledge(delivery)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.integration
def test_a_member_killed_between_store_and_commit_leaves_nothing_out(
    broker: KafkaBroker, topic: str, tmp_path: Path
) -> None:
    broker.send(topic, messages(0, 600))
    stored = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    stored.execute("CREATE TABLE sample (value REAL, tag TEXT)")
    config = {"kind": "kafka", "name": "line", "servers": [broker.address], "topics": [topic], "group": topic}
    child = subprocess.Popen(
        [
            *(sys.executable, "-c", CHILD, str(tmp_path / "ledger.sqlite")),
            json.dumps({**config, "session": "2 s", "max_messages": 20}),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    told = 0
    while told < 200:
        first, *rest = child.stdout.readline().split()
        told += int(rest[0]) if first == "stored" else 0
    child.send_signal(signal.SIGKILL)
    child.wait()
    before = [value for (value,) in stored.execute("SELECT value FROM sample")]
    ledger = Ledger()
    asyncio.run(run(source(broker.address, topic), ledger, lambda: len(set(before) | set(ledger.values())) == 600))
    assert 200 <= len(before) < 600
    assert sorted(set(before) | set(ledger.values())) == list(range(600))
    assert asyncio.run(committed(broker, topic)) == 600


@pytest.mark.integration
def test_a_broker_that_stops_answering_and_comes_back_is_read_on_without_help(
    broker: KafkaBroker, topic: str
) -> None:
    broker.send(topic, messages(0, 100))
    ledger = Ledger()

    async def scene() -> None:
        async with asyncio.timeout(60), source(broker.address, topic, session="1 s") as kafka:
            await drain(kafka, ledger, lambda: len(ledger) == 100)
            broker.freeze()
            try:
                await until(lambda: not kafka.connected, reading(kafka, ledger))
            finally:
                broker.thaw()
            await broker.send_now(topic, messages(100, 200))
            await drain(kafka, ledger, lambda: len(ledger) == 200)
            assert kafka.connected

    asyncio.run(scene())
    assert ledger.values() == list(range(200))


@pytest.mark.integration
def test_a_broker_that_was_killed_and_comes_back_empty_is_read_from_its_new_beginning(tmp_path: Path) -> None:
    broker, ledger = KafkaBroker(tmp_path), Ledger()
    broker.start()
    broker.create("plant", 3)
    broker.send("plant", messages(0, 100))

    async def scene() -> None:
        async with asyncio.timeout(60), source(broker.address, "plant", session="1 s") as kafka:
            await drain(kafka, ledger, lambda: len(ledger) == 100)
            while await committed(broker, "plant") < 100:
                pass
            broker.kill()
            broker.start()
            await asyncio.to_thread(broker.create, "plant", 3)
            await broker.send_now("plant", messages(100, 150))
            await drain(kafka, ledger, lambda: len(ledger) == 150)

    try:
        asyncio.run(scene())
    finally:
        broker.kill()
    assert ledger.values() == list(range(150))


@pytest.mark.integration
def test_a_source_waits_for_a_broker_that_is_not_there_yet(tmp_path: Path) -> None:
    broker, ledger = KafkaBroker(tmp_path), Ledger()

    async def scene() -> None:
        async with asyncio.timeout(60), source(broker.address, "plant") as kafka:
            with capture_logs() as logs:
                await until(lambda: any(log["event"] == "kafka away" for log in logs), reading(kafka, ledger))
            assert not kafka.connected
            broker.start()
            await asyncio.to_thread(broker.create, "plant", 3)
            await broker.send_now("plant", messages(0, 10))
            await drain(kafka, ledger, lambda: len(ledger) == 10)

    try:
        asyncio.run(scene())
    finally:
        broker.kill()
    assert ledger.values() == list(range(10))


@pytest.mark.integration
def test_a_group_that_starts_at_the_latest_message_keeps_that_place(cluster: MockCluster) -> None:
    cluster.send("plant", messages(0, 30))
    ledger = Ledger()

    async def scene() -> None:
        async with asyncio.timeout(60), patient(cluster.address, start="latest") as kafka:
            await until(lambda: kafka.connected, reading(kafka, ledger))
        cluster.send("plant", messages(30, 60))
        await run(patient(cluster.address, start="latest"), ledger, lambda: len(ledger) >= 30)

    asyncio.run(scene())
    assert ledger.values() == list(range(30, 60))


@pytest.mark.integration
def test_messages_that_the_broker_deleted_unread_are_said_to_be_lost(cluster: MockCluster) -> None:
    cluster.send("plant", messages(0, 30), partition=0)
    ledger = Ledger()

    async def scene() -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=cluster.address, group_id="plant", enable_auto_commit=False)
        consumer.assign([TopicPartition("plant", 0)])
        await consumer.start()
        await consumer.commit({TopicPartition("plant", 0): 500})
        await consumer.stop()
        await run(patient(cluster.address), ledger, lambda: len(ledger) == 30)

    with capture_logs() as logs:
        asyncio.run(scene())
    (said,) = (log for log in logs if log["log_level"] == "error")
    assert (said["partition"], said["wanted"], said["oldest"]) == ("plant/0", 500, 0)


@pytest.mark.integration
def test_line_protocol_and_arrow_messages(broker: KafkaBroker, topic: str) -> None:
    lines = b"level value=51.5 1772611200000000000\nlevel value=52 1772611260000000000\nflow value=x 1"
    broker.send(topic, [(b"tank", lines)])
    ledger = Ledger()
    kafka = source(broker.address, topic, format="line-protocol")
    asyncio.run(run(kafka, ledger, lambda: bool(ledger.unreadable)))
    assert ledger.values() == [51.5, 52.0]
    assert "offset 0: line 3" in ledger.unreadable[0]


def test_an_arrow_message_holds_a_table() -> None:
    time = pa.array([T0, T0 + timedelta(minutes=1)], pa.timestamp("us", tz="UTC"))
    table = pa.table({"time": time, "level": [1.0, 2.0], "flow": [3.0, 4.0]})
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    reader = PayloadReader(PayloadFormat.ARROW, JsonPayload(), LineProtocol())
    (good,) = reader.read([record(0, sink.getvalue().to_pybytes())])
    (bad,) = reader.read([record(7, b"no arrow")])
    assert isinstance(good.samples, SnapshotBatch)
    assert good.samples.value.tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert bad.unreadable[0].payload == b"no arrow"
    assert bad.unreadable[0].detail.startswith("plant/0 offset 7: ")


def test_a_number_alone_is_of_the_tag_that_its_key_names_at_its_timestamp() -> None:
    reader = PayloadReader(PayloadFormat.JSON, JsonPayload(without_time="arrival"), LineProtocol())
    (delivery,) = reader.read([record(0, b"51.5", key=b"level")])
    assert isinstance(delivery.samples, SampleBatch)
    assert list(delivery.samples) == [Sample("level", T0, 51.5, Quality.GOOD)]


@given(
    bodies=st.lists(
        st.binary(max_size=60)
        | st.builds(lambda value: json.dumps({"tag": "level", "time": T0.isoformat(), "value": value}).encode(), JSON)
    ),
    form=st.sampled_from(PayloadFormat),
)
def test_whatever_a_message_holds_it_becomes_samples_or_is_unreadable(
    bodies: list[bytes], form: PayloadFormat
) -> None:
    records = [record(i, body) for i, body in enumerate(bodies)]
    deliveries = PayloadReader(form, JsonPayload(), LineProtocol()).read(records)
    assert all(len(delivery.samples) or delivery.unreadable for delivery in deliveries)
    alone = [PayloadReader(form, JsonPayload(), LineProtocol()).read([one]) for one in records]
    assert total(deliveries) == tuple(map(sum, zip((0, 0), *(total(one) for one in alone), strict=True)))


@pytest.mark.integration
def test_kcat_is_understood(cluster: MockCluster) -> None:
    kcat = shutil.which("kcat") or missing("kcat")
    text = b"\n".join(body for _, body in messages(0, 50))
    command = [str(kcat), "-P", "-b", cluster.address, "-t", "plant", "-z", "lz4"]
    subprocess.run(command, input=text, check=True, timeout=30)
    ledger = Ledger()
    asyncio.run(run(patient(cluster.address), ledger, lambda: len(ledger) == 50))
    assert ledger.values() == list(range(50))


def test_offsets_of_a_former_assignment_are_never_due() -> None:
    offsets, here, there = Offsets(), TopicPartition("plant", 0), TopicPartition("plant", 1)
    former = Receipt(offsets.assignment, {here: 5})
    assert offsets.acknowledge(former)
    assert offsets.due() == {here: 5}
    offsets.revoked()
    assert not offsets.acknowledge(former)
    assert offsets.acknowledge(Receipt(offsets.assignment, {there: 9}))
    assert offsets.due() == {there: 9}
    offsets.committed({there: 9})
    assert offsets.due() == {}


MISTAKES = {
    "servers": {"servers": ["broker"]},
    "topics": {"topics": []},
    "certificate and key": {"tls": {"certificate": "own.pem"}},
    "username and password": {"username": "foretell"},
    "format": {"format": "avro"},
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_the_configuration_is_named(said: str) -> None:
    sound = {"kind": "kafka", "name": "line", "servers": ["broker:9092"], "topics": ["plant"]}
    with pytest.raises(ValidationError, match=said):
        KafkaConfig.model_validate({**sound, **MISTAKES[said]})


@pytest.mark.integration
def test_samples_come_through_tls_and_a_broker_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    ledger = Ledger()

    async def scene() -> None:
        async with asyncio.timeout(60), TlsProxy(tmp_path) as proxy:
            secure = {"security_protocol": "SSL", "ssl_context": ssl.create_default_context(cafile=proxy.ca)}
            broker = KafkaBroker(tmp_path, proxy.address, **secure)
            proxy.target = broker.address
            broker.start()
            try:
                await asyncio.to_thread(broker.create, "plant", 1)
                await broker.send_now("plant", messages(0, 20))
                trusting = source(proxy.address, "plant", tls={"ca": str(proxy.ca)})
                await run(trusting, ledger, lambda: len(ledger) == 20)
                with pytest.raises(ConfigurationError, match=r"line: SSLCertVerificationError.*self-signed"):
                    await run(source(proxy.address, "plant", tls={}), ledger, lambda: False)
            finally:
                broker.kill()

    asyncio.run(scene())
    assert ledger.values() == list(range(20))


def test_a_login_is_given_to_the_client_and_shown_to_nobody() -> None:
    login = {"username": "foretell", "password": "secret", "mechanism": "SCRAM-SHA-256"}
    sound = {"name": "line", "servers": ["[::1]:9092"], "topics": ["plant"]}
    config = KafkaConfig.model_validate({**sound, **login, "tls": {}})
    given = config.security()
    assert (given["security_protocol"], given["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-256")
    assert (given["sasl_plain_username"], given["sasl_plain_password"]) == ("foretell", "secret")
    assert "secret" not in repr(config)


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("gone.pem", "ca.pem"):
        kafka = source("127.0.0.1:1", "plant", tls={"ca": str(tmp_path / name)})
        with pytest.raises(ConfigurationError, match=name):
            asyncio.run(run(kafka, None, bool))  # type: ignore[arg-type]


def record(offset: int, value: bytes, key: bytes | None = None) -> ConsumerRecord:
    moment = int(T0.timestamp() * 1000)
    return ConsumerRecord("plant", 0, offset, moment, 0, key, value, None, len(key or b""), len(value), ())


def narrow(delivery: Delivery) -> SampleBatch:
    return delivery.samples.samples() if isinstance(delivery.samples, SnapshotBatch) else delivery.samples


def total(deliveries: Sequence[Delivery]) -> tuple[int, int]:
    return sum(len(one.samples) for one in deliveries), sum(len(one.unreadable) for one in deliveries)


async def reading(kafka: KafkaSource, ledger: Ledger) -> None:
    await drain(kafka, ledger, lambda: False)


async def until(reached: Callable[[], bool], work: Coroutine[None, None, None] | asyncio.Task[None]) -> None:
    """Let the work go on until something is so."""
    task = asyncio.ensure_future(work)
    while not reached() and not task.done():
        await asyncio.wait({task}, timeout=0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
