"""Sparkplug B over a real broker: an edge node of pysparkplug's, a rebirth that is asked for and given, a death."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.source_config import SourceContext
from ingest.sparkplug import SparkplugConfig, SparkplugSource
from ingest.sparkplug_payload import Payload
from twin.clock import SystemClock
from twin.delivery import Delivery
from twin.plant import Plant
from twin.sample import Quality, Sample

from .broker import Broker, need
from .sparkplug_node import EdgeNode, Published

MS = int(datetime.now(UTC).timestamp() * 1000) - 60_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def context(small_plant: Plant, tmp_path: Path) -> SourceContext:
    return SourceContext(small_plant, SystemClock(), tmp_path)


def source(broker: Broker, context: SourceContext, **more: object) -> SparkplugSource:
    return SparkplugConfig.model_validate({"name": "edge", "url": broker.url, **more}).build(context)


class Wire:
    """The node's connection: its will is its death, and it keeps the commands that come."""

    def __init__(self, broker: Broker, node: EdgeNode) -> None:
        self.commands: list[bytes] = []
        self._news = threading.Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        topic, payload = node.death()
        self._client.will_set(topic, payload, qos=1)
        self._client.on_message = self._on_message
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self._client.subscribe("spBv1.0/g/NCMD/n", 1)
        assert subscribed.wait(10)

    def _on_message(self, client: object, data: object, message: paho.MQTTMessage) -> None:
        with self._news:
            self.commands.append(message.payload)
            self._news.notify_all()

    def send(self, *messages: Published) -> None:
        for topic, payload in messages:
            self._client.publish(topic, payload, qos=0).wait_for_publish(10)

    def wait_for_command(self) -> None:
        with self._news:
            assert self._news.wait_for(lambda: bool(self.commands), 10), "no rebirth was asked for"

    def die(self) -> None:
        """Without a word: the broker sends the will."""
        self._client.loop_stop()
        sock = self._client.socket()
        assert sock is not None
        sock.close()


async def connected(live: SparkplugSource) -> None:
    async with asyncio.timeout(10):
        while not live.connected:  # noqa: ASYNC110 there is no event to wait for
            await asyncio.sleep(0.01)


async def receive(live: SparkplugSource, samples: int) -> list[Delivery]:
    got: list[Delivery] = []
    async with asyncio.timeout(20):
        async for delivery in live:
            got.append(delivery)
            await live.acknowledge(delivery)
            if sum(len(d.samples) for d in got) >= samples:
                break
    return got


def samples_of(got: list[Delivery]) -> list[Sample]:
    return [sample for delivery in got for sample in delivery.samples]  # type: ignore[union-attr]


def test_births_data_a_gap_a_rebirth_and_a_death(broker: Broker, context: SourceContext) -> None:
    node = EdgeNode()

    async def run() -> list[Sample]:
        async with source(broker, context) as live:
            await connected(live)
            wire = await asyncio.to_thread(Wire, broker, node)
            wire.send(node.birth({"speed": 1.0}, MS, first_alias=1), node.birth({"t": 2.0}, MS, "d", first_alias=2))
            wire.send(node.data({"t": 3.0}, MS + 1, "d"))
            got = await receive(live, 3)
            node.data({"t": 4.0}, MS + 2, "d")  # is lost
            wire.send(node.data({"t": 5.0}, MS + 3, "d"))
            waiting = asyncio.create_task(receive(live, 2))
            await asyncio.to_thread(wire.wait_for_command)
            wire.send(node.birth({"speed": 1.0}, MS + 4, first_alias=5), node.birth({"t": 5.0}, MS + 4, "d", 9))
            got += await waiting
            dying = asyncio.create_task(receive(live, 2))
            wire.die()
            got += await dying
            assert len(wire.commands) == 1
            assert Payload.FromString(wire.commands[0]).metrics[0].name == "Node Control/Rebirth"
            assert [u.reason for d in got for u in d.unreadable] == ["alias after a sequence gap"]
            return samples_of(got)

    stored = asyncio.run(run())
    assert [(s.tag, s.value) for s in stored[:-2]] == [
        ("g/n//speed", 1.0),
        ("g/n/d/t", 2.0),
        ("g/n/d/t", 3.0),
        ("g/n//speed", 1.0),
        ("g/n/d/t", 5.0),
    ]
    assert [(s.tag, s.quality) for s in stored[-2:]] == [("g/n//speed", Quality.BAD), ("g/n/d/t", Quality.BAD)]


def test_after_the_broker_was_killed_the_nodes_are_asked_for_their_births(
    broker: Broker, context: SourceContext
) -> None:
    node = EdgeNode()

    async def run() -> None:
        async with source(broker, context) as live:
            await connected(live)
            wire = await asyncio.to_thread(Wire, broker, node)
            wire.send(node.birth({"speed": 1.0}, MS))
            await receive(live, 1)
            reading = asyncio.create_task(receive(live, 1))
            await asyncio.to_thread(broker.kill)
            await asyncio.to_thread(broker.start)
            again = await asyncio.to_thread(Wire, broker, node)
            await asyncio.to_thread(connect_and_wait, broker)
            again.send(node.data({"speed": 2.0}, MS + 1, named=True))
            await asyncio.to_thread(again.wait_for_command)
            await reading

    asyncio.run(asyncio.wait_for(run(), 40))


def connect_and_wait(broker: Broker) -> None:
    """Until the source has subscribed again."""
    log, pause = broker.folder / "mosquitto.log", threading.Event()
    for _ in range(1000):
        if log.read_text().count("Sending SUBACK to foretell") >= 2:
            return
        pause.wait(0.02)
    raise AssertionError("the source did not come back")


def test_the_host_says_that_it_is_there_and_that_it_leaves(broker: Broker, context: SourceContext) -> None:
    command = [need("mosquitto_sub"), "-p", str(broker.port), "-t", "spBv1.0/STATE/foretell", "-C", "1", "-W", "10"]

    def state() -> bool:
        said: bool = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=20).stdout)["online"]
        return said

    async def run() -> bool:
        async with source(broker, context, host_id="foretell") as live:
            await connected(live)
            return await asyncio.to_thread(state)

    assert asyncio.run(run())
    assert not state()


def test_nothing_is_sent_where_a_person_forbids_it(broker: Broker, context: SourceContext) -> None:
    node = EdgeNode()

    async def run() -> Wire:
        async with source(broker, context, ask_rebirth=False) as live:
            await connected(live)
            wire = await asyncio.to_thread(Wire, broker, node)
            wire.send(node.data({"speed": 1.0}, MS, named=True), node.birth({"speed": 1.0}, MS))
            await receive(live, 1)
            return wire

    assert asyncio.run(run()).commands == []
    assert "Received PUBLISH from foretell" not in (broker.folder / "mosquitto.log").read_text()
