"""InfluxDB line protocol: `measurement,key=value field=1.5,other=2i 1700000000000000000`.

https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. line-protocol-parser takes the lines apart.
A field is a sample: numbers as they are, true and false as 1 and 0; a text is no sample. The field or the tag-set key
`quality` (good, uncertain, bad or 2, 1, 0) is the quality of the line's samples.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from line_protocol_parser import LineFormatError, parse_line  # type: ignore[import-untyped]

from ingest.formats.decoded import Decoded, check_count, single_samples
from ingest.formats.times import from_epoch
from ingest.formats.words import quality_of
from twin.delivery import Unreadable
from twin.sample import Quality

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_MEASUREMENT = re.compile(r"^\s*(?:\\.|[^, \\])+", re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_EQUALS = re.compile(r"(?<!\\)=")


@dataclass(slots=True)
class _Columns:
    """Samples so far, and what could not be read."""

    addresses: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    qualities: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def refuse(self, line: str, number: int, reason: str, detail: str) -> None:
        """A line, or one of its fields, that holds no sample."""
        payload = line.encode(errors="surrogateescape")
        self.unreadable.append(Unreadable(payload, reason, f"line {number}: {detail}"))


def decode_lines(body: bytes, precision: str = "ns", address: str | None = None) -> Decoded:
    """Samples of the lines; one that cannot be read costs the others nothing.

    `precision` is the unit of the times (ns, us, ms, s). The address of a sample is, without a template, the value of
    the tag-set key `tag`, else the measurement, and for a field that is not called `value` a dot and its name.
    A template such as "{host}.{measurement}.{field}" names tag-set keys.
    """
    columns = _Columns()
    for number, line, content in _contents(body, columns):
        _take(number, line, content, address, columns)
        check_count(len(columns.values))
    times = from_epoch(columns.times, precision)
    sound = ~np.isnat(times)
    for i in np.flatnonzero(~sound).tolist():
        detail = f"{columns.times[i]} {precision} since 1970 lies outside the range of times"
        columns.refuse(columns.texts[i], columns.lines[i], "not a time", detail)
    batch = single_samples(
        columns.addresses, times, np.array(columns.values, np.float64), np.array(columns.qualities, np.int8)
    )
    return Decoded(batch.take(sound), tuple(columns.unreadable), np.array(columns.lines, np.int64)[sound], "line")


def _contents(body: bytes, columns: _Columns) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(number, line, content) of every line that can be read; a line ends where no text is open."""
    lines = body.decode(errors="surrogateescape").split("\n")
    quoted = [i for i, line in enumerate(lines) if '"' in line]
    i = 0
    while i < len(lines):
        line, last = lines[i], i
        try:
            content = parse_line(_utf8(line)) if line.strip() else None
        except (LineFormatError, ValueError) as error:
            content, last, line = _longer(lines, i, quoted)
            if content is None:
                columns.refuse(line, i + 1, "not line protocol", f"{_shown(line)}: {error}")
        if content is not None:
            yield i + 1, line, content
        i = last + 1


def _longer(lines: list[str], i: int, quoted: list[int]) -> tuple[dict[str, Any] | None, int, str]:
    """The line together with those up to the next quotation mark, when they make one: texts may hold line ends."""
    position = bisect_left(quoted, i)
    if position + 1 < len(quoted) and quoted[position] == i and lines[i].count('"') % 2:
        last = quoted[position + 1]
        joined = "\n".join(lines[i : last + 1])
        try:
            return parse_line(_utf8(joined)), last, joined
        except (LineFormatError, ValueError):
            pass
    return None, i, lines[i]


def _utf8(line: str) -> str:
    line.encode()  # a byte that is not UTF-8 has become half a character
    return line


def _take(number: int, line: str, content: Mapping[str, Any], address: str | None, columns: _Columns) -> None:
    """Append the line's samples."""
    keys, fields, time = content["tags"], content["fields"], content["time"]
    if line.count("=") != len(keys) + len(fields) and _twice(line, len(keys) + len(fields)):
        columns.refuse(line, number, "field twice", f"a field is there twice in {_shown(line)}")
        return
    if time is None:
        columns.refuse(line, number, "no time", f"{_shown(line)} carries no time")
        return
    stated = fields.get("quality", keys.get("quality"))
    quality = Quality.GOOD if stated is None else quality_of(stated)
    if quality is None:
        columns.refuse(line, number, "unknown quality", f"quality {stated!r} is not good, uncertain or bad")
        return
    for name, value in fields.items():
        if name == "quality":
            continue
        if isinstance(value, str):
            columns.refuse(line, number, "text value", f"field {name} is the text {_shown(value)}, not a number")
            continue
        named = _address(content["measurement"], keys, name) if address is None else _fill(address, content, name)
        if named is None:
            columns.refuse(line, number, "no address", f"{_shown(line)} lacks a key of the template {address}")
            continue
        columns.addresses.append(named)
        columns.times.append(time)
        columns.values.append(float(value))
        columns.qualities.append(quality)
        columns.lines.append(number)
        columns.texts.append(line)


def _address(measurement: str, keys: Mapping[str, str], name: str) -> str:
    base = keys.get("tag", measurement)
    return base if name == "value" else f"{base}.{name}"


def _fill(template: str, content: Mapping[str, Any], name: str) -> str | None:
    known = {**content["tags"], "measurement": content["measurement"], "field": name}
    if any(key not in known for key in _PLACEHOLDER.findall(template)):
        return None
    return _PLACEHOLDER.sub(lambda found: known[found[1]], template)


def _twice(line: str, names: int) -> bool:
    return len(_EQUALS.findall(_TEXT.sub('""', _MEASUREMENT.sub("", line)))) > names


def _shown(text: str) -> str:
    text = text.encode(errors="replace").decode()
    return text if len(text) <= 80 else f"{text[:77]}..."
