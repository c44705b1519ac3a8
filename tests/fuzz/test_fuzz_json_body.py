"""Any JSON as a body: nothing but InvalidInput is raised, and every sample stands in the document.

A long run by hand: `pytest tests/fuzz --hypothesis-profile=long --timeout=0`.
"""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.json_samples import decode_json, decode_ndjson
from twin.errors import InvalidInput
from twin.sample import Quality, SampleBatch

NUMBERS = st.one_of(st.integers(-(10**25), 10**25), st.floats(), st.booleans(), st.none())
TIMES = st.one_of(
    st.sampled_from(
        ["2026-03-04T08:00:00Z", "2026-03-04T08:00:00", "2026-02-30T08:00:00Z", "", "1", "0001-01-01T00:00Z"]
    ),
    NUMBERS,
    st.text(max_size=5),
)
TAGS = st.one_of(st.sampled_from(["level", "flow"]), st.text(max_size=5), NUMBERS)
QUALITIES = st.one_of(st.sampled_from(["good", "Uncertain", "bad", "fine", 0, 1, 2, 3]), NUMBERS)
ANYTHING = st.recursive(
    st.one_of(NUMBERS, st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["tag", "time", "value", "values", "quality", "samples"]), inner, max_size=4),
    ),
    max_leaves=12,
)
SAMPLES = st.fixed_dictionaries(
    {"tag": TAGS, "time": TIMES, "value": st.one_of(NUMBERS, ANYTHING)}, optional={"quality": QUALITIES}
)
VALUES = st.dictionaries(st.sampled_from(["level", "flow", ""]), st.one_of(NUMBERS, ANYTHING), max_size=3)
ROWS = st.fixed_dictionaries({"time": TIMES, "values": VALUES}, optional={"quality": QUALITIES, "tag": TAGS})
DOCUMENTS = st.one_of(ANYTHING, st.lists(st.one_of(SAMPLES, ROWS, ANYTHING), max_size=6))
PRECISIONS = st.sampled_from([None, "ns", "us", "ms", "s"])


def numbers(part: Any) -> set[float]:
    if isinstance(part, dict | list):
        return set().union(*(numbers(inner) for inner in (part.values() if isinstance(part, dict) else part)))
    with suppress(TypeError, ValueError, OverflowError):
        return set() if isinstance(part, str) else {float(part)}
    return set()


@settings(deadline=None)
@given(DOCUMENTS, PRECISIONS)
def test_only_invalid_input_is_raised_and_nothing_is_made_up(document: Any, precision: str | None) -> None:
    body = json.dumps(document).encode()
    with suppress(InvalidInput):
        decoded = decode_json(body, precision).narrow()
        assert isinstance(decoded.samples, SampleBatch)
        known = numbers(document)
        for sample in decoded.samples:
            assert sample.quality is Quality.BAD or sample.value in known
        assert all(item.reason and item.detail.startswith("sample ") for item in decoded.unreadable)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(DOCUMENTS.map(lambda document: json.dumps(document).encode()), st.binary(max_size=20)), max_size=5
    ),
    PRECISIONS,
)
def test_lines_raise_nothing(lines: list[bytes], precision: str | None) -> None:
    decoded = decode_ndjson(b"\n".join(lines), precision)
    places = [int(decoded.place_of(i).removeprefix("line ")) for i in range(len(decoded.samples))]
    assert all(1 <= place <= b"\n".join(lines).count(b"\n") + 1 for place in places)
