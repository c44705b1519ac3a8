"""Any JSON messages together: nothing is raised, none is forgotten, and every good value stands in its message.

A long run by hand: `pytest tests/fuzz --hypothesis-profile=long --timeout=0`.
"""

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.payload_json import JsonPayload, JsonReader, Received, WithoutTime
from twin.sample import Quality, SampleBatch

ARRIVED = 1_772_611_205_000_000
NUMBERS = st.one_of(st.integers(-(10**25), 10**25), st.floats(), st.booleans(), st.none())
TIMES = st.one_of(
    st.sampled_from(["2026-03-04T08:00:00Z", "2026-03-04T08:00:00", "2026-02-30T08:00:00Z", "", "0001-01-01T00:00Z"]),
    NUMBERS,
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
    {"value": st.one_of(NUMBERS, ANYTHING)}, optional={"tag": TAGS, "time": TIMES, "quality": QUALITIES}
)
VALUES = st.dictionaries(
    st.sampled_from(["level", "flow", "x", ""]), st.one_of(NUMBERS, NUMBERS, ANYTHING, SAMPLES), max_size=4
)
UNITS = st.fixed_dictionaries({"values": VALUES}, optional={"time": TIMES, "quality": QUALITIES, "tag": TAGS})
DOCUMENTS = st.one_of(SAMPLES, UNITS, UNITS, ANYTHING, st.lists(st.one_of(SAMPLES, UNITS, ANYTHING), max_size=4))
PAYLOADS = st.one_of(DOCUMENTS.map(lambda document: json.dumps(document).encode()), st.binary(max_size=30))
MESSAGES = st.lists(st.tuples(PAYLOADS, st.sampled_from([None, "topic", "other"])), max_size=6)
CONFIGS = st.builds(
    JsonPayload, epoch=st.sampled_from([None, "s", "ms", "us", "ns"]), without_time=st.sampled_from(WithoutTime)
)


def numbers(part: Any) -> set[float]:
    if isinstance(part, dict | list):
        return set().union(*(numbers(inner) for inner in (part.values() if isinstance(part, dict) else part)))
    return set() if part is None or isinstance(part, str) else {float(part)}


def names(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(names, part))
    if isinstance(part, dict):
        return set(part) | set().union(*map(names, part.values()))
    return {part} if isinstance(part, str) else set()


@settings(deadline=None)
@given(MESSAGES, CONFIGS)
def test_nothing_is_raised_forgotten_or_made_up(
    messages: list[tuple[bytes, str | None]], config: JsonPayload
) -> None:
    readings = JsonReader(config).read([Received(payload, tag, ARRIVED) for payload, tag in messages])
    assert sorted(i for reading in readings for i in reading.members) == list(range(len(messages)))
    for reading in readings:
        samples = reading.samples if isinstance(reading.samples, SampleBatch) else reading.samples.samples()
        assert not np.isnat(samples.time).any()
        if len(samples):
            documents = [json.loads(messages[i][0]) for i in reading.members if is_json(messages[i][0])]
            topics = {messages[i][1] for i in reading.members}
            check(samples, documents, topics)


def is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except ValueError:
        return False
    return True


def check(samples: SampleBatch, documents: list[Any], topics: set[str | None]) -> None:
    known, called = numbers(documents), names(documents)
    for sample in samples:
        assert sample.tag in called or sample.tag in topics
        assert sample.value in known or (np.isnan(sample.value) and sample.quality is Quality.BAD)
