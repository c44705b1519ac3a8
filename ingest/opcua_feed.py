"""The connection to an OPC UA server, and one subscription on it.

asyncua mends the connection and takes its session up again; a subscription that the server dropped is made anew here.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UaClientState
from asyncua.client.ua_session import UaSession
from asyncua.observer import Observer
from asyncua.ua import uaerrors
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from ingest.opcua_config import OpcUaConfig
from ingest.opcua_security import Identity, secure
from twin.clock import Clock
from twin.errors import ConfigurationError

log = structlog.get_logger()
logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # it logs every lost connection with its traceback; so do we

LOST = (OSError, TimeoutError, UaError)
"""What a call raises when the connection or the server is away for a while."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0
_ITEMS_PER_CALL = 500
_PER_MESSAGE = 10_000
_AHEAD = 20_000
_KEEP_ALIVE_S = 2.0
_SHORTEST_SILENCE_S = 5.0
_RETRY_MISSING_S = 60.0
_REPUBLISH = 1000
_REFUSED_LOGIN = (
    uaerrors.BadIdentityTokenInvalid,
    uaerrors.BadIdentityTokenRejected,
    uaerrors.BadUserAccessDenied,
    uaerrors.BadUserSignatureInvalid,
)
_REFUSED_CERTIFICATE = (
    uaerrors.BadSecurityChecksFailed,
    uaerrors.BadCertificateUntrusted,
    uaerrors.BadCertificateInvalid,
    uaerrors.BadCertificateUriInvalid,
    uaerrors.BadCertificateUseNotAllowed,
    uaerrors.BadCertificateTimeInvalid,
    uaerrors.BadCertificateIssuerTimeInvalid,
)
_CURRENT_TIME = ua.NodeId.from_string(f"i={ObjectIds.Server_ServerStatus_CurrentTime}")
_NAMESPACES = ua.NodeId.from_string(f"i={ObjectIds.Server_NamespaceArray}")
_ACCESS = AttributeIds.UserAccessLevel
_FILTERED = {
    StatusCodes.BadFilterNotAllowed,
    StatusCodes.BadMonitoredItemFilterInvalid,
    StatusCodes.BadMonitoredItemFilterUnsupported,
    StatusCodes.BadDeadbandFilterInvalid,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value that the server reports of an address."""

    address: str
    value: ua.DataValue


class _Watch(Observer):
    """Tells of every change of the connection, and of sessions: a new one has no subscription."""

    def __init__(self, changed: Callable[[UaClientState], None]) -> None:
        self._changed = changed
        self.sessions = 0

    def on_state_change(self, state: UaClientState) -> None:
        self._changed(state)

    def on_request(self, request_type: str, duration: float, error: BaseException | None) -> None:
        self.sessions += request_type == "CreateSessionRequest"


class Feed:
    """Reports the changes of some variables, and says when some may have been missed."""

    def __init__(self, config: OpcUaConfig, state: Path, clock: Clock) -> None:
        self._config = config
        self._state = state
        self._clock = clock
        self._addresses = tuple(config.tags)
        self._client: Client | None = None
        self._identity: Identity | None = None
        self._inbox: deque[list[ua.MonitoredItemNotification]] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._watch = _Watch(self._changed)
        self._session = 0
        self._subscription = 0
        self._sequence = 0
        self._heard = 0.0
        self._silence_s = 0.0
        self._retry_at = 0.0
        self._offset = timedelta()
        self.nodes: dict[str, ua.NodeId] = {}
        self.missing: dict[str, str] = {}
        self.historized: frozenset[str] = frozenset()
        self.gap: str | None = None

    @property
    def connected(self) -> bool:
        """Whether changes can arrive now."""
        return self._client is not None and self._client.state is UaClientState.CONNECTED and self._subscription > 0

    @property
    def session(self) -> UaSession:
        """The open session; raises ConnectionError."""
        if self._client is None:
            raise ConnectionError("not connected")
        return self._client.uaclient.session

    def server_now(self) -> datetime:
        """The server's time."""
        return self._clock.now() + self._offset

    async def close(self) -> None:
        """End the session; what the server still holds for it is dropped."""
        client, self._client = self._client, None
        if client is not None:
            await _end(client, self._config.timeout.total_seconds())

    async def open(self) -> None:
        """Connect and subscribe, however long it takes; raises ConfigurationError for what a person must correct."""
        pause = _FIRST_PAUSE_S
        while self._client is None:
            try:
                await self._connect()
            except _REFUSED_LOGIN as error:
                raise self._refused("user", "refuses the login", error) from error
            except _REFUSED_CERTIFICATE as error:
                raise self._refused("certificate", f"refuses our certificate{self._ours()}", error) from error
            except LOST as error:
                reason = f"{type(error).__name__}: {error}"
                log.warning(
                    "server away", source=self._config.name, url=self._config.url, pause_s=pause, reason=reason
                )
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        while not await self.mend():
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_PAUSE_S):
                    await self._wake.wait()

    async def mend(self) -> bool:
        """Subscribe again where that is needed; False while the server is away."""
        if self._client is None or self._client.state is not UaClientState.CONNECTED:
            return False
        try:
            if reason := self._unsubscribed():
                self.gap = reason
                await self._drop(self._subscription)
                await self._subscribe()
                log.info(
                    "subscribed",
                    source=self._config.name,
                    variables=len(self.nodes) - len(self.missing),
                    reason=reason,
                )
            elif self.missing and time.monotonic() > self._retry_at:
                await self._look_again()
        except ConfigurationError as error:
            if not self._session:
                raise
            await self._not_subscribed(error)
            return False
        except LOST as error:
            await self._not_subscribed(error)
            return False
        return True

    async def _look_again(self) -> None:
        """Ask for missing variables; those that are there now have a gap from the beginning."""
        before = len(self.missing)
        await self._monitor([address for address in self._addresses if address in self.missing])
        if len(self.missing) < before:
            self.historized = await self._with_history(self.session)
            self.gap = "variables found"

    async def _not_subscribed(self, error: Exception) -> None:
        log.error("not subscribed", source=self._config.name, reason=f"{type(error).__name__}: {error}")
        await self._drop(self._subscription)
        await asyncio.sleep(_FIRST_PAUSE_S)

    async def _drop(self, subscription: int) -> None:
        """Have the server forget a subscription; one that it forgot already is none."""
        self._subscription = 0
        if subscription:
            with contextlib.suppress(*LOST):
                await self.session.delete_subscriptions([subscription])

    async def take(self, wait_s: float) -> list[Change]:
        """All changes that are here, after at most that many seconds for the first of them."""
        if not self._inbox:
            self._wake.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                return []
        self._heard = time.monotonic()
        changes = [change for items in self._inbox for change in self._named(items)]
        self._inbox.clear()
        self._waiting = 0
        self._room.set()
        return changes

    def _named(self, items: list[ua.MonitoredItemNotification]) -> Iterator[Change]:
        for item in items:
            yield Change(self._addresses[item.ClientHandle], item.Value)

    async def _connect(self) -> None:
        seconds = self._config.timeout.total_seconds()
        client = Client(
            self._config.url,
            timeout=seconds,
            watchdog_intervall=seconds,
            auto_reconnect=True,
            reconnect_max_delay=_LONGEST_PAUSE_S,
            reconnect_request_timeout=seconds,
        )
        client.name = client.description = "Foretell"
        client.session_timeout = int(self._config.keep / timedelta(milliseconds=1))
        client.uaclient.observer = self._watch
        self._identity = await secure(client, self._config, self._state)
        await client.connect()
        self._client = client

    def _changed(self, state: UaClientState) -> None:
        level = log.info if state is UaClientState.CONNECTED else log.debug
        level("connection", source=self._config.name, url=self._config.url, state=state.value)
        self._heard = time.monotonic()
        self._wake.set()

    def _ours(self) -> str:
        if self._identity is None:
            return ""
        return f" {self._identity.file} (SHA-256 {self._identity.fingerprint}); trust it there"

    def _refused(self, field: str, what: str, error: UaStatusCodeError) -> ConfigurationError:
        code = ua.StatusCode(error.code).name
        return ConfigurationError(f"{self._config.name}: {self._config.url} {what}: {code}", field=field, value=code)

    def _unsubscribed(self) -> str | None:
        """Why a new subscription is needed, None when the one that there is lives."""
        if not self._session:
            return "first connection"
        if self._session != self._watch.sessions:
            return "new session"
        if not self._subscription:
            return "the server dropped the subscription"
        if time.monotonic() - self._heard > self._silence_s and not self._inbox:
            return "silence"
        return None

    async def _subscribe(self) -> None:
        session, number = self.session, self._watch.sessions
        self._subscription = self._sequence = 0
        result = await session.create_subscription(self._request(), self._received)
        self._heard = time.monotonic()
        keep_alive_s = result.RevisedPublishingInterval / 1000 * result.RevisedMaxKeepAliveCount
        self._silence_s = max(3 * keep_alive_s, _SHORTEST_SILENCE_S)
        self._subscription = int(result.SubscriptionId)
        self.nodes = await self._resolve(session)
        await self._monitor(self._addresses)
        self.historized = await self._with_history(session)
        [now] = await session.read_attributes([_CURRENT_TIME], AttributeIds.Value)
        if now.Value is not None and isinstance(now.Value.Value, datetime):
            self._offset = now.Value.Value.replace(tzinfo=UTC) - self._clock.now()
        self._session = number

    def _request(self) -> ua.CreateSubscriptionParameters:
        interval_s = self._config.publishing_interval.total_seconds()
        keep_alive = max(1, round(_KEEP_ALIVE_S / interval_s))
        return ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=interval_s * 1000,
            RequestedMaxKeepAliveCount=keep_alive,
            RequestedLifetimeCount=max(3 * keep_alive, round(self._config.keep.total_seconds() / interval_s)),
            MaxNotificationsPerPublish=_PER_MESSAGE,
            PublishingEnabled=True,
        )

    async def _resolve(self, session: UaSession) -> dict[str, ua.NodeId]:
        """Node ids of the addresses, with the namespace indices that the server has now."""
        uris: list[str] = []
        if any(address.startswith("nsu=") for address in self._addresses):
            [array] = await session.read_attributes([_NAMESPACES], AttributeIds.Value)
            uris = list(array.Value.Value) if array.Value is not None else []
        return {address: node_id(address, uris) for address in self._addresses}

    async def _with_history(self, session: UaSession) -> frozenset[str]:
        """Addresses whose history we may read."""
        found: set[str] = set()
        for start in range(0, len(self._addresses), _ITEMS_PER_CALL):
            part = self._addresses[start : start + _ITEMS_PER_CALL]
            levels = await session.read_attributes([self.nodes[address] for address in part], _ACCESS)
            for address, level in zip(part, levels, strict=True):
                bits = level.Value.Value if level.Value is not None else None
                if isinstance(bits, int) and bits >> ua.AccessLevel.HistoryRead & 1:
                    found.add(address)
        return frozenset(found)

    async def _monitor(self, addresses: Sequence[str]) -> None:
        handles = {address: handle for handle, address in enumerate(self._addresses)}
        self._retry_at = time.monotonic() + _RETRY_MISSING_S
        for start in range(0, len(addresses), _ITEMS_PER_CALL):
            part = addresses[start : start + _ITEMS_PER_CALL]
            results = await self._create(part, handles, filtered=True)
            plain = [address for address, code in results.items() if code.value in _FILTERED]
            if plain:
                log.warning(
                    "server refuses the filter", source=self._config.name, variables=len(plain), first=plain[0]
                )
                results |= await self._create(plain, handles, filtered=False)
            for address, code in results.items():
                self._note(address, code)
        if len(self.missing) == len(self._addresses):
            address, reason = next(iter(self.missing.items()))
            raise ConfigurationError(
                f"{self._config.name}: {self._config.url} has none of the {len(self._addresses)} variables; "
                f"{address} for tag {self._config.tags[address].tag}: {reason}",
                field="tags",
                value=address,
            )

    def _note(self, address: str, code: ua.StatusCode) -> None:
        if code.is_good():
            if self.missing.pop(address, None) is not None:
                log.info("variable found", source=self._config.name, node=address)
        elif address not in self.missing:
            self.missing[address] = code.name
            tag = self._config.tags[address].tag
            log.error("variable missing", source=self._config.name, node=address, tag=tag, reason=code.name)

    async def _create(
        self, addresses: Sequence[str], handles: dict[str, int], *, filtered: bool
    ) -> dict[str, ua.StatusCode]:
        config = self._config
        sampling = -1.0 if config.sampling_interval is None else config.sampling_interval / timedelta(milliseconds=1)
        requests = [
            ua.MonitoredItemCreateRequest(
                ItemToMonitor=ua.ReadValueId(NodeId=self.nodes[address], AttributeId=AttributeIds.Value),
                MonitoringMode=ua.MonitoringMode.Reporting,
                RequestedParameters=ua.MonitoringParameters(
                    ClientHandle=handles[address],
                    SamplingInterval=sampling,
                    Filter=self._filter() if filtered else None,
                    QueueSize=config.queue_size,
                    DiscardOldest=config.discard_oldest,
                ),
            )
            for address in addresses
        ]
        times = ua.TimestampsToReturn.Both if config.server_time else ua.TimestampsToReturn.Source
        results = await self.session.create_monitored_items(
            ua.CreateMonitoredItemsParameters(self._subscription, times, requests)
        )
        return {address: result.StatusCode for address, result in zip(addresses, results, strict=True)}

    def _filter(self) -> ua.DataChangeFilter:
        trigger = (
            ua.DataChangeTrigger.StatusValueTimestamp if self._config.repeats else ua.DataChangeTrigger.StatusValue
        )
        if self._config.deadband is not None:
            return ua.DataChangeFilter(trigger, ua.DeadbandType.Absolute, self._config.deadband)
        if self._config.deadband_percent is not None:
            return ua.DataChangeFilter(trigger, ua.DeadbandType.Percent, self._config.deadband_percent)
        return ua.DataChangeFilter(trigger, ua.DeadbandType.None_, 0.0)

    async def _received(self, result: ua.PublishResult) -> None:
        """One publish response; the next is asked for when this returns, so a full inbox holds the server back."""
        if result.SubscriptionId != self._subscription and self._subscription:
            return
        self._heard = time.monotonic()
        message = result.NotificationMessage
        for number in range(
            max(self._sequence + 1, int(message.SequenceNumber) - _REPUBLISH), message.SequenceNumber
        ):
            await self._again(result.SubscriptionId, number)
        carries = bool(message.NotificationData)
        self._sequence = int(message.SequenceNumber) - (0 if carries else 1)
        self._keep(message)
        while self._waiting >= _AHEAD:
            self._room.clear()
            await self._room.wait()
            self._heard = time.monotonic()

    async def _again(self, subscription: int, number: int) -> None:
        """Ask for a message that never came; a server that no longer has it leaves a gap."""
        try:
            message = await self.session.republish(subscription, number)
        except LOST:
            message = None
        if message is not None and message.NotificationData:
            self._keep(message)
        else:
            self.gap = f"message {number} never came"
            self._wake.set()

    def _keep(self, message: ua.NotificationMessage) -> None:
        for data in message.NotificationData or ():
            if isinstance(data, ua.DataChangeNotification):
                self._inbox.append(data.MonitoredItems)
                self._waiting += len(data.MonitoredItems)
            elif isinstance(data, ua.StatusChangeNotification) and data.Status.is_bad():
                self._subscription = 0
        self._wake.set()


def node_id(address: str, uris: Sequence[str]) -> ua.NodeId:
    """`ns=2;s=FIC101.PV`, `i=2258` or `nsu=<uri>;s=FIC101.PV`; raises ConfigurationError."""
    try:
        if address.startswith("nsu="):
            uri, _, rest = address.removeprefix("nsu=").partition(";")
            return ua.NodeId.from_string(f"ns={list(uris).index(uri)};{rest}")
        return ua.NodeId.from_string(address)
    except ValueError as error:
        known = f"; the server's namespaces are {', '.join(uris)}" if address.startswith("nsu=") else ""
        raise ConfigurationError(
            f"tags: {address} is no node id of the server, such as ns=2;s=FIC101.PV{known}",
            field="tags",
            value=address,
        ) from error
    except UaError as error:
        raise ConfigurationError(f"tags: {address}: {error}", field="tags", value=address) from error


async def _end(client: Client, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await client.disconnect()
    except LOST:
        log.debug("the session was not closed; the server drops it after a while")
