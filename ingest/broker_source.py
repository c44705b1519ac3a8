"""What the sources behind an MQTT broker have in common."""

from types import TracebackType
from typing import Self

from ingest.mqtt_link import MqttLink


class BrokerSource:
    """A source that lives as long as its link."""

    def __init__(self, name: str, link: MqttLink) -> None:
        self._name = name
        self._link = link

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return self._name

    @property
    def connected(self) -> bool:
        """Whether the broker has our subscriptions."""
        return self._link.connected

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.__aexit__(kind, error, trace)
