"""JSON and newline-delimited JSON: objects of one sample, or of one instant with many values.

A sample is `{"tag", "time", "value"[, "quality"]}`, a row `{"time", "values": {tag: value, ...}[, "quality"]}`.
A body is one of them, an array of them, or `{"samples": array}`. `value` is a number, true or false (1 or 0), or
null, which is stored as bad; NaN and infinity, which JSON does not have and some senders write, are taken like null.
"""

import json
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
import orjson

from ingest.formats.decoded import NO_SAMPLES, Decoded, check_count, single_samples, whole_rows
from ingest.formats.times import TimeReader, from_epoch
from ingest.formats.words import quality_of
from twin.delivery import Unreadable
from twin.errors import InvalidInput

Json: TypeAlias = Any
"""Whatever a document holds."""

_FLAT, _ROW = {"tag", "time", "value"}, {"time", "values"}
_NUMBERS = {float, int, bool, type(None)}
_MAX_TAG = 200
_READER = TimeReader()


class _Wrong(Exception):
    """An item that holds no sample: reason and detail of the Unreadable that it becomes."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def decode_json(body: bytes, precision: str | None = None) -> Decoded:
    """Samples of one document. `precision` (ns, us, ms, s) is the unit of times that are numbers.

    Raises InvalidInput when the document as a whole is not of the forms above.
    """
    try:
        document = _parse(body)
    except ValueError as error:
        raise InvalidInput(f"the body is not JSON: {error}", field="body") from error
    items = document.get("samples") if isinstance(document, dict) and "samples" in document else document
    items = [items] if isinstance(items, dict) else items
    if not isinstance(items, list) or (isinstance(document, dict) and "samples" in document and len(document) > 1):
        raise InvalidInput(
            'the body is neither {"samples": [...]} nor an array nor an object of one sample or row', field="samples"
        )
    return _decode(items, np.arange(1, len(items) + 1), "sample", precision)


def decode_ndjson(body: bytes, precision: str | None = None) -> Decoded:
    """Samples of a document per line; a line that cannot be read costs the others nothing."""
    items, places, wrong = [], [], []
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            items.append(_parse(line))
            places.append(number)
        except ValueError as error:
            wrong.append(Unreadable(line, "not JSON", f"line {number}: {error}"))
    decoded = _decode(items, np.array(places, np.int64), "line", precision)
    return Decoded(decoded.samples, (*wrong, *decoded.unreadable), decoded.place, "line")


def _parse(text: bytes) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            document = json.loads(text)
            orjson.dumps(document)  # refuses what NaN and infinity do not excuse: half characters, endless integers
        except (RecursionError, orjson.JSONEncodeError) as error:
            raise ValueError(str(error)) from error
        return document


def _decode(items: Sequence[Any], places: np.ndarray[Any, Any], unit: str, precision: str | None) -> Decoded:
    whole = _units(items, places, unit, precision)
    if whole is not None:
        return whole
    wrong: list[Unreadable] = []
    flat = _flat(items, places)
    check_count(len(flat[0]))
    if not _sound(flat[0], precision):
        flat = _sift(*flat, unit, precision, wrong)
    return _columns(*flat, unit, precision, wrong)


def _flat(items: Sequence[Any], places: np.ndarray[Any, Any]) -> tuple[list[Any], list[int]]:
    """One item per sample, and the place of each."""
    if not any(isinstance(item, dict) and "values" in item for item in items):
        return list(items), places.tolist()
    flat: list[Any] = []
    at: list[int] = []
    for item, place in zip(items, places.tolist(), strict=True):
        parts = _spread(item) if _is_row(item) else [item]
        flat.extend(parts)
        at.extend([place] * len(parts))
    return flat, at


def _is_row(item: Json) -> bool:
    return isinstance(item, dict) and isinstance(item.get("values"), dict) and not item.keys() & {"tag", "value"}


def _spread(row: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {name: field for name, field in row.items() if name != "values"}
    return [{**shared, "tag": tag, "value": value} for tag, value in row["values"].items()] or [row]


def _sound(items: Sequence[Any], precision: str | None) -> bool:
    """Whether every item has the fields of a sample and each field its type, seen by columns."""
    try:
        tags, times, values = (list(map(itemgetter(name), items)) for name in ("tag", "time", "value"))
        fields = sum(map(len, items)) - 3 * len(items)
    except (KeyError, TypeError, IndexError):
        return False
    stated = sum("quality" in item for item in items) if fields else 0
    times_kind = {str} if precision is None else {str, int, float}
    return (
        fields == stated
        and set(map(type, tags)) <= {str}
        and set(map(type, times)) <= times_kind
        and set(map(type, values)) <= _NUMBERS
        and all(0 < len(tag) <= _MAX_TAG for tag in set(tags))
    )


def _sift(
    items: Sequence[Any], places: Sequence[int], unit: str, precision: str | None, wrong: list[Unreadable]
) -> tuple[list[Any], list[int]]:
    """The items that are samples; the others go to `wrong`."""
    kept, at = [], []
    for item, place in zip(items, places, strict=True):
        try:
            _check(item, precision)
        except _Wrong as error:
            wrong.append(Unreadable(_bytes(item), error.reason, f"{unit} {place}: {error}"))
        else:
            kept.append(item)
            at.append(place)
    return kept, at


def _check(item: Json, precision: str | None) -> None:
    if not isinstance(item, dict):
        raise _Wrong("not a sample", f"{_shown(item)} is not an object with tag, time and value")
    missing, further = _FLAT - item.keys(), item.keys() - {*_FLAT, "quality"}
    if further:
        name = min(further)
        raise _Wrong("unknown field", f"{name}: {_shown(item[name])}, expected tag, time, value, quality")
    if missing:
        raise _Wrong("missing field", f"{min(missing)} is missing")
    tag, time, value = item["tag"], item["time"], item["value"]
    if not isinstance(tag, str) or not 0 < len(tag) <= _MAX_TAG:
        raise _Wrong("not a tag", f"tag: {_shown(tag)} is not a text of 1 to {_MAX_TAG} characters")
    if type(value) not in _NUMBERS:
        raise _Wrong("not a number", f"value: {_shown(value)} of {tag} is not a number")
    if not isinstance(time, str) and (precision is None or type(time) not in {int, float}):
        raise _Wrong("not a time", f"time: {_shown(time)} of {tag}: {_expected(precision)}")


def _expected(precision: str | None) -> str:
    return "a number needs a stated precision" if precision is None else "expected ISO 8601 or a number"


def _columns(
    items: Sequence[Any],
    places: Sequence[int],
    unit: str,
    precision: str | None,
    wrong: list[Unreadable],
) -> Decoded:
    """Samples of items that have the right fields; a time or a quality may still be none."""
    if not items:
        return Decoded(NO_SAMPLES, tuple(wrong), np.empty(0, np.int64), unit)
    times, faults = _times([item["time"] for item in items], precision)
    words = [item.get("quality", "good") for item in items]
    codes = {word: quality_of(word) for word in set(map(_word, words))}
    quality = np.array([-1 if (code := codes[_word(word)]) is None else code for word in words], np.int8)
    sound = ~np.isnat(times) & (quality >= 0)
    unsound = np.flatnonzero(~sound).tolist()
    wrong.extend(_unreadable(items[i], f"{unit} {places[i]}", bool(np.isnat(times[i])), faults) for i in unsound)
    kept = np.flatnonzero(sound).tolist() if not sound.all() else range(len(items))
    value = np.array([items[i]["value"] for i in kept], np.float64)
    batch = single_samples([items[i]["tag"] for i in kept], times[sound], value, quality[sound])
    return Decoded(batch, tuple(wrong), np.array(places, np.int64)[sound], unit)


def _unreadable(item: Json, place: str, timeless: bool, faults: dict[Any, str]) -> Unreadable:
    if timeless:
        fault = faults.get(item["time"]) or f"{_shown(item['time'])} is outside the range of times"
        return Unreadable(_bytes(item), "not a time", f"{place}: time of {item['tag']}: {fault}")
    detail = f"{place}: quality of {item['tag']}: {_shown(item['quality'])} is not good, uncertain or bad"
    return Unreadable(_bytes(item), "unknown quality", detail)


def _times(given: Sequence[Any], precision: str | None) -> tuple[np.ndarray[Any, Any], dict[Any, str]]:
    if precision is None:
        return _READER.read(given)
    numbers = [i for i, time in enumerate(given) if not isinstance(time, str)]
    texts, faults = _READER.read(["1970-01-01T00:00:00Z" if not isinstance(time, str) else time for time in given])
    texts[numbers] = from_epoch([given[i] for i in numbers], precision)
    return texts, faults


def _units(items: Sequence[Any], places: np.ndarray[Any, Any], unit: str, precision: str | None) -> Decoded | None:
    """Whole units, when every item is a row with the same tags, each a number or null, and no quality of its own."""
    try:
        keys = tuple(items[0]["values"])
        rows = [item["values"] for item in items]
        if not keys or any(
            len(item) != len(_ROW) or row.keys() != rows[0].keys() for item, row in zip(items, rows, strict=True)
        ):
            return None
        given = [item["time"] for item in items]
        kinds = {type(value) for row in rows for value in row.values()}
    except (KeyError, TypeError, IndexError, AttributeError):
        return None
    if not (kinds <= _NUMBERS and all(isinstance(time, str) for time in given) and all(map(_named, keys))):
        return None
    times, faults = _READER.read(given)
    if faults or np.isnat(times).any():
        return None
    check_count(len(rows) * len(keys))
    value = np.array([[row[key] for key in keys] for row in rows], np.float64)
    samples, row = whole_rows(keys, times, value, np.ones(value.shape, bool))
    return Decoded(samples, (), places[row], unit)


def _named(tag: str) -> bool:
    return 0 < len(tag) <= _MAX_TAG


def _word(word: Json) -> Json:
    return word if type(word) in {str, int} else repr(word)


def _shown(value: Json) -> str:
    text = _bytes(value).decode(errors="replace")
    return text if len(text) <= 80 else f"{text[:77]}..."


def _bytes(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")
