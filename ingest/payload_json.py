"""JSON messages as devices and gateways send them, many at once.

A payload is one of these, `tag` and `time` being names that the configuration may change:

* a sample `{"tag": "TI101", "time": "2026-03-04T08:00:00Z", "value": 74.2, "quality": "good"}`,
* a unit at one instant `{"time": ..., "values": {"TI101": 74.2, "FI101": {"value": 3.1, "quality": "bad"}}}`,
* a bare number, true, false or null,
* an array of these, or `{"samples": array}`.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ingest.formats.decoded import single_samples
from ingest.formats.times import TimeReader, from_epoch
from ingest.formats.words import quality_of
from twin.delivery import Unreadable
from twin.sample import Quality, SampleBatch, SnapshotBatch

Json: TypeAlias = Any
_NUMBERS = {int, float, bool, type(None)}
_MAX_TAG = 200
_MAX_STREAMS = 10_000
_TIMES = TimeReader()

_Row = tuple[str, Json, float, int]
"""Tag, time as it was sent (None: not sent), value, quality."""


class WithoutTime(StrEnum):
    """What becomes of a sample that carries no time."""

    UNCERTAIN = "uncertain"
    ARRIVAL = "arrival"
    REFUSE = "refuse"


class JsonPayload(BaseModel):
    """The section `payload`: names of the fields in a message, and what its times mean. Other fields are not read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: str = "tag"
    time: str = "time"
    value: str = "value"
    quality: str = "quality"
    values: str = "values"
    epoch: Literal["s", "ms", "us", "ns"] | None = Field(
        default=None, description="Unit of times that are numbers, counted from 1970; without it they are refused"
    )
    without_time: WithoutTime = Field(
        default=WithoutTime.UNCERTAIN,
        description="A sample that has none gets the time of arrival, uncertain; or the same as good; or is refused",
    )


@dataclass(frozen=True, slots=True)
class Received:
    """A payload, the tag that its topic or key names, and its arrival in microseconds since the epoch.

    A retained one lay with the broker before: its arrival says nothing of its time.
    """

    payload: bytes
    tag: str | None
    arrived: int
    retained: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """Samples and what was unreadable, and which of the payloads they come from."""

    samples: SampleBatch | SnapshotBatch
    unreadable: tuple[Unreadable, ...]
    members: tuple[int, ...]


class _Wrong(Exception):
    """No sample: reason and detail of the Unreadable that it becomes."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(slots=True)
class _Samples:
    """Single samples of several payloads, and the members among them."""

    rows: list[_Row] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Unit:
    """Rows of a unit that came whole."""

    times: list[Json] = field(default_factory=list)
    values: list[list[float | None]] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


class JsonReader:
    """Reads payloads; never raises for what stands in them.

    A unit's values are given as a snapshot when they hold every tag that the same stream has held so far, and
    nothing but numbers and nulls.
    """

    def __init__(self, config: JsonPayload) -> None:
        self._config = config
        self._units: dict[str | None, tuple[str, ...]] = {}

    def read(self, received: Sequence[Received]) -> list[Reading]:
        """All of the payloads: a reading per unit that came whole, and one with the rest."""
        units: dict[tuple[str, ...], _Unit] = {}
        rest = _Samples()
        for number, message in enumerate(received):
            try:
                document = _parse(message.payload)
            except ValueError as error:
                rest.unreadable.append(Unreadable(message.payload, "not JSON", str(error)))
                rest.members.append(number)
                continue
            tags = self._whole(document, message.tag)
            if tags is None:
                self._single(document, message, rest)
                rest.members.append(number)
            else:
                unit = units.setdefault(tags, _Unit())
                row = document[self._config.values]
                unit.times.append(document[self._config.time])
                unit.values.append([row[tag] for tag in tags])
                unit.payloads.append(message.payload)
                unit.members.append(number)
        readings = [self._snapshots(tags, unit) for tags, unit in units.items()]
        return [*readings, self._samples(rest)] if rest.members else readings

    def _whole(self, document: Json, stream: str | None) -> tuple[str, ...] | None:
        """The tags of a unit that is there as a whole, in the order of the unit."""
        names = self._config
        if not isinstance(document, dict) or names.quality in document:
            return None
        row, time = document.get(names.values), document.get(names.time)
        if not isinstance(row, dict) or len(row) < 2 or not self._is_time(time):
            return None
        tags = self._units.get(stream, ())
        if row.keys() != set(tags):
            if len(row) <= len(tags) or not all(0 < len(tag) <= _MAX_TAG for tag in row):
                return None
            if len(self._units) >= _MAX_STREAMS:
                self._units.clear()
            tags = self._units[stream] = tuple(row)
        return tags if set(map(type, row.values())) <= _NUMBERS else None

    def _is_time(self, time: Json) -> bool:
        return isinstance(time, str) or (self._config.epoch is not None and type(time) in {int, float})

    def _snapshots(self, tags: tuple[str, ...], unit: _Unit) -> Reading:
        times, faults = self._moments(unit.times)
        sound = ~np.isnat(times)
        unreadable = tuple(
            Unreadable(unit.payloads[i], "not a time", _time_fault(unit.times[i], faults))
            for i in np.flatnonzero(~sound).tolist()
        )
        value = np.array(unit.values, np.float64)[sound]
        finite = np.isfinite(value)
        quality = None if finite.all() else np.where(finite, Quality.GOOD, Quality.BAD).astype(np.int8)
        snapshots = SnapshotBatch(tags, times[sound], np.where(finite, value, np.nan), quality)
        return Reading(snapshots, unreadable, tuple(unit.members))

    def _single(self, document: Json, message: Received, into: _Samples) -> None:
        if isinstance(document, dict) and isinstance(document.get("samples"), list):
            document = document["samples"]
        whole = not isinstance(document, list)
        for item in [document] if whole else document:
            rows, wrong = self._rows(item, message)
            into.rows.extend(rows)
            into.arrived.extend([message.arrived] * len(rows))
            for reason, detail in wrong:
                payload = message.payload if whole else _bytes(item)
                into.unreadable.append(Unreadable(payload, reason, detail))

    def _rows(self, item: Json, message: Received) -> tuple[list[_Row], list[tuple[str, str]]]:
        """Samples of one item, and reason and detail of what in it is none."""
        rows: list[_Row] = []
        wrong: list[tuple[str, str]] = []
        parts = self._parts(item, message.tag)
        while True:
            try:
                part = next(parts, None)
                if part is None:
                    return rows, wrong
                rows.append(self._row(*part, message.retained))
            except _Wrong as error:
                wrong.append((error.reason, str(error)))

    def _parts(self, item: Json, tag: str | None) -> Iterator[tuple[Json, Json, Json, Json]]:
        """(tag, time, value, quality) of each sample in an item, as they stand there."""
        names = self._config
        if not isinstance(item, dict):
            yield tag, None, item, "good"
            return
        time, quality = item.get(names.time), item.get(names.quality, "good")
        if names.value in item:
            yield item.get(names.tag, tag), time, item[names.value], quality
        elif isinstance(item.get(names.values), dict) and item[names.values]:
            for name, value in item[names.values].items():
                if isinstance(value, dict):
                    yield (
                        name,
                        value.get(names.time, time),
                        value.get(names.value, value),
                        value.get("quality", quality),
                    )
                else:
                    yield name, time, value, quality
        else:
            raise _Wrong("not a sample", f"{_shown(item)} has neither {names.value} nor {names.values}")

    def _row(self, tag: Json, time: Json, value: Json, quality: Json, retained: bool) -> _Row:
        if tag is None:
            raise _Wrong("no tag", f"{_shown(value)} has no {self._config.tag}, and the topic names none")
        if not isinstance(tag, str) or not 0 < len(tag) <= _MAX_TAG:
            raise _Wrong("not a tag", f"{_shown(tag)} is not a text of 1 to {_MAX_TAG} characters")
        if type(value) not in _NUMBERS:
            raise _Wrong("not a number", f"{self._config.value} of {tag} is {_shown(value)}, expected a number")
        code = quality_of(quality)
        if code is None:
            raise _Wrong("unknown quality", f"quality of {tag} is {_shown(quality)}, expected good, uncertain or bad")
        if time is None:
            if self._config.without_time is WithoutTime.REFUSE:
                raise _Wrong("no time", f"{tag} = {_shown(value)} has no {self._config.time}")
            if retained or self._config.without_time is WithoutTime.UNCERTAIN:
                code = min(code, Quality.UNCERTAIN)
        elif not self._is_time(time):
            expected = "expected ISO 8601" if self._config.epoch else "a number needs `epoch` in the configuration"
            raise _Wrong("not a time", f"{self._config.time} of {tag} is {_shown(time)}: {expected}")
        return tag, time, math.nan if value is None else float(value), code

    def _samples(self, found: _Samples) -> Reading:
        if not found.rows:
            return Reading(SampleBatch.of(()), tuple(found.unreadable), tuple(found.members))
        tags, sent, values, qualities = zip(*found.rows, strict=True)
        times, faults = self._moments(sent)
        missing = np.array([time is None for time in sent])
        times[missing] = np.array(found.arrived, np.int64).view("datetime64[us]")[missing]
        sound = ~np.isnat(times)
        for i in np.flatnonzero(~sound).tolist():
            row = {self._config.tag: tags[i], self._config.time: sent[i], self._config.value: values[i]}
            detail = f"{tags[i]}: {_time_fault(sent[i], faults)}"
            found.unreadable.append(Unreadable(_bytes(row), "not a time", detail))
        batch = single_samples(tags, times, np.array(values, np.float64), np.array(qualities, np.int8))
        return Reading(batch if sound.all() else batch.take(sound), tuple(found.unreadable), tuple(found.members))

    def _moments(self, sent: Sequence[Json]) -> tuple[NDArray[np.datetime64], dict[str, str]]:
        """Instants, NaT where there is none, and what is wrong with texts that are none."""
        texts = [i for i, time in enumerate(sent) if isinstance(time, str)]
        times, faults = _TIMES.read([sent[i] for i in texts] if len(texts) < len(sent) else sent)
        if len(texts) == len(sent):
            return times, faults
        moments = np.full(len(sent), np.datetime64("NaT"), "datetime64[us]")
        moments[texts] = times
        counts = [i for i, time in enumerate(sent) if type(time) in {int, float}]
        moments[counts] = from_epoch([sent[i] for i in counts], self._config.epoch or "us")
        return moments, faults


def _parse(payload: bytes) -> Json:
    """The document; NaN and infinity, which JSON does not have and some senders write, are let through."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        if b"NaN" not in payload and b"Infinity" not in payload:
            raise
    try:
        document = json.loads(payload)
        orjson.dumps(document)  # refuses half characters and endless integers
    except (RecursionError, TypeError) as error:
        raise ValueError(str(error)) from error
    return document


def _time_fault(sent: Json, faults: dict[str, str]) -> str:
    return faults.get(sent) or f"{_shown(sent)} lies outside the range of times"


def _shown(value: Json) -> str:
    text = _bytes(value).decode(errors="replace")
    return text if len(text) <= 80 else f"{text[:77]}..."


def _bytes(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")
