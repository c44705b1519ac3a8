"""OPC UA as a source: a subscription, and the server's history for what the subscription missed.

It reads and nothing else: no service that writes to a server or calls a method of it is used anywhere.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from asyncua import ua
from asyncua.ua.uaerrors import UaStatusCodeError

from ingest.opcua_config import OpcUaConfig
from ingest.opcua_feed import LOST, Change, Feed
from ingest.opcua_history import GapKind, Gaps, Page, microseconds, moment_of
from ingest.opcua_positions import Positions, Receipt
from ingest.opcua_values import Columns, overflowed
from ingest.source_config import SourceContext
from twin.delivery import Delivery, Unreadable
from twin.errors import ConfigurationError

log = structlog.get_logger()

_LOOK_S = 1.0
_TRIES = 8


class OpcUaSource:
    """The variables of one server; gaps are filled from its history where it has one.

    A delivery's receipt says up to which source time each variable is complete. While a gap is open its variables'
    positions stand still, so that a restart reads the gap again.
    """

    def __init__(self, config: OpcUaConfig, context: SourceContext) -> None:
        self._config = config
        self._clock = context.clock
        self._feed = Feed(config, context.state, context.clock)
        self._columns = Columns(tuple(config.tags), server_time=config.server_time)
        self._file = context.state / "positions.json"
        self._gaps = Gaps(config.name, config.history_lag.total_seconds())
        self._positions: Positions | None = None
        self._received: dict[str, int] = {}
        self._released: set[str] = set()
        self._backfilled: dict[str, int] = {}
        self._unreadable: list[Unreadable] = []
        self._begun = False
        self._told: set[str] = set()
        self._tries = 0
        self._retry_at = 0.0
        self.overflows = 0

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return self._config.name

    @property
    def connected(self) -> bool:
        """Whether samples can arrive now."""
        return self._feed.connected

    async def __aenter__(self) -> Self:
        self._positions = await asyncio.to_thread(Positions, self._file)
        self._check_history_from(self._positions)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._feed.close()
        if self._positions is not None:
            await asyncio.to_thread(self._positions.write)

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        await self._feed.open()
        while True:
            mended = await self._feed.mend()
            changes = await self._feed.take(self._wait(mended))
            if self._feed.gap is not None:
                await self._open_gap(self._feed.gap)
            if changes and (delivery := self._live(changes)) is not None:
                yield delivery
            if mended and self._wait(mended) == 0 and (delivery := await self._history()) is not None:
                yield delivery

    async def acknowledge(self, delivery: Delivery) -> None:
        """Move the positions; they are on the disk within a second, and when the source is left."""
        if self._positions is not None and isinstance(delivery.receipt, Receipt):
            self._positions.move(delivery.receipt)
            if self._positions.due:
                await asyncio.to_thread(self._positions.write)

    def _check_history_from(self, positions: Positions) -> None:
        since, limit = self._config.history_from, self._config.max_age
        if since is None or self._clock.now() - since <= limit:
            return
        if positions.backfill_needed(self._config.tags, microseconds(since)):
            days = limit / timedelta(days=1)
            raise ConfigurationError(
                f"{self.name}: history_from = {since.isoformat()} lies further back than max_age = {days:g} d; "
                "its samples would become dead letters",
                field="history_from",
                value=since.isoformat(),
                limit=days,
                unit="d",
            )

    def _wait(self, mended: bool) -> float:
        """Seconds until there is something else to do than to listen."""
        until_history = self._gaps.wait(time.monotonic())
        if until_history is None or not mended:
            return _LOOK_S
        return min(_LOOK_S, max(until_history, self._retry_at - time.monotonic()))

    async def _open_gap(self, reason: str) -> None:
        """What may be missing since the last sample that came, or that was kept before a restart."""
        self._feed.gap = None
        positions, now_us = self._known_positions(), microseconds(self._feed.server_now())
        await asyncio.to_thread(positions.begin, self._config.tags, now_us)
        for address, code in self._feed.missing.items():
            self._missing(address, code)
        if not self._begun:
            self._begun = True
            self._backfill(positions)
        self._gap({address: self._safe(address) for address in self._config.tags}, reason)

    def _safe(self, address: str) -> int:
        """Source time up to which nothing of an address is missing but what a gap says."""
        received = self._received.get(address)
        return self._known_positions().position(address) if received is None else received

    def _known_positions(self) -> Positions:
        if self._positions is None:
            raise RuntimeError(f"{self.name} is read before it is entered")
        return self._positions

    def _missing(self, address: str, code: str) -> None:
        if address not in self._told:
            self._told.add(address)
            tag = self._config.tags[address].tag
            detail = f"{address} for tag {tag} cannot be read from {self._config.url}: {code}"
            self._unreadable.append(Unreadable(address.encode(), "no such variable", detail))

    def _backfill(self, positions: Positions) -> None:
        if self._config.history_from is not None:
            since = microseconds(self._config.history_from)
            needed = positions.backfill_needed(self._config.tags, since)
            self._gap(dict.fromkeys(needed, since), "history_from", GapKind.BACKFILL)

    def _gap(self, starts: dict[str, int], reason: str, kind: GapKind = GapKind.SUBSCRIPTION) -> None:
        """Have the history read; that there is none is said."""
        fillable = {address: start for address, start in starts.items() if address in self._feed.historized}
        without = [address for address in starts if address not in fillable and address not in self._feed.missing]
        if without:
            log.warning(
                "no history to fill a gap from",
                source=self.name,
                reason=reason,
                variables=len(without),
                first=without[0],
                since=moment_of(min(starts[address] for address in without)).isoformat(),
            )
        self._gaps.add(fillable, reason, time.monotonic(), kind)

    def _live(self, changes: Sequence[Change]) -> Delivery | None:
        overflowing = {
            change.address: self._safe(change.address)
            for change in changes
            if change.value.StatusCode is not None and overflowed(change.value.StatusCode.value)
        }
        if overflowing:
            self.overflows += len(overflowing)
            log.warning("the server's queue ran over", source=self.name, variables=len(overflowing))
            self._gap(overflowing, "queue overflow", GapKind.OVERFLOW)
        latest = self._latest((change.address, change.value) for change in changes)
        held = self._gaps.held()
        positions = {address: self._received[address] for address in latest if address not in held}
        return self._delivery([(change.address, change.value) for change in changes], positions)

    def _latest(self, values: Iterable[tuple[str, ua.DataValue]]) -> set[str]:
        """Note how far each address has come; gives the addresses."""
        seen = set()
        for address, value in values:
            came = value.SourceTimestamp or (value.ServerTimestamp if self._config.server_time else None)
            if came is not None:
                seen.add(address)
                self._received[address] = max(self._received.get(address, 0), microseconds(came))
        return seen

    async def _history(self) -> Delivery | None:
        """The next page; a server that keeps refusing leaves the gap unfilled."""
        end = self._feed.server_now()
        try:
            page = await self._gaps.page(self._feed.session, self._feed.nodes, end)
        except LOST as error:
            self._tries += isinstance(error, UaStatusCodeError) and self._feed.connected
            self._retry_at = time.monotonic() + _LOOK_S
            log.warning("history not read", source=self.name, reason=f"{type(error).__name__}: {error}")
            if self._tries < _TRIES:
                return None
            page = self._gaps.give_up(f"{type(error).__name__}: {error}")
        self._tries = 0
        return self._page(page)

    def _page(self, page: Page) -> Delivery | None:
        if page.backfill and self._config.history_from is not None:
            self._backfilled |= dict.fromkeys(page.done, microseconds(self._config.history_from))
            return self._delivery(page.values, {})
        self._latest(page.values)
        self._released.update(page.done)
        return self._delivery(page.values, page.reached)

    def _delivery(self, values: Sequence[tuple[str, ua.DataValue]], positions: dict[str, int]) -> Delivery | None:
        """None when nothing is to be delivered; what the receipt would have said is then said by the next one."""
        batch, unreadable = self._columns.of(values)
        unreadable, self._unreadable = (*self._unreadable, *unreadable), []
        if not len(batch) and not unreadable:
            return None
        free = self._released - self._gaps.held()
        positions |= {address: self._received[address] for address in free if address in self._received}
        backfilled, self._backfilled, self._released = self._backfilled, {}, set()
        return Delivery(batch, unreadable, Receipt(positions, backfilled))
