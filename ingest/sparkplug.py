"""Sparkplug B as a source: Foretell is a host application that only listens."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from ingest.broker_config import BrokerConfig
from ingest.broker_source import BrokerSource
from ingest.mqtt_link import Message, MqttLink, Presence
from ingest.source_config import SourceContext
from ingest.sparkplug_host import NAMESPACE, NodeId, SparkplugHost, filters
from ingest.sparkplug_payload import rebirth_command
from twin.delivery import Delivery

_Id = Annotated[str, Field(pattern=r"^[^/+#]+$")]
_Group = Annotated[str, Field(pattern=r"^(\+|[^/+#]+)$")]


class SparkplugConfig(BrokerConfig):
    """Edge nodes of a broker. An address is group/node/device/metric; a node's own metric is group/node//metric."""

    kind: Literal["sparkplug"] = "sparkplug"
    groups: tuple[_Group, ...] = Field(default=("+",), min_length=1, description="Groups to listen to; + is all")
    host_id: _Id | None = Field(default=None, description="Say STATE under this name, for nodes that wait for a host")
    ask_rebirth: bool = Field(default=True, description="Ask a node for its births after a gap; the only thing sent")

    def build(self, context: SourceContext) -> "SparkplugSource":
        """The source."""
        return SparkplugSource(self, context)


class SparkplugSource(BrokerSource):
    """Births, data and deaths of edge nodes, with a clean session as the specification demands of a host (5.4).

    Sparkplug's data is published at QoS 0: what is under way when a connection is lost is lost, the sequence
    numbers show it, and the births that are then asked for bring every metric's present value.
    """

    def __init__(self, config: SparkplugConfig, context: SourceContext) -> None:
        self._config = config
        self._clock = context.clock
        self._host = SparkplugHost()
        client_id = config.client_id or f"foretell-{context.plant.name}-{config.name}".replace(" ", "-")
        link = MqttLink(
            config,
            client_id,
            list(filters(config.groups)),
            context.clock,
            persistent=False,
            presence=self._presence if config.host_id else None,
            on_connected=self._on_connected,
        )
        super().__init__(config.name, link)

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while True:
            messages = await self._link.gather()
            delivery = self._hear(messages)
            if len(delivery.samples) or delivery.unreadable:
                yield delivery
            else:
                self._link.acknowledge(messages)

    def _hear(self, messages: Sequence[Message]) -> Delivery:
        for message in messages:
            self._host.receive(message.topic, message.payload, message.arrived)
        heard = self._host.take()
        self._ask(heard.rebirths)
        return Delivery(heard.samples, heard.unreadable, messages)

    async def acknowledge(self, delivery: Delivery) -> None:
        """Messages at QoS 1 (deaths are) may be forgotten by the broker."""
        if isinstance(delivery.receipt, list):
            self._link.acknowledge(delivery.receipt)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _on_connected(self) -> None:
        self._host.reconnected(int(self._now() * 1_000_000))

    def _ask(self, nodes: Sequence[NodeId]) -> None:
        if self._config.ask_rebirth:
            for group, node in nodes:
                self._link.publish(f"{NAMESPACE}/{group}/NCMD/{node}", rebirth_command(int(self._now() * 1000)))

    def _presence(self) -> Presence:
        milliseconds = int(self._now() * 1000)
        online, offline = (json.dumps({"online": on, "timestamp": milliseconds}).encode() for on in (True, False))
        return Presence(f"{NAMESPACE}/STATE/{self._config.host_id}", online, offline)
