"""Any bytes as line protocol: nothing is raised, and every sample stands in the text.

A long run by hand: `pytest tests/fuzz --hypothesis-profile=long --timeout=0`.
"""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.influx import decode_lines
from twin.sample import Quality

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# fmt: off
PIECES = st.sampled_from((
    "level", "tank", ",", ",", " ", " ", "=", "=", "value", "quality", "tag", "1", "-2.5", "3i", "4u", "t",
    "false", '"', '\\"', "\\", "\\ ", "\\,", "\n", "\r\n", "#", "1772438400", "99999999999999999999", "e5",
    ".", "é", "\x00", "level value=1 5\n", 'note="', '"good"', "\t", "NaN", "inf", "0x1p3", "𝛼",
))
# fmt: on
PLAUSIBLE = st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
BODIES = st.one_of(PLAUSIBLE, st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode()))
NAMES = st.text("abcXY_.-ü ,='", min_size=1, max_size=8)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
)


@settings(deadline=None)
@given(BODIES, st.sampled_from(["ns", "us", "ms", "s"]), st.sampled_from([None, "{measurement}/{field}", "{tag}"]))
def test_nothing_is_raised_and_nothing_is_made_up(body: bytes, precision: str, address: str | None) -> None:
    decoded = decode_lines(body, precision, address)
    lines = body.split(b"\n")
    texts = re.findall(rb"[-+.\deE]+", body)
    known = {float(text) for text in texts if _is_number(text)} | {0.0, 1.0}
    for sample, place in zip(decoded.samples, decoded.place.tolist(), strict=True):
        assert 1 <= place <= len(lines)
        assert sample.value in known
        assert isinstance(sample.quality, Quality)
    for item in decoded.unreadable:
        assert item.payload in body
        assert item.reason
        assert item.detail.startswith("line ")


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _escaped(name: str, signs: str) -> str:
    return "".join(f"\\{sign}" if sign in signs else sign for sign in name)


def _fields(fields: dict[str, float]) -> str:
    return ",".join(f"{_escaped(name, ', =')}={_field(value)}" for name, value in fields.items())


def _field(value: float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value}i" if isinstance(value, int) else repr(value)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            NAMES.filter(lambda name: not name.startswith("#")),
            st.dictionaries(NAMES.filter(lambda name: name != "quality"), NUMBERS, min_size=1, max_size=3),
            st.integers(-(10**9), 10**10),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read(lines: list[tuple[str, dict[str, float], int]]) -> None:
    written = [f"{_escaped(name, ', ')} {_fields(fields)} {time}" for name, fields, time in lines]
    decoded = decode_lines("\n".join(written).encode(), "s")
    expected = [
        (name if key == "value" else f"{name}.{key}", EPOCH + timedelta(seconds=time), float(value))
        for name, fields, time in lines
        for key, value in fields.items()
    ]
    assert not decoded.unreadable
    assert sorted((s.tag, s.time, s.value) for s in decoded.samples) == sorted(expected)
