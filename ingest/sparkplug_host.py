"""What a Sparkplug B host knows of its edge nodes: a state machine without network (Sparkplug 3.0, chapters 4 to 6).

A value goes to a tag only when its name is certain: it stands in the metric, or its alias comes from a birth since
which no message of the node is missing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.columns import SampleColumns
from ingest.sparkplug_payload import Decoded, Metric, NotANumber, NotAPayload, bd_seq, decode, number_of
from twin.delivery import Unreadable
from twin.sample import Quality, SampleBatch

NAMESPACE = "spBv1.0"
_KINDS = {"NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"}
_CONTROL = ("Node Control/", "Device Control/")
_ASK_AGAIN_US = 5_000_000

NodeId = tuple[str, str]
"""Group and edge node."""


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What some messages said, and the nodes that must be asked for their births."""

    samples: SampleBatch
    unreadable: tuple[Unreadable, ...]
    rebirths: tuple[NodeId, ...]


@dataclass(slots=True)
class _Known:
    """A metric of a birth: its address and type, and the time of its newest sample."""

    address: str
    datatype: int
    newest: int = 0


@dataclass(slots=True)
class _Birth:
    """What a node or a device said of itself when it was born; an alias of two metrics stands for None."""

    by_name: dict[str, _Known] = field(default_factory=dict)
    by_alias: dict[int, _Known | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    """A node: its births by device ("" is its own), the sequence, and whether it must be born again."""

    births: dict[str, _Birth] = field(default_factory=dict)
    seq: int | None = None
    bd_seq: int | None = None
    online: bool = False
    doubtful: bool = True
    asked: int | None = None


class SparkplugHost:
    """Takes messages in their order of arrival; never raises for what stands in them."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, _Node] = {}
        self._died: dict[str, int] = {}
        self._start()

    def _start(self) -> None:
        self._columns = SampleColumns()
        self._unreadable: list[Unreadable] = []
        self._rebirths: list[NodeId] = []

    def take(self) -> Heard:
        """What was said since the last call."""
        heard = Heard(self._columns.batch(), tuple(self._unreadable), tuple(self._rebirths))
        self._start()
        return heard

    def reconnected(self, now: int) -> None:
        """Messages may have been missed: every node that was online is asked for its births."""
        for name, node in self._nodes.items():
            if node.online:
                node.doubtful, node.asked = True, None
                self._ask(name, node, now)

    def receive(self, topic: str, payload: bytes, arrived: int) -> None:
        """One message; `arrived` is microseconds since the epoch."""
        levels = topic.split("/")
        if len(levels) not in (4, 5) or levels[0] != NAMESPACE or levels[2] not in _KINDS or "" in levels:
            self._refuse(payload, "not a Sparkplug topic", f"{topic} is no topic of a birth, of data or of a death")
            return
        kind, name, device = levels[2], (levels[1], levels[3]), levels[4] if len(levels) == 5 else ""
        if kind.startswith("D") != bool(device):
            self._refuse(payload, "not a Sparkplug topic", f"{topic}: {kind} and the device do not go together")
            return
        try:
            decoded = decode(payload)
        except NotAPayload as error:
            self._refuse(payload, "not a Sparkplug payload", f"{topic}: {error}")
            self._miss(name, arrived)
            return
        if kind == "NDEATH":
            self._node_death(name, decoded, arrived)
        elif kind == "NBIRTH":
            self._node_birth(name, topic, payload, decoded, arrived)
        else:
            self._numbered(kind, name, device, topic, payload, decoded, arrived)

    def _node_birth(self, name: NodeId, topic: str, payload: bytes, decoded: Decoded, arrived: int) -> None:
        if decoded.seq is None:
            self._refuse(payload, "no sequence number", f"{topic} has no seq from 0 to 255")
            self._miss(name, arrived)
            return
        before, session = self._nodes.get(name), bd_seq(decoded)
        if before is not None and before.online and before.bd_seq != session:
            self._all_die(before, 0)  # of an earlier session, whose death did not reach us
        asked = before.asked if before else None
        node = _Node(seq=decoded.seq, bd_seq=session, online=True, doubtful=False, asked=asked)
        self._nodes[name] = node
        self._birth(node, name, "", topic, decoded, arrived)

    def _numbered(
        self, kind: str, name: NodeId, device: str, topic: str, payload: bytes, decoded: Decoded, arrived: int
    ) -> None:
        """A message that takes part in the node's sequence."""
        node = self._nodes.setdefault(name, _Node())
        expected = None if node.seq is None else (node.seq + 1) % 256
        node.seq = decoded.seq
        if decoded.seq is None or decoded.seq != expected or not node.online:
            node.doubtful = True
        if kind == "DBIRTH":
            self._birth(node, name, device, topic, decoded, arrived)
        elif kind == "DDEATH":
            self._death(node, device, arrived if decoded.time is None else decoded.time)
        elif device in node.births:
            self._data(node, node.births[device], topic, decoded, arrived)
        else:
            node.doubtful = True
            detail = f"{topic} was never born: its {len(decoded.metrics)} metrics have no certain names"
            self._refuse(payload, "no birth", detail)
        if node.doubtful:
            self._ask(name, node, arrived)

    def _birth(self, node: _Node, name: NodeId, device: str, topic: str, decoded: Decoded, arrived: int) -> None:
        birth = node.births[device] = _Birth()
        for metric in decoded.metrics:
            if metric.name is None:
                self._refuse_metric(metric, "no name", f"{topic}: a metric of a birth has no name")
                continue
            known = _Known("/".join((*name, device, metric.name)), metric.datatype)
            birth.by_name[metric.name] = known
            if metric.alias is not None:
                birth.by_alias[metric.alias] = None if metric.alias in birth.by_alias else known
            self._sample(known, metric, decoded, arrived, born=True)

    def _data(self, node: _Node, birth: _Birth, topic: str, decoded: Decoded, arrived: int) -> None:
        for metric in decoded.metrics:
            known, reason = self._known(node, birth, metric)
            if known is not None:
                self._sample(known, metric, decoded, arrived)
            else:
                node.doubtful = node.doubtful or reason == "unknown metric"
                what = f"alias {metric.alias}" if metric.name is None else f"metric {metric.name!r}"
                self._refuse_metric(metric, reason, f"{topic}: {what}: {reason}")

    def _known(self, node: _Node, birth: _Birth, metric: Metric) -> tuple[_Known | None, str]:
        """The metric that this one is, or why nobody can tell."""
        if metric.name is not None:
            return birth.by_name.get(metric.name), "unknown metric"
        if node.doubtful:
            return None, "alias after a sequence gap"
        if metric.alias in birth.by_alias:
            return birth.by_alias[metric.alias], "alias of two metrics"
        return None, "unknown metric"

    def _sample(self, known: _Known, metric: Metric, decoded: Decoded, arrived: int, *, born: bool = False) -> None:
        if metric.transient or (metric.name or "").startswith(_CONTROL) or metric.name == "bdSeq":
            return
        try:
            value, quality = number_of(metric, metric.datatype or known.datatype)
        except NotANumber as error:
            self._refuse_metric(metric, error.reason, f"{known.address}: {error}")
            return
        time = decoded.time if metric.time is None else metric.time
        if time is None:
            time, quality = arrived, min(quality, Quality.UNCERTAIN)
        if born:
            time = self._risen(known.address, time, arrived if decoded.time is None else decoded.time)
        known.newest = max(known.newest, time)
        self._columns.add(known.address, time, value, quality)

    def _node_death(self, name: NodeId, decoded: Decoded, arrived: int) -> None:
        """All is bad from now on; the death of an earlier session than the node's birth says nothing."""
        node = self._nodes.get(name)
        number = bd_seq(decoded)
        if node is None or not node.online or (None not in (number, node.bd_seq) and number != node.bd_seq):
            return
        self._all_die(node, arrived)
        node.online, node.seq, node.doubtful = False, None, True

    def _all_die(self, node: _Node, time: int) -> None:
        for device in list(node.births):
            self._death(node, device, time)

    def _death(self, node: _Node, device: str, time: int) -> None:
        """A sample of bad quality for every tag of the device, newer than all others of the tag."""
        birth = node.births.pop(device, None)
        for known in birth.by_name.values() if birth else ():
            if known.newest:
                died = self._died[known.address] = max(time, known.newest + 1)
                self._columns.add(known.address, died, math.nan, Quality.BAD)

    def _risen(self, address: str, time: int, birth: int) -> int:
        """When a value that a birth tells holds: at the birth, if its own time lies before the tag's death."""
        died = self._died.pop(address, None)
        return time if died is None or time > died else max(birth, died + 1)

    def _miss(self, name: NodeId, arrived: int) -> None:
        """A message of this node could not be read at all."""
        node = self._nodes.setdefault(name, _Node())
        node.doubtful = True
        self._ask(name, node, arrived)

    def _ask(self, name: NodeId, node: _Node, now: int) -> None:
        if node.asked is None or not 0 <= now - node.asked < _ASK_AGAIN_US:
            node.asked = now
            self._rebirths.append(name)

    def _refuse_metric(self, metric: Metric, reason: str, detail: str) -> None:
        self._refuse(metric.message.SerializeToString(), reason, detail)

    def _refuse(self, payload: bytes, reason: str, detail: str) -> None:
        self._unreadable.append(Unreadable(payload, reason, detail))


def filters(groups: tuple[str, ...]) -> Iterator[str]:
    """What a host subscribes to: births, data and deaths, no commands."""
    for group in groups:
        for kind in ("NBIRTH", "NDATA", "NDEATH"):
            yield f"{NAMESPACE}/{group}/{kind}/+"
        for kind in ("DBIRTH", "DDATA", "DDEATH"):
            yield f"{NAMESPACE}/{group}/{kind}/+/+"
