"""MQTT from a real mosquitto to the historian: every sample a broker took is stored once, whoever is killed."""

import asyncio
import json
import math
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import ValidationError

from ingest.mqtt import MqttConfig, MqttSource, TopicAddresses
from ingest.pipeline import Pipeline, PipelineConfig
from ingest.source_config import SourceContext
from twin.clock import Span, SystemClock
from twin.delivery import Delivery
from twin.errors import ConfigurationError
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant
from twin.protocols import Source
from twin.sample import Quality, SampleBatch, SnapshotBatch

from .broker import Broker, need

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
MS = int(START.timestamp() * 1000)
EVER = Span(START - timedelta(days=1), START + timedelta(days=1))
FAST = PipelineConfig(batch_age=timedelta(milliseconds=50))
PROTOCOLS = ["5", "3.1.1"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def context(small_plant: Plant, tmp_path: Path) -> SourceContext:
    return SourceContext(small_plant, SystemClock(), tmp_path / "state")


def config(broker: Broker, **more: object) -> MqttConfig:
    given = {"name": "plc", "url": broker.url, "topics": ["plant/{tag}"], "payload": {"epoch": "ms"}, **more}
    return MqttConfig.model_validate(given)


@asynccontextmanager
async def connected(source: MqttSource) -> AsyncIterator[AsyncIterator[Delivery]]:
    async with source:
        await asyncio.to_thread(until, lambda: source.connected, "no connection", 10)
        yield aiter(source)


async def receive(deliveries: AsyncIterator[Delivery], samples: int, to: Source | None = None) -> list[Delivery]:
    """Deliveries until there are so many samples; acknowledged to a source if there is one."""
    got: list[Delivery] = []
    async with asyncio.timeout(20):
        while sum(len(delivery.samples) for delivery in got) < samples:
            got.append(await anext(deliveries))
            if to is not None:
                await to.acknowledge(got[-1])
    return got


def values(got: list[Delivery]) -> list[float]:
    batches = [d.samples.samples() if isinstance(d.samples, SnapshotBatch) else d.samples for d in got]
    return SampleBatch.concat(batches).value.tolist()


def publish(broker: Broker, topic: str, *lines: object, flags: tuple[str, ...] = ()) -> None:
    """With mosquitto_pub, a message per line, at QoS 1."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    command = [need("mosquitto_pub"), "-p", str(broker.port), "-q", "1", "-t", topic, *flags]
    command += ["-s"] if "-r" in flags else ["-l"]
    subprocess.run(command, input=text.encode(), check=True, timeout=20)


def sample(number: int, tag: str = "level") -> dict[str, object]:
    return {"tag": tag, "time": MS + number, "value": number % 100}


class Publisher:
    """A paho client that keeps a ledger of what the broker acknowledged, and sends again what it did not."""

    def __init__(self, broker: Broker) -> None:
        self._sent: dict[int, int] = {}
        self._taken: set[int] = set()
        self._news = threading.Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="ledger", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def send(self, numbers: range) -> None:
        for number in numbers:
            info = self._client.publish("plant/level", json.dumps(sample(number)), qos=1)
            self._sent[info.mid] = number

    def _on_publish(self, client: object, data: object, mid: int, code: object, properties: object) -> None:
        with self._news:
            self._taken.add(mid)
            self._news.notify_all()

    @property
    def acknowledged(self) -> set[int]:
        return {self._sent[mid] for mid in self._taken}

    def wait(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self._taken) >= count, 30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Running:
    """A pipeline in a thread of its own, that can be stopped as a service manager stops it."""

    def __init__(self, pipeline: Pipeline, source: Source, wait: bool = False) -> None:
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._run = self._pool.submit(lambda: asyncio.run(pipeline.run(source, self._stop)))
        if wait:
            until(lambda: source.connected, "no connection")

    def stop(self) -> None:
        self._stop.set()
        self._run.result(20)
        self._pool.shutdown()


def stored(historian: MemoryHistorian, tag: str = "level") -> list[int]:
    """Numbers of the samples in the historian, from their times."""
    times = historian.samples(tag, EVER).time.astype("int64") // 1000
    return [int(time) - MS for time in times]


def until(true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait for it, by asking again and again."""
    pause, end = threading.Event(), datetime.now(UTC) + timedelta(seconds=seconds)
    while not true():
        assert datetime.now(UTC) < end, what
        pause.wait(0.02)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_mosquitto_pub_sends_arrives(broker: Broker, context: SourceContext, protocol: str) -> None:
    async def run() -> list[Delivery]:
        async with connected(config(broker, protocol=protocol).build(context)) as deliveries:
            publish(broker, "plant/level", sample(1), [sample(2), sample(3)], "77.5")
            return await receive(deliveries, 4)

    assert values(asyncio.run(run())) == [1, 2, 3, 77.5]


def test_units_arrive_as_snapshots(broker: Broker, context: SourceContext) -> None:
    async def run() -> list[Delivery]:
        async with connected(config(broker).build(context)) as deliveries:
            publish(broker, "plant/unit", *({"time": MS + i, "values": {"level": i, "flow": 2}} for i in range(20)))
            return await receive(deliveries, 40)

    assert all(isinstance(delivery.samples, SnapshotBatch) for delivery in asyncio.run(run()))


def test_a_retained_sample_is_read_with_its_own_old_time(broker: Broker, context: SourceContext) -> None:
    publish(broker, "plant/level", sample(5), flags=("-r",))

    async def run() -> list[Delivery]:
        async with connected(config(broker).build(context)) as deliveries:
            return await receive(deliveries, 1)

    (delivery,) = asyncio.run(run())
    (kept,) = delivery.samples
    assert (kept.tag, kept.time) == ("level", START + timedelta(milliseconds=5))


def test_what_cannot_be_read_is_a_dead_letter_and_the_stream_goes_on(broker: Broker, context: SourceContext) -> None:
    async def run() -> list[Delivery]:
        async with connected(config(broker).build(context)) as deliveries:
            publish(broker, "plant/level", "poison", sample(1))
            return await receive(deliveries, 1)

    got = asyncio.run(run())
    (letter,) = [u for delivery in got for u in delivery.unreadable]
    assert (letter.payload, letter.reason) == (b"poison", "not JSON")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_was_not_acknowledged_comes_again_and_what_was_does_not(
    broker: Broker, context: SourceContext, protocol: str
) -> None:
    async def read(samples: int, acknowledge: bool) -> list[float]:
        source = config(broker, protocol=protocol).build(context)
        async with connected(source) as deliveries:
            if samples == 2:
                publish(broker, "plant/level", sample(1), sample(2))
            got = await receive(deliveries, samples)
            for delivery in got if acknowledge else ():
                await source.acknowledge(delivery)
        return values(got)

    assert asyncio.run(read(2, acknowledge=False)) == [1, 2]
    publish(broker, "plant/level", sample(3))
    assert asyncio.run(read(3, acknowledge=True)) == [1, 2, 3]
    publish(broker, "plant/level", sample(4))
    assert asyncio.run(read(1, acknowledge=True)) == [4]


def test_acknowledgements_keep_the_order_of_arrival(broker: Broker, context: SourceContext) -> None:
    source = config(broker).build(context)

    async def run() -> list[Delivery]:
        async with connected(source) as deliveries:
            publish(broker, "plant/level", sample(1))
            first = await receive(deliveries, 1)
            publish(broker, "plant/level", sample(2))
            second = await receive(deliveries, 1)
            await source.acknowledge(second[0])
            assert acknowledged(broker) == []
            await source.acknowledge(first[0])
            return first + second

    first, second = asyncio.run(run())
    numbers = [message.number for delivery in (first, second) for message in delivery.receipt]  # type: ignore[attr-defined]
    until(lambda: len(acknowledged(broker)) == 2, "the broker has not taken both")
    assert acknowledged(broker) == numbers


def acknowledged(broker: Broker) -> list[int]:
    """Numbers of the messages in the order in which the broker heard that they are kept."""
    return [int(mid) for mid in re.findall(r"Received PUBACK from foretell\S* \(Mid: (\d+)", broker_log(broker))]


def unsaved(log: str) -> set[int]:
    """Numbers of the publisher's samples that no completed save of mosquitto's holds; it logs the start of a save."""
    saves = [match.start() for match in re.finditer("Saving in-memory database", log)]
    since = saves[-2] if len(saves) > 1 else 0
    return {int(mid) - 1 for mid in re.findall(r"Received PUBLISH from ledger \(d\d, q1, r0, m(\d+),", log[since:])}


def broker_log(broker: Broker) -> str:
    return (broker.folder / "mosquitto.log").read_text()


def test_the_broker_holds_back_what_is_beyond_the_receive_maximum(broker: Broker, context: SourceContext) -> None:
    source = config(broker, receive_maximum=10).build(context)

    async def run() -> tuple[int, int]:
        async with connected(source) as deliveries:
            publish(broker, "plant/level", *map(sample, range(100)))
            got = await receive(deliveries, 10)
            sent = broker_log(broker).count("Sending PUBLISH to foretell")
            for delivery in got:
                await source.acknowledge(delivery)
            return sent, len(values(got + await receive(deliveries, 90, to=source)))

    assert asyncio.run(run()) == (10, 100)


def test_two_of_one_shared_subscription_share_the_samples(broker: Broker, context: SourceContext) -> None:
    async def run() -> list[float]:
        sources = [
            config(broker, name=name, topics=["$share/ingest/plant/{tag}"]).build(context) for name in ("one", "two")
        ]
        async with connected(sources[0]) as one, connected(sources[1]) as two:
            publish(broker, "plant/level", *map(sample, range(40)))
            halves = await asyncio.gather(receive(one, 20), receive(two, 20))
            return values([delivery for half in halves for delivery in half])

    assert sorted(asyncio.run(run())) == list(range(40))


def test_a_broker_that_is_away_at_the_start_is_waited_for(tmp_path: Path, context: SourceContext) -> None:
    broker = Broker(tmp_path)

    async def run() -> list[Delivery]:
        async with config(broker).build(context) as source:
            assert not source.connected
            await asyncio.to_thread(broker.start)
            await asyncio.to_thread(until, lambda: source.connected, "no connection", 10)
            publish(broker, "plant/level", sample(1))
            return await receive(aiter(source), 1)

    try:
        assert values(asyncio.run(asyncio.wait_for(run(), 30))) == [1]
    finally:
        broker.stop()


def test_every_sample_the_broker_took_while_ingest_was_down_is_stored_once(
    broker: Broker, small_plant: Plant, context: SourceContext
) -> None:
    historian, publisher = MemoryHistorian(small_plant), Publisher(broker)
    running = Running(Pipeline(small_plant, historian, FAST), config(broker).build(context), wait=True)
    publisher.send(range(150))
    until(lambda: len(stored(historian)) > 50, "nothing stored")
    running.stop()
    publisher.send(range(150, 450))
    publisher.wait(450)
    running = Running(Pipeline(small_plant, historian, FAST), config(broker).build(context))
    until(lambda: len(stored(historian)) == 450, "samples are missing")
    running.stop()
    publisher.close()
    assert stored(historian) == list(range(450))
    assert publisher.acknowledged == set(range(450))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_a_broker_had_saved_when_it_was_killed_is_stored_once(
    broker: Broker, small_plant: Plant, context: SourceContext, protocol: str
) -> None:
    historian, publisher = MemoryHistorian(small_plant), Publisher(broker)
    Running(
        Pipeline(small_plant, historian, FAST), config(broker, protocol=protocol).build(context), wait=True
    ).stop()
    publisher.send(range(300))
    publisher.wait(300)
    for word in ("one", "two"):  # each makes it save, and the second save starts after the first
        publish(broker, "elsewhere", word, flags=("-r",))
    until(lambda: not unsaved(broker_log(broker)), "the broker does not save")
    broker.kill()
    publisher.send(range(300, 450))
    broker.start()
    publisher.wait(450)
    running = Running(Pipeline(small_plant, historian, FAST), config(broker, protocol=protocol).build(context))
    until(lambda: len(stored(historian)) == 450, "samples are missing")
    running.stop()
    publisher.close()
    assert stored(historian) == list(range(450))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_broker_killed_at_work_costs_nothing_but_what_it_acknowledged_and_had_not_saved(
    broker: Broker, small_plant: Plant, context: SourceContext, protocol: str
) -> None:
    historian, publisher = MemoryHistorian(small_plant), Publisher(broker)
    source = config(broker, protocol=protocol).build(context)
    running = Running(Pipeline(small_plant, historian, FAST), source, wait=True)
    publisher.send(range(300))
    until(lambda: len(stored(historian)) > 50, "nothing stored")
    broker.kill()
    forgotten = unsaved(broker_log(broker))
    publisher.send(range(300, 450))
    broker.start()
    publisher.wait(450)
    until(lambda: {*stored(historian)} >= {*range(450)} - forgotten, "samples are missing")
    running.stop()
    publisher.close()
    assert len(stored(historian)) == len({*stored(historian)})


def test_a_killed_ingest_gets_again_what_it_had_not_stored(
    broker: Broker, small_plant: Plant, context: SourceContext, tmp_path: Path
) -> None:
    child = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("mqtt_reader.py"), broker.url], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert "ready\n" in iter(child.stdout.readline, "")
    until(lambda: "Sending SUBACK to foretell" in broker_log(broker), "no subscription")
    publish(broker, "plant/level", *map(sample, range(200)))
    assert any(line.strip().isdigit() for line in iter(child.stdout.readline, ""))
    child.kill()
    child.wait(10)
    historian = MemoryHistorian(small_plant)
    running = Running(Pipeline(small_plant, historian, FAST), config(broker).build(context))
    until(lambda: len(stored(historian)) == 200, "samples are missing")
    running.stop()


def test_a_wrong_password_is_said_at_the_start(tmp_path: Path, context: SourceContext) -> None:
    broker = Broker(tmp_path, "allow_anonymous false")
    broker.start()

    async def run() -> None:
        async with config(broker, username="foretell", password="wrong").build(context) as source:
            await anext(aiter(source))

    try:
        with pytest.raises(ConfigurationError, match=r"plc: mqtt://.* refuses the connection: Not authorized"):
            asyncio.run(asyncio.wait_for(run(), 20))
    finally:
        broker.stop()


def test_an_empty_array_is_acknowledged_and_gives_nothing(broker: Broker, context: SourceContext) -> None:
    async def run() -> list[Delivery]:
        async with connected(config(broker).build(context)) as deliveries:
            publish(broker, "plant/level", [])
            until_received = asyncio.create_task(receive(deliveries, 1))
            await asyncio.to_thread(until, lambda: "Received PUBACK from foretell" in broker_log(broker), "kept")
            publish(broker, "plant/level", sample(1))
            return await until_received

    assert all(len(delivery.samples) for delivery in asyncio.run(run()))


def test_a_source_that_is_left_and_never_connected_leaves_nothing_behind(
    tmp_path: Path, context: SourceContext
) -> None:
    async def run() -> int:
        async with config(Broker(tmp_path)).build(context):
            pass
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


@pytest.mark.parametrize(
    ("topics", "topic", "address"),
    [
        (["plant/{tag}"], "plant/level", "level"),
        (["$share/group/plant/{tag}/value"], "plant/level/value", "level"),
        (["+/{tag}/#"], "a/level/x/y", "level"),
        (["+/{tag}/#"], "a/level", "level"),
        (["plant/#"], "plant/a/level", "plant/a/level"),
        (["plant/{tag}", "site/+/{tag}"], "site/b/flow", "flow"),
    ],
)
def test_a_topic_names_a_tag(topics: list[str], topic: str, address: str) -> None:
    assert TopicAddresses(topics).of(topic) == address


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://broker"),
        ("url", "mqtt://user:secret@broker"),
        ("url", "mqtt://"),
        ("topics", []),
        ("topics", ["plant/{tag}/{tag}"]),
        ("topics", ["plant/x{tag}"]),
        ("topics", ["plant/#/x"]),
        ("topics", [""]),
        ("receive_maximum", 0),
        ("keep_alive", "500 ms"),
        ("session_expiry", "50000 d"),
        ("protocol", "3.1"),
    ],
)
def test_a_mistake_in_the_configuration_names_its_field(field: str, value: object) -> None:
    given = {"name": "plc", "url": "mqtt://broker", "topics": ["a"], field: value}
    with pytest.raises(ValidationError) as error:
        MqttConfig.model_validate(given)
    assert error.value.errors()[0]["loc"][0] == field


@pytest.mark.parametrize("more", [{"ca_file": "ca.pem"}, {"url": "mqtts://broker", "key": "own.key"}])
def test_tls_by_halves_is_refused(more: dict[str, object]) -> None:
    given = {"name": "plc", "url": "mqtt://broker", "topics": ["a"], **more}
    with pytest.raises(ValidationError, match=r"mqtts://|the certificate that it belongs to"):
        MqttConfig.model_validate(given)


def test_a_password_is_not_in_what_is_logged() -> None:
    given = {"name": "plc", "url": "mqtt://broker", "topics": ["a"], "username": "u", "password": "secret"}
    assert "secret" not in repr(MqttConfig.model_validate(given))


def test_bad_quality_arrives_as_bad(broker: Broker, context: SourceContext) -> None:
    async def run() -> list[Delivery]:
        async with connected(config(broker).build(context)) as deliveries:
            publish(broker, "plant/level", {"time": MS, "value": None})
            return await receive(deliveries, 1)

    (delivery,) = asyncio.run(run())
    (bad,) = delivery.samples
    assert math.isnan(bad.value)
    assert bad.quality == Quality.BAD


def certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    certificate, key = folder / "broker.pem", folder / "broker.key"
    command = [need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=20)
    return certificate, key


def test_tls_with_a_certificate_of_our_own(tmp_path: Path, context: SourceContext) -> None:
    certificate, key = certificates(tmp_path)
    tls = [f"certfile {certificate}", f"keyfile {key}", f"cafile {certificate}", "require_certificate true"]
    broker = Broker(tmp_path, *tls)
    broker.start()
    more = {
        "url": broker.url.replace("mqtt:", "mqtts:"),
        "ca_file": certificate,
        "certificate": certificate,
        "key": key,
    }

    async def run() -> list[Delivery]:
        async with connected(config(broker, **more).build(context)) as deliveries:
            files = ("--cafile", str(certificate), "--cert", str(certificate), "--key", str(key))
            publish(broker, "plant/level", *map(sample, range(3000)), flags=("-h", "127.0.0.1", *files))
            return await receive(deliveries, 3000)

    try:
        assert len(values(asyncio.run(run()))) == 3000
    finally:
        broker.stop()


def test_a_broker_that_nobody_vouches_for_is_not_spoken_to(tmp_path: Path, context: SourceContext) -> None:
    certificate, key = certificates(tmp_path)
    broker = Broker(tmp_path, f"certfile {certificate}", f"keyfile {key}")
    broker.start()

    async def run() -> None:
        async with config(broker, url=broker.url.replace("mqtt:", "mqtts:")).build(context) as source:
            await anext(aiter(source))

    try:
        with pytest.raises(ConfigurationError, match="certificate verify failed"):
            asyncio.run(asyncio.wait_for(run(), 20))
    finally:
        broker.stop()


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, context: SourceContext) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    given = {"name": "plc", "url": "mqtts://broker", "topics": ["a"], "ca_file": wrong}
    with pytest.raises(ConfigurationError, match=r"plc: TLS cannot use .*wrong\.pem"):
        MqttConfig.model_validate(given).build(context)
