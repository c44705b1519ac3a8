"""A Sparkplug B edge node for tests: what it would publish, and what it truly means."""

from dataclasses import dataclass, field
from typing import Any

from ingest.sparkplug_payload import Payload

DOUBLE, FLOAT, BOOLEAN, STRING = 10, 9, 11, 12

Published = tuple[str, bytes]


@dataclass
class EdgeNode:
    """Group g, node n; each device's metrics have the aliases that it last told."""

    bd_seq: int = 0
    seq: int = -1
    aliases: dict[tuple[str, str], int] = field(default_factory=dict)

    def _topic(self, kind: str, device: str) -> str:
        return f"spBv1.0/g/{kind}/n" + (f"/{device}" if device else "")

    def _payload(self, time: int) -> Any:
        self.seq = (self.seq + 1) % 256
        return Payload(timestamp=time, seq=self.seq)

    def birth(
        self, metrics: dict[str, float], time: int, device: str = "", first_alias: int | None = None
    ) -> Published:
        """An NBIRTH, which starts the sequence again, or a DBIRTH."""
        if not device:
            self.seq = -1
        payload = self._payload(time)
        if not device:
            payload.metrics.add(name="bdSeq", datatype=4, long_value=self.bd_seq, timestamp=time)
            payload.metrics.add(name="Node Control/Rebirth", datatype=BOOLEAN, boolean_value=False, timestamp=time)
        for i, (name, value) in enumerate(metrics.items()):
            metric = payload.metrics.add(name=name, datatype=DOUBLE, double_value=value, timestamp=time)
            if first_alias is not None:
                metric.alias = self.aliases[device, name] = first_alias + i
        return self._topic("DBIRTH" if device else "NBIRTH", device), payload.SerializeToString()

    def data(self, metrics: dict[str, float], time: int, device: str = "", named: bool = False) -> Published:
        """By alias, unless by name."""
        payload = self._payload(time)
        for name, value in metrics.items():
            metric = payload.metrics.add(double_value=value, timestamp=time)
            if named:
                metric.name = name
            else:
                metric.alias = self.aliases[device, name]
        return self._topic("DDATA" if device else "NDATA", device), payload.SerializeToString()

    def device_death(self, device: str, time: int) -> Published:
        return self._topic("DDEATH", device), self._payload(time).SerializeToString()

    def death(self) -> Published:
        """The will, as it was registered."""
        payload = Payload(timestamp=1)
        payload.metrics.add(name="bdSeq", datatype=4, long_value=self.bd_seq)
        return self._topic("NDEATH", ""), payload.SerializeToString()
