"""Senders as a plant has them: each keeps a ledger and sends again what was not acknowledged."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from .ledger import Key, Ledger
from .stand import TAGS, Ingest, until

TOPIC = "stand/line"
RETRY_S = 0.2


def snapshot(number: int, time_of: datetime) -> list[tuple[str, datetime, float]]:
    """One value of every tag; `number` makes it unlike every other."""
    return [(tag, time_of, float(number * len(TAGS) + place)) for place, tag in enumerate(TAGS)]


def document(samples: list[tuple[str, datetime, float]]) -> list[dict[str, Any]]:
    """The samples as JSON has them."""
    return [{"tag": tag, "time": time_of.isoformat(), "value": value} for tag, time_of, value in samples]


class MqttSender:
    """Publishes a message of all tags every `period` seconds, QoS 1; acknowledged is what the broker acknowledged.

    `shift` is added to the time of every sample.
    """

    def __init__(self, port: int, ledger: Ledger, period: float = 0.01, shift: timedelta = timedelta(0)) -> None:
        self._ledger, self._period, self.shift = ledger, period, shift
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="sender", clean_session=False)
        self._client.max_inflight_messages_set(50)
        self._client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]
        self._client.on_publish = self._hear
        self._client.on_connect = lambda *_: ledger.trust()
        self._client.connect("127.0.0.1", port)
        self._keys: dict[int, list[Key]] = {}
        self._published: deque[tuple[int, float]] = deque()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self.messages = 0

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if error is None:
            until(self._settle, "the broker acknowledged everything")
        self._client.loop_stop()
        self._client.disconnect()

    def send_for(self, seconds: float) -> None:
        """Let it go on for a while."""
        sent = self.messages + int(seconds / self._period)
        until(lambda: self.messages >= sent, "the sender goes on", 10 * seconds + 60)

    def _send(self) -> None:
        while not self._stop.wait(self._period):
            samples = snapshot(self.messages, datetime.now(UTC) + self.shift)
            keys = self._ledger.send(samples)
            self._keys[self._client.publish(TOPIC, json.dumps(document(samples)), qos=1).mid] = keys
            self._settle()
            self.messages += 1

    def _hear(self, client: Any, userdata: Any, number: int, reason: Any, properties: Any) -> None:
        self._published.append((number, time.time()))

    def _settle(self) -> bool:
        """Write down what the broker acknowledged; gives whether that is everything."""
        while self._published:
            number, heard = self._published.popleft()
            self._ledger.acknowledge(self._keys.pop(number), heard)
        return not self._keys


class HttpSender:
    """Posts to ingest's own API, again and again until it says 200."""

    def __init__(self, ingest: Ingest, ledger: Ledger) -> None:
        self._ingest, self._ledger = ingest, ledger
        self.answers: list[dict[str, Any]] = []
        self.refusals = 0

    def send(self, samples: list[tuple[str, datetime, float]], patience: Callable[[], bool] = lambda: True) -> None:
        """Send one batch; gives up, and owes nothing, when `patience` is at its end."""
        keys = self._ledger.send(samples)
        body = json.dumps({"samples": document(samples)}).encode()
        while patience():
            status, answer = self._ingest.post("/v1/samples", body)
            if status == 200:
                self._ledger.acknowledge(keys)
                self.answers.append(answer)
                return
            assert status in {0, 503}, (status, answer)
            self.refusals += 1
            time.sleep(RETRY_S)
