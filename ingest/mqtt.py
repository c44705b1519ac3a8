"""MQTT 3.1.1 and 5 with JSON payloads as a source."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ingest.broker_config import BrokerConfig
from ingest.broker_source import BrokerSource
from ingest.mqtt_link import Message, MqttLink
from ingest.payload_json import JsonPayload, JsonReader, Received
from ingest.source_config import SourceContext
from twin.delivery import Delivery

_TAG = "{tag}"
_SHARE = re.compile(r"\$share/[^/+#]+/(.+)")
_MAX_TOPICS = 100_000


def _check_topic(topic: str) -> str:
    levels = _filter(topic).split("/")
    wild = [level for level in levels if ("+" in level or "#" in level) and len(level) > 1]
    if not topic or wild or "#" in levels[:-1] or "\0" in topic or len(topic.encode()) > 65_535:
        raise ValueError("a topic filter such as plant/{tag}, plant/+/temperature or plant/#")
    if _filter(topic).count(_TAG) > 1 or any(_TAG in level and level != _TAG for level in levels):
        raise ValueError("{tag} once, as a whole level, such as plant/{tag}/value")
    return topic


def _filter(topic: str) -> str:
    """The filter without the name of a shared subscription."""
    shared = _SHARE.fullmatch(topic)
    return shared[1] if shared else topic


class MqttConfig(BrokerConfig):
    """JSON messages of a broker."""

    kind: Literal["mqtt"] = "mqtt"
    topics: tuple[Annotated[str, AfterValidator(_check_topic)], ...] = Field(
        min_length=1, description="Filters; {tag} is the level that names the tag of payloads that do not"
    )
    payload: JsonPayload = JsonPayload()

    def build(self, context: SourceContext) -> "MqttSource":
        """The source; its session at the broker has the name of the plant and of the source."""
        return MqttSource(self, context)


class MqttSource(BrokerSource):
    """Messages at QoS 1 from a session that the broker keeps, acknowledged after they are stored.

    At least once: what was not acknowledged comes again after a restart. QoS 2 would add two messages to each and
    nothing else, because the historian's key makes a second delivery harmless; messages published at QoS 2 arrive
    at QoS 1.
    """

    def __init__(self, config: MqttConfig, context: SourceContext) -> None:
        client_id = config.client_id or f"foretell-{context.plant.name}-{config.name}".replace(" ", "-")
        filters = [topic.replace(_TAG, "+") for topic in config.topics]
        super().__init__(config.name, MqttLink(config, client_id, filters, context.clock))
        self._addresses = TopicAddresses(config.topics)
        self._reader = JsonReader(config.payload)

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while True:
            messages = await self._link.gather()
            for delivery in self._read(messages):
                yield delivery

    def _read(self, messages: Sequence[Message]) -> list[Delivery]:
        received = [Received(m.payload, self._addresses.of(m.topic), m.arrived, m.retained) for m in messages]
        deliveries = []
        for reading in self._reader.read(received):
            members = [messages[i] for i in reading.members]
            if len(reading.samples) or reading.unreadable:
                deliveries.append(Delivery(reading.samples, reading.unreadable, members))
            else:
                self._link.acknowledge(members)  # an empty array says nothing
        return deliveries

    async def acknowledge(self, delivery: Delivery) -> None:
        """The broker may forget its messages."""
        if isinstance(delivery.receipt, list):
            self._link.acknowledge(delivery.receipt)


class TopicAddresses:
    """The address that a topic stands for: the level {tag} of the filter that it fits, otherwise the whole topic."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._templates = [_filter(topic).split("/") for topic in topics]
        self._known: dict[str, str] = {}

    def of(self, topic: str) -> str:
        """The address of that topic."""
        address = self._known.get(topic)
        if address is None:
            if len(self._known) >= _MAX_TOPICS:
                self._known.clear()
            address = self._known[topic] = self._find(topic)
        return address

    def _find(self, topic: str) -> str:
        levels = topic.split("/")
        for template in self._templates:
            if _TAG in template and _fits(template, levels):
                return levels[template.index(_TAG)]
        return topic


def _fits(template: Sequence[str], levels: Sequence[str]) -> bool:
    if template[-1] == "#":
        return _fits([*template[:-1], *["+"] * (len(levels) - len(template) + 1)], levels)
    return len(template) == len(levels) and all(
        mine in ("+", _TAG, theirs) for mine, theirs in zip(template, levels, strict=True)
    )
