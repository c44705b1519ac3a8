"""Filling gaps from a server's own history: raw HistoryRead, page by page (OPC 10000-11, 6.4.3)."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import reduce

import structlog
from asyncua import ua
from asyncua.client.ua_session import UaSession
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaStatusCodeError

log = structlog.get_logger()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_NODES, _VALUES, _FEWEST_VALUES = 20, 500, 10
_NEAR_US = 10_000_000
_TOO_MUCH = frozenset(
    {
        StatusCodes.BadTooManyOperations,
        StatusCodes.BadEncodingLimitsExceeded,
        StatusCodes.BadResponseTooLarge,
        StatusCodes.BadTcpMessageTooLarge,
        StatusCodes.BadNoContinuationPoints,
    }
)
_NO_HISTORY = frozenset(
    {
        StatusCodes.BadHistoryOperationUnsupported,
        StatusCodes.BadHistoryOperationInvalid,
        StatusCodes.BadServiceUnsupported,
        StatusCodes.BadNotImplemented,
        StatusCodes.BadNotSupported,
        StatusCodes.BadUserAccessDenied,
    }
)


def microseconds(moment: datetime) -> int:
    """Since the epoch, UTC; a naive moment is UTC."""
    return ((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) - _EPOCH) // _US


def moment_of(time_us: int) -> datetime:
    """The other way round."""
    return _EPOCH + time_us * _US


class GapKind(StrEnum):
    """Why something is missing: no subscription, a queue of the server that ran over, or it was never read."""

    SUBSCRIPTION = "subscription"
    OVERFLOW = "overflow"
    BACKFILL = "backfill"


@dataclass(eq=False, slots=True)
class Gap:
    """A stretch of time that must be read again.

    Attributes:
        starts: microsecond since the epoch to read from, by address; an address that is done is taken out.
        reason: for the log.
        kind: why it is there.
        opened: when it was noted, in seconds of the monotonic clock.
        due: when to read it, by the same clock: the server's history is a little behind.
    """

    starts: dict[str, int]
    reason: str
    kind: GapKind
    opened: float
    due: float


@dataclass(frozen=True, slots=True)
class Page:
    """What one HistoryRead gave.

    Attributes:
        values: (address, value), each address's in the order of time.
        reached: source time up to which the gap is read, microseconds, by address.
        done: addresses of which the gap is read to its end.
        backfill: the gap lies before all that was ever received, and so says nothing of positions.
    """

    values: list[tuple[str, ua.DataValue]]
    reached: dict[str, int]
    done: list[str]
    backfill: bool


@dataclass(frozen=True, slots=True)
class _Read:
    addresses: tuple[str, ...]
    start: int
    values: int = _VALUES
    continuation: Mapping[str, bytes] = field(default_factory=dict)


class Gaps:
    """Gaps in the order in which they opened, read one after the other."""

    def __init__(self, source: str, lag_s: float) -> None:
        """`lag_s`: how long after a value the server's history is sure to hold it."""
        self._source = source
        self._lag_s = lag_s
        self._gaps: deque[Gap] = deque()
        self._end = 0
        self._reads: deque[_Read] = deque()

    def add(self, starts: Mapping[str, int], reason: str, now: float, kind: GapKind = GapKind.SUBSCRIPTION) -> None:
        """Note a gap, by address the microsecond to read from."""
        if kind is GapKind.SUBSCRIPTION:
            starts = self._take_over(starts)
        last = self._gaps[-1] if len(self._gaps) > bool(self._reads) else None
        if kind is GapKind.OVERFLOW and last is not None and self._widens(last, now):
            last.starts = _earliest(last.starts, starts)
            last.due = now + self._lag_s
        elif starts:
            self._gaps.append(Gap(dict(starts), reason, kind, now, now + self._lag_s))

    def _take_over(self, starts: Mapping[str, int]) -> Mapping[str, int]:
        """With a new subscription all that is open is put off until the history holds what came before it."""
        older = [gap for gap in self._gaps if gap.kind is not GapKind.BACKFILL]
        if self._gaps and self._gaps[0] in older:
            self._reads.clear()
        self._gaps = deque(gap for gap in self._gaps if gap.kind is GapKind.BACKFILL)
        return reduce(_earliest, (gap.starts for gap in older), starts)

    def _widens(self, gap: Gap, now: float) -> bool:
        return gap.kind is not GapKind.BACKFILL and now - gap.opened < self._lag_s / 2

    def wait(self, now: float) -> float | None:
        """Seconds until there is something to read; None when there is nothing."""
        if not self._gaps:
            return None
        return 0.0 if self._reads else max(0.0, self._gaps[0].due - now)

    def held(self) -> set[str]:
        """Addresses whose position must not follow what arrives, because something older is missing."""
        return {address for gap in self._gaps if gap.kind is not GapKind.BACKFILL for address in gap.starts}

    async def page(self, session: UaSession, nodes: Mapping[str, ua.NodeId], end: datetime) -> Page:
        """Read on; a gap that is begun now is read up to `end`, the server's present.

        Raises what the connection raises; then the same is read again the next time.
        """
        gap = self._gaps[0]
        if not self._reads:
            self._end = microseconds(end)
            self._reads.extend(_plan(gap.starts))
        read = self._reads[0]
        results = await _history_read(session, nodes, read, self._end)
        self._reads.popleft()
        page = Page([], {}, [], gap.kind is GapKind.BACKFILL)
        self._follow_up(page, gap, read, results)
        if not self._reads:
            self._gaps.popleft()
            log.info("gap read", source=self._source, reason=gap.reason)
        return page

    def give_up(self, reason: str) -> Page:
        """Leave what is being read unfilled."""
        gap = self._gaps.popleft()
        self._reads.clear()
        page = Page([], {}, [], gap.kind is GapKind.BACKFILL)
        for address in list(gap.starts):
            self._unfilled(page, gap, address, reason)
        return page

    def _follow_up(self, page: Page, gap: Gap, read: _Read, results: Mapping[str, ua.HistoryReadResult]) -> None:
        """Sort the values in, and put what is still to be read in front."""
        continuation: dict[str, bytes] = {}
        for address, result in results.items():
            code = result.StatusCode.value
            if code == StatusCodes.BadContinuationPointInvalid:
                self._reads.append(_Read((address,), gap.starts[address], read.values))
            elif code in _TOO_MUCH and (len(results) > 1 or read.values > _FEWEST_VALUES):
                fewer = read.values if len(results) > 1 else read.values // 2
                self._reads.append(_Read((address,), gap.starts[address], fewer))
            elif result.StatusCode.is_bad():
                self._unfilled(page, gap, address, result.StatusCode.name)
            else:
                self._values(page, gap, read, address, result, continuation)
        if continuation:
            self._reads.appendleft(_Read(tuple(continuation), read.start, read.values, continuation))

    def _values(
        self,
        page: Page,
        gap: Gap,
        read: _Read,
        address: str,
        result: ua.HistoryReadResult,
        continuation: dict[str, bytes],
    ) -> None:
        values = list(getattr(result.HistoryData, "DataValues", None) or ())
        page.values.extend((address, value) for value in values)
        times = [time for value in values if (time := value.SourceTimestamp or value.ServerTimestamp) is not None]
        if times:
            gap.starts[address] = page.reached[address] = max(gap.starts[address], microseconds(max(times)))
        if result.ContinuationPoint:
            continuation[address] = result.ContinuationPoint
        elif times and len(values) >= read.values:  # some servers cut at the number asked for and say nothing
            self._reads.append(_Read((address,), max(gap.starts[address], read.start + 1), read.values))
        else:
            page.done.append(address)
            del gap.starts[address]

    def _unfilled(self, page: Page, gap: Gap, address: str, reason: str) -> None:
        start = moment_of(gap.starts.pop(address)).isoformat()
        log.error("gap not filled", source=self._source, node=address, since=start, gap=gap.reason, reason=reason)
        page.done.append(address)


def _earliest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {**one, **{address: min(start, one.get(address, start)) for address, start in other.items()}}


def _plan(starts: Mapping[str, int]) -> Iterable[_Read]:
    """Reads of a few variables each, whose starts lie near to each other."""
    group: list[tuple[int, str]] = []
    for start, address in sorted((start, address) for address, start in starts.items()):
        if group and (len(group) == _NODES or start - group[0][0] > _NEAR_US):
            yield _Read(tuple(name for _, name in group), group[0][0])
            group = []
        group.append((start, address))
    if group:
        yield _Read(tuple(name for _, name in group), group[0][0])


async def _history_read(
    session: UaSession, nodes: Mapping[str, ua.NodeId], read: _Read, end_us: int
) -> dict[str, ua.HistoryReadResult]:
    """One result per address; a fault that concerns the whole request is every address's."""
    details = ua.ReadRawModifiedDetails(
        IsReadModified=False,
        StartTime=moment_of(read.start),
        EndTime=moment_of(end_us),
        NumValuesPerNode=read.values,
        ReturnBounds=False,
    )
    wanted = [
        ua.HistoryReadValueId(NodeId=nodes[address], ContinuationPoint=read.continuation.get(address))
        for address in read.addresses
    ]
    request = ua.HistoryReadParameters(details, ua.TimestampsToReturn.Both, False, wanted)
    try:
        results = await session.history_read(request)
    except UaStatusCodeError as error:
        if error.code not in _TOO_MUCH | _NO_HISTORY:
            raise
        return {address: ua.HistoryReadResult(ua.StatusCode(error.code)) for address in read.addresses}
    return dict(zip(read.addresses, results, strict=True))
