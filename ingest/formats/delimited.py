"""Delimited text (CSV), long (tag, time, value[, quality]) or wide (time and a column per tag), to samples.

Every line is taken apart on its own by the standard library's csv, in its strict form: a line that does not fit costs
the others nothing, and no cell reaches over the end of a line.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.formats.arrow import check_names
from ingest.formats.decoded import NO_SAMPLES, Decoded, check_count, single_samples, whole_rows
from ingest.formats.dialect import Dialect
from twin.delivery import Unreadable
from twin.errors import InvalidInput
from twin.sample import Quality

BLOCK_BYTES = 1 << 20
PLAIN = Dialect()
_BOM = b"\xef\xbb\xbf"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_EMPTY = frozenset({"", "nan", "null", "none"})
_INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a delimited table.

    Attributes:
        names: those with a role are time, tag, value, quality, ignored ones ""; the others as they stand in the file.
        units: of each column, when the file states them.
        lines: lines up to the first row.
    """

    names: tuple[str, ...]
    units: tuple[str, ...] | None
    lines: int

    @property
    def long(self) -> bool:
        """Whether a row holds one sample."""
        return "tag" in self.names


@dataclass(slots=True)
class _Rows:
    """Rows under work: what is still sound, and what is not."""

    name: str
    lines: Sequence[str]
    numbers: list[int]
    unreadable: list[Unreadable] = field(default_factory=list)

    def refuse(self, index: int, reason: str, detail: str) -> None:
        """Row `index` of the sound ones, or a cell of it, holds no sample."""
        self.refuse_line(self.lines[index], self.numbers[index], reason, detail)

    def refuse_line(self, line: str, number: int, reason: str, detail: str) -> None:
        """A line holds no row."""
        self.unreadable.append(Unreadable(line.encode(), reason, f"{self.name}:{number}: {detail}"))


def decode_csv(body: bytes, dialect: Dialect = PLAIN, name: str = "body") -> Decoded:
    """Samples of a whole text. Raises InvalidInput when the columns are not those of a long or a wide table."""
    header, start = read_header(body, dialect, name)
    parts, count, line = [], 0, header.lines + 1
    while start < len(body):
        end = body.find(b"\n", start + BLOCK_BYTES) + 1 or len(body)
        parts.append(decode_block(body[start:end], line, header, dialect, name))
        count += len(parts[-1].samples)
        check_count(count)
        line += body.count(b"\n", start, end)
        start = end
    return Decoded.merged(parts, "line")


def read_header(head: bytes, dialect: Dialect, name: str) -> tuple[Header, int]:
    """The columns, and where the first row begins. `head` reaches at least to there."""
    start = len(_BOM) if head.startswith(_BOM) else 0
    wanted = dialect.skip_lines + 1 + dialect.units_row
    lines: list[str] = []
    while len(lines) < wanted and start < len(head):
        end = head.find(b"\n", start) + 1 or len(head)
        lines.append(_decoded(head[start:end], dialect, name, len(lines) + 1))
        start = end
    if len(lines) <= dialect.skip_lines:
        raise InvalidInput(f"{name}:{len(lines) + 1}: the columns are none, the file ends here", field="columns")
    names = _cells(lines[dialect.skip_lines], dialect, name, dialect.skip_lines + 1)
    columns = _roles([cell.strip() for cell in names], dialect)
    check_names([column for column in columns if column], f"{name}:{dialect.skip_lines + 1}")
    if "" in [cell.strip() for cell in names[:-1]]:
        raise InvalidInput(f"{name}:{dialect.skip_lines + 1}: a column has no name", field="columns")
    units = None
    if dialect.units_row:
        units = tuple(
            cell.strip() for cell in _cells(lines[-1] if len(lines) == wanted else "", dialect, name, wanted)
        )
        if len(units) != len(columns):
            detail = f"{name}:{wanted}: the line of units has {len(units)} cells, expected {len(columns)}"
            raise InvalidInput(detail, field="units_row", value=len(units), limit=len(columns))
    return Header(columns, units, len(lines)), start


def decode_block(block: bytes, first_line: int, header: Header, dialect: Dialect, name: str) -> Decoded:
    """Samples of whole lines of the text; the first of them has that number."""
    rows = _Rows(name, [], [])
    cells = _table(block, first_line, len(header.names), dialect, rows)
    if not cells:
        return Decoded(NO_SAMPLES, tuple(rows.unreadable), np.empty(0, np.int64), "line")
    columns = list(zip(*cells, strict=True))
    time, wrong = dialect.times.read([text.strip() for text in columns[header.names.index("time")]])
    for i in np.flatnonzero(np.isnat(time)).tolist():
        text = columns[header.names.index("time")][i].strip()
        rows.refuse(i, "not a time", f"column {dialect.time_column}: {wrong.get(text, f'{text!r} is no time')}")
    convert = _long if header.long else _wide
    return convert(columns, time, header, dialect, rows)


def _long(
    columns: Sequence[tuple[str, ...]], time: NDArray[np.datetime64], header: Header, dialect: Dialect, rows: _Rows
) -> Decoded:
    tags = [text.strip() for text in columns[header.names.index("tag")]]
    texts = columns[header.names.index("value")]
    value, number = _numbers(texts, dialect)
    quality = np.full(len(tags), Quality.GOOD, np.int8)
    if "quality" in header.names:
        quality = _qualities(columns[header.names.index("quality")], dialect)
    named = np.array([bool(tag) for tag in tags])
    timed = ~np.isnat(time)
    for i in np.flatnonzero(timed & ~named).tolist():
        rows.refuse(i, "no tag", f"column {dialect.tag_column} is empty")
    for i in np.flatnonzero(timed & named & ~number).tolist():
        rows.refuse(i, "not a number", f"column {dialect.value_column}: {texts[i]!r} is not a number")
    for i in np.flatnonzero(timed & named & number & (quality < 0)).tolist():
        word = columns[header.names.index("quality")][i]
        detail = f"column {dialect.quality_column}: {word!r} is not good, uncertain or bad"
        rows.refuse(i, "unknown quality", detail)
    sound = timed & named & number & (quality >= 0)
    kept = np.flatnonzero(sound)
    batch = single_samples([tags[i] for i in kept.tolist()], time[sound], value[sound], quality[sound])
    return Decoded(batch, tuple(rows.unreadable), np.array(rows.numbers, np.int64)[kept], "line")


def _wide(
    columns: Sequence[tuple[str, ...]], time: NDArray[np.datetime64], header: Header, dialect: Dialect, rows: _Rows
) -> Decoded:
    places = [i for i, name in enumerate(header.names) if name not in ("", "time")]
    timed = ~np.isnat(time)
    value = np.empty((len(time), len(places)))
    present = np.zeros(value.shape, bool)
    for j, place in enumerate(places):
        texts = columns[place]
        value[:, j], number = _numbers(texts, dialect)
        empty = [text.strip().lower() in _EMPTY for text in texts] if np.isnan(value[:, j]).any() else False
        present[:, j] = number & ~np.array(empty)
        for i in np.flatnonzero(timed & ~number).tolist():
            rows.refuse(i, "not a number", f"column {header.names[place]}: {texts[i]!r} is not a number")
    tags = tuple(header.names[place] for place in places)
    samples, row = whole_rows(tags, time[timed], value[timed], present[timed])
    return Decoded(samples, tuple(rows.unreadable), np.array(rows.numbers, np.int64)[timed][row], "line")


def _numbers(texts: Sequence[str], dialect: Dialect) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values, NaN for empty cells and states that mean bad, and whether the cell is any of these."""
    given = pa.array(texts, pa.string())
    if dialect.decimal == ".":
        try:
            quick: NDArray[np.float64] = given.cast(pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:  # a cell is no number
            pass
        else:
            return np.where(np.isfinite(quick), quick, np.nan), np.ones(len(texts), bool)
    trimmed = pc.utf8_trim_whitespace(given)
    plain = trimmed
    if dialect.decimal == ",":
        dotted = pc.match_substring(trimmed, ".")
        plain = pc.if_else(dotted, "", pc.replace_substring(trimmed, ",", "."))
    fits = pc.match_substring_regex(plain, _NUMBER)
    value = pc.if_else(fits, plain, "nan").cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    number = fits.to_numpy(zero_copy_only=False).copy()
    for i in np.flatnonzero(~number).tolist():
        word = texts[i].strip().lower()
        value[i] = dialect.numbers_of_states.get(word, np.nan)
        number[i] = word in dialect.numbers_of_states or word in _EMPTY or word in _INFINITE
    return np.where(np.isfinite(value), value, np.nan), number


def _qualities(words: Sequence[str], dialect: Dialect) -> NDArray[np.int8]:
    """-1 where a word is none."""
    known = {word: dialect.qualities.get(word.strip().lower(), -1) for word in set(words)}
    return np.array([known[word] for word in words], np.int8)


def _table(block: bytes, first_line: int, width: int, dialect: Dialect, rows: _Rows) -> list[list[str]]:
    """The cells of the lines that hold a row; `rows` gets these lines, and the others as unreadable."""
    lines = _lines(block, first_line, dialect, rows)
    cells: list[list[str]] = []
    kept: list[str] = []
    for number, line, row in _parsed(lines, dialect, rows):
        if len(row) != width:
            detail = f"{len(row)} cells, expected {width}"
            rows.refuse_line(line, number, "wrong number of cells", detail)
        elif any(row):
            cells.append(row)
            kept.append(line)
            rows.numbers.append(number)
    rows.lines = kept
    return cells


def _lines(block: bytes, first_line: int, dialect: Dialect, rows: _Rows) -> list[tuple[int, str]]:
    """(number, text) of the lines that are not empty."""
    raw = block.split(b"\n")
    try:
        texts: list[str | None] = list(block.decode(dialect.encoding).split("\n"))
    except UnicodeDecodeError:
        texts = [_text(line, dialect) for line in raw]
    found = []
    for number, text in enumerate(texts, first_line):
        if text is None:
            line = raw[number - first_line]
            detail = f"{rows.name}:{number}: the line is not {dialect.encoding}"
            rows.unreadable.append(Unreadable(line, "not text", detail))
        elif text.strip():
            found.append((number, text.removesuffix("\r")))
    return found


def _text(line: bytes, dialect: Dialect) -> str | None:
    try:
        return line.decode(dialect.encoding)
    except UnicodeDecodeError:
        return None


def _parsed(lines: Sequence[tuple[int, str]], dialect: Dialect, rows: _Rows) -> Iterator[tuple[int, str, list[str]]]:
    """(number, line, cells) of the lines that can be taken apart."""
    try:
        cells = list(csv.reader((line for _, line in lines), delimiter=dialect.separator, strict=True))
    except csv.Error:
        cells = []
    if len(cells) == len(lines):  # else a cell went over the end of a line
        yield from ((number, line, row) for (number, line), row in zip(lines, cells, strict=True))
        return
    for number, line in lines:
        try:
            (row,) = csv.reader([line], delimiter=dialect.separator, strict=True)
        except (csv.Error, ValueError) as error:
            rows.refuse_line(line, number, "not CSV", f"{line[:80]!r}: {error}")
        else:
            yield number, line, row


def _cells(line: str, dialect: Dialect, name: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=dialect.separator, strict=True), [])
    except csv.Error as error:
        raise InvalidInput(f"{name}:{number}: {line[:80]!r}: {error}", field="columns") from error


def _decoded(line: bytes, dialect: Dialect, name: str, number: int) -> str:
    text = _text(line, dialect)
    if text is None:
        raise InvalidInput(f"{name}:{number}: the line is not {dialect.encoding}", field="encoding")
    return text


def _roles(columns: Sequence[str], dialect: Dialect) -> tuple[str, ...]:
    """The columns by their roles; in a wide table only time has one."""
    roles = {dialect.time_column: "time"}
    if dialect.tag_column in columns:
        roles |= {dialect.tag_column: "tag", dialect.value_column: "value", dialect.quality_column: "quality"}
    return tuple("" if column in dialect.ignore else roles.get(column, column) for column in columns)
