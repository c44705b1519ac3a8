"""A connection to an MQTT broker that mends itself and acknowledges when it is told to.

paho-mqtt runs inside the event loop (its external-loop interface) because aiomqtt 2.5 has neither manual
acknowledgement nor a bound on what it queues.
"""

import asyncio
import contextlib
import random
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import structlog
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.broker_config import BrokerConfig
from twin.clock import Clock
from twin.errors import ConfigurationError

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

log = structlog.get_logger()

_ANSWER_S, _GOODBYE_S = 10.0, 2.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0
_PACKETS_AT_ONCE = 500
_HELD_BYTES, _MESSAGE_BYTES = 32 << 20, 300
_GATHER_S, _GATHER_MESSAGES, _GATHER_BYTES = 0.005, 2000, 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FOR_A_PERSON = {
    "Bad user name or password",
    "Client identifier not valid",
    "Not authorized",
    "Unsupported protocol version",
}


@dataclass(slots=True, eq=False)
class Message:
    """A message as it came; `arrived` is microseconds since the epoch, `done` that it may be acknowledged.

    A retained one lay at the broker for an unknown time.
    """

    topic: str
    payload: bytes
    arrived: int
    number: int
    qos: int
    retained: bool = False
    done: bool = False

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return len(self.payload) + _MESSAGE_BYTES


@dataclass(frozen=True, slots=True)
class Presence:
    """What a host says of itself, retained: `online` once subscribed, `offline` when it leaves or is lost."""

    topic: str
    online: bytes
    offline: bytes


class MqttLink:
    """Messages of some subscriptions, at QoS 1, each acknowledged only by `acknowledge` and in the order of arrival.

    Raises ConfigurationError from `gather` when the broker refuses the first connection for a reason that a person
    must correct; everything else it tries again after a growing pause.
    """

    def __init__(
        self,
        config: BrokerConfig,
        client_id: str,
        filters: Sequence[str],
        clock: Clock,
        *,
        persistent: bool = True,
        presence: Callable[[], Presence] | None = None,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self.connected = False
        self._config = config
        self._filters = list(filters)
        self._clock = clock
        self._persistent = persistent
        self._presence = presence
        self._said: Presence | None = None
        self._on_connected = on_connected
        self._connections = 0
        self._inbox: deque[Message] = deque()
        self._unacknowledged: deque[Message] = deque()
        self._held_bytes = 0
        self._received = 0
        self._paused: int | None = None
        self._fault: ConfigurationError | None = None
        self._why = ""
        self._client = self._make_client(client_id)

    def _make_client(self, client_id: str) -> Client:
        five = self._config.protocol == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            clean_session=None if five else not self._persistent,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = _ANSWER_S
        password = self._config.password
        if self._config.username is not None:
            client.username_pw_set(self._config.username, password.get_secret_value() if password else None)
        if self._config.url.startswith("mqtts:"):
            client.tls_set_context(self._tls())
        client.on_message = self._on_message
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_want_write
        client.on_socket_unregister_write = self._on_written
        return client

    def _tls(self) -> ssl.SSLContext:
        config = self._config
        try:
            context = ssl.create_default_context(cafile=config.ca_file)
            if config.certificate is not None:
                context.load_cert_chain(config.certificate, config.key)
        except OSError as error:
            files = ", ".join(str(file) for file in (config.ca_file, config.certificate, config.key) if file)
            raise ConfigurationError(f"{config.name}: TLS cannot use {files}: {error}", field="ca_file") from error
        return context

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._lost = asyncio.Event()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._keeper = asyncio.create_task(self._keep())
        self._keeper.add_done_callback(lambda keeper: self._news.set())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if self.connected:
            if self._said is not None:
                self.publish(self._said.topic, self._said.offline, qos=1, retain=True)
            self._client.disconnect()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), _GOODBYE_S)
        self._drop_connection()

    async def gather(self) -> list[Message]:
        """What came, at least one message; waits a few milliseconds for more."""
        while not self._inbox:
            if self._keeper.done():
                self._keeper.result()
            self._news.clear()
            await self._news.wait()
        if len(self._inbox) < _GATHER_MESSAGES and self._held_bytes < _GATHER_BYTES:
            await asyncio.sleep(_GATHER_S)
        taken: list[Message] = []
        size = 0
        while self._inbox and len(taken) < _GATHER_MESSAGES and size < _GATHER_BYTES:
            taken.append(self._inbox.popleft())
            size += taken[-1].size
        self._held_bytes -= size
        if self._paused is not None and self._held_bytes < _HELD_BYTES // 2:
            self._loop.add_reader(self._paused, self._read)
            self._paused = None
        return taken

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """The broker may forget these; messages of an earlier connection come again by themselves.

        PUBACKs go out in the order in which the messages came (MQTT 5, 4.6): one waits for those before it.
        """
        for message in messages:
            message.done = True
        while self._unacknowledged and self._unacknowledged[0].done:
            message = self._unacknowledged.popleft()
            self._client.ack(message.number, message.qos)

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Send, when there is a connection."""
        if self.connected:
            self._client.publish(topic, payload, qos=qos, retain=retain)

    async def _keep(self) -> None:
        """Connect, stay, and connect again."""
        pause = _FIRST_PAUSE_S
        while True:
            began = self._loop.time()
            try:
                await self._connect()
                await self._stay()
            except (OSError, TimeoutError) as error:
                self._why = str(error) or f"no answer within {_ANSWER_S:g} s"
                if isinstance(error, ssl.SSLError):
                    self._refuse(self._why)
            self._drop_connection()
            if self._fault is not None:
                raise self._fault
            if self._loop.time() - began > _LONGEST_PAUSE_S:
                pause = _FIRST_PAUSE_S
            log.warning("broker away", source=self._config.name, reason=self._why, pause_s=pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 only spreads reconnections
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    async def _connect(self) -> None:
        """Connected and subscribed on return, or given up by the broker."""
        self._lost.clear()
        self._ready = self._loop.create_future()
        if self._presence is not None:
            self._said = self._presence()
            self._client.will_set(self._said.topic, self._said.offline, qos=1, retain=True)
        await asyncio.to_thread(self._open)
        lost = asyncio.create_task(self._lost.wait())
        try:
            async with asyncio.timeout(_ANSWER_S):
                await asyncio.wait((self._ready, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
        if self._ready.done():
            self._connections += 1
            self.connected = True
            log.info("broker connected", source=self._config.name, broker=self._config.url)
            if self._said is not None:
                self.publish(self._said.topic, self._said.online, qos=1, retain=True)
            self._on_connected()

    def _open(self) -> None:
        host, port = self._config.address
        options: dict[str, Any] = {}
        if self._config.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.ReceiveMaximum = self._config.receive_maximum
            if self._persistent:
                properties.SessionExpiryInterval = int(self._config.session_expiry.total_seconds())
            options = {"clean_start": not self._persistent, "properties": properties}
        self._client.connect(host, port, int(self._config.keep_alive.total_seconds()), **options)

    async def _stay(self) -> None:
        """Until the connection is lost; pings when it is idle."""
        while not self._lost.is_set():
            self._client.loop_misc()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), 1.0)

    def _drop_connection(self) -> None:
        self.connected = False
        self._unacknowledged.clear()
        sock = self._client.socket()
        if sock is not None:
            self._on_socket_close(self._client, None, sock)
            sock.close()

    def _refuse(self, reason: str) -> None:
        """A person must correct this when it happens at the first connection; later it is tried again."""
        self._why = reason
        if self._connections == 0:
            detail = f"{self._config.name}: {self._config.url} refuses the connection: {reason}"
            self._fault = ConfigurationError(detail, field="url", value=self._config.url)

    def _read(self) -> None:
        for _ in range(_PACKETS_AT_ONCE):
            before, sock = self._received, self._client.socket()
            try:
                self._client.loop_read()
            except Exception as error:  # whatever paho meets in a packet of a broken broker
                self._why = f"{type(error).__name__}: {error}"
                self._lost.set()
                return
            pending = isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending()
            if self._paused is not None or (self._received == before and not pending):
                return
        self._loop.call_soon(self._read)

    def _on_message(self, client: Client, data: object, message: MQTTMessage) -> None:
        self._received += 1
        arrived = (self._clock.now() - _EPOCH) // _MICROSECOND
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\N{REPLACEMENT CHARACTER}"
        kept = Message(topic, bytes(message.payload), arrived, message.mid, message.qos, message.retain)
        self._inbox.append(kept)
        if message.qos:
            self._unacknowledged.append(kept)
        self._held_bytes += kept.size
        self._news.set()
        sock = self._client.socket()
        if self._held_bytes > _HELD_BYTES and self._paused is None and sock is not None:
            self._paused = sock.fileno()
            self._loop.remove_reader(self._paused)

    def _on_connect(
        self, client: Client, data: object, flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._why = str(code)
            if str(code) in _FOR_A_PERSON:
                self._refuse(str(code))
            self._lost.set()
            return
        if self._persistent and self._connections and not flags.session_present:
            log.error("the broker forgot our session and the messages in it", source=self._config.name)
        client.subscribe([(name, 1) for name in self._filters])

    def _on_subscribe(
        self, client: Client, data: object, mid: int, codes: list[ReasonCode], properties: Properties | None
    ) -> None:
        refused = [f"{name} ({code})" for name, code in zip(self._filters, codes, strict=False) if code.is_failure]
        if refused:
            self._refuse(f"no subscription to {', '.join(refused)}")
            self._lost.set()
        elif not self._ready.done():
            self._ready.set_result(None)

    def _on_disconnect(
        self, client: Client, data: object, flags: object, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._why = self._why if self._fault else str(code)
        self._lost.set()

    def _on_socket_open(self, client: Client, data: object, sock: "SocketLike") -> None:
        self._loop.call_soon_threadsafe(self._loop.add_reader, sock.fileno(), self._read)

    def _on_socket_close(self, client: Client, data: object, sock: "SocketLike") -> None:
        self._paused = None
        if sock.fileno() >= 0:
            self._loop.remove_reader(sock.fileno())
            self._loop.remove_writer(sock.fileno())

    def _on_want_write(self, client: Client, data: object, sock: "SocketLike") -> None:
        self._loop.call_soon_threadsafe(self._add_writer, sock)

    def _add_writer(self, sock: "SocketLike") -> None:
        if sock.fileno() >= 0:
            self._loop.add_writer(sock.fileno(), self._write)

    def _write(self) -> None:
        """Reads first: paho drops the socket when a write fails, and with it what a broker sent before it died."""
        if self._paused is None:
            self._read()
        if self._client.want_write() and self._client.loop_write() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._lost.set()

    def _on_written(self, client: Client, data: object, sock: "SocketLike") -> None:
        if sock.fileno() >= 0:
            self._loop.remove_writer(sock.fileno())
