"""Any bytes as CSV: nothing but InvalidInput is raised, and every sample stands in its line.

A long run by hand: `pytest tests/fuzz --hypothesis-profile=long --timeout=0`.
"""

import contextlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.decoded import Decoded
from ingest.formats.delimited import decode_csv
from ingest.formats.dialect import Dialect
from twin.errors import InvalidInput
from twin.sample import Quality, SnapshotBatch

HEADS = st.sampled_from(["time,level,flow", "tag,time,value", "tag,time,value,quality", "time;level", "", '"time",x'])
# fmt: off
PIECES = st.sampled_from((
    ",", ",", ";", "\t", '"', '""', "\n", "\n", "\r\n", "\r", "level", "flow", "2026-03-04T08:00:00Z",
    "No Data", "nan", "2026-03-04T08:00:00", "25-Oct-26 02:30:00", "1772438400", "1", "-2.5e3", "1,5",
    "1.234,5", "inf", "1e999", "good", "fine", "0x10", "1_000", "é", "\x00", "\x0b", "\u2028", " ", "'",
    "=1+1", "2026-03-04T08:00:00Z,1,2\n",
))
# fmt: on
TABLES = st.builds(lambda head, pieces: f"{head}\n{''.join(pieces)}".encode(), HEADS, st.lists(PIECES, max_size=40))
BODIES = st.one_of(TABLES, st.binary(max_size=200))
DIALECTS = st.builds(
    Dialect,
    separator=st.sampled_from([",", ";", "\t"]),
    decimal=st.sampled_from(["."]),
    encoding=st.sampled_from(["utf-8", "cp1252", "latin-1"]),
    skip_lines=st.integers(0, 1),
    units_row=st.booleans(),
    time_format=st.sampled_from([None, "unix_s", "unix_ns", "%d-%b-%y %H:%M:%S"]),
    time_zone=st.sampled_from([None, "Europe/Berlin"]),
)


def decoded(body: bytes, dialect: Dialect) -> Decoded | None:
    with contextlib.suppress(InvalidInput):
        return decode_csv(body, dialect)
    return None


@settings(deadline=None)
@given(BODIES, DIALECTS)
def test_only_invalid_input_is_raised_and_nothing_is_made_up(body: bytes, dialect: Dialect) -> None:
    found = decoded(body, dialect)
    if found is None:
        return
    lines = body.decode(dialect.encoding, errors="replace").removeprefix("\ufeff").split("\n")
    batch = found.samples.samples() if isinstance(found.samples, SnapshotBatch) else found.samples
    for index, sample in enumerate(batch):
        line = lines[int(found.place_of(index).removeprefix("line ")) - 1]
        assert (sample.quality is Quality.BAD) == bool(np.isnan(sample.value))
        if sample.quality is not Quality.BAD:
            cells = [cell.strip(' "\r\x0b\u2028') for cell in line.split(dialect.separator)]
            assert sample.value in {float(cell) for cell in cells if _is_number(cell)}
    for item in found.unreadable:
        assert item.payload in body or item.payload.decode() in body.decode(dialect.encoding)
        assert item.detail.startswith("body:")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@settings(deadline=None)
@given(BODIES, DIALECTS)
def test_a_line_more_changes_nothing_of_those_before(body: bytes, dialect: Dialect) -> None:
    found = decoded(body, dialect)
    if found is None or not body.endswith(b"\n"):
        return
    longer = decoded(body + b'"open,1\n', dialect)
    assert longer is not None
    assert [(s.tag, s.time, s.quality) for s in longer.narrow().samples] == [
        (s.tag, s.time, s.quality) for s in found.narrow().samples
    ]
