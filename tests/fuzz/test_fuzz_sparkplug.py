"""Any Sparkplug B messages: nothing is raised, and every value stands under its own name in some message.

A long run by hand: `pytest tests/fuzz --hypothesis-profile=long --timeout=0`.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sparkplug_host import SparkplugHost
from ingest.sparkplug_payload import Payload
from twin.clock import from_datetime64
from twin.sample import Quality

ARRIVED = 1_772_611_200_000_000
NAMES = ("a", "b", "bdSeq", "Node Control/Rebirth", "x/y", "")
KINDS = st.sampled_from(["NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDATA", "DDATA", "NDEATH", "DDEATH"])
TIMES = st.one_of(st.none(), st.integers(ARRIVED // 1000 - 5, ARRIVED // 1000 + 5), st.integers(0, 2**64 - 1))


@dataclass(frozen=True)
class Field:
    """A value of some type in some field; metric number i holds nothing but values of its own."""

    name: str | None
    alias: int | None
    datatype: int | None
    field: str | None
    value: int
    time: int | None
    flags: tuple[bool, bool, bool]


FIELDS = st.builds(
    Field,
    st.one_of(st.none(), st.sampled_from(NAMES)),
    st.one_of(st.none(), st.integers(0, 3), st.integers(0, 2**64 - 1)),
    st.one_of(st.none(), st.integers(0, 40), st.integers(0, 2**32 - 1)),
    st.sampled_from(
        [None, "int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value"]
    ),
    st.integers(0, 2**32 - 1),
    TIMES,
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)


def metric_of(payload: object, field: Field) -> None:
    metric = payload.metrics.add()  # type: ignore[attr-defined]
    if field.name is not None:
        metric.name = field.name
    if field.alias is not None:
        metric.alias = field.alias
    if field.datatype is not None:
        metric.datatype = field.datatype
    if field.time is not None:
        metric.timestamp = field.time
    if field.field is not None:
        kind = {"string_value": str, "boolean_value": bool}.get(
            field.field, float if "int" not in field.field else int
        )
        setattr(metric, field.field, field.value if field.field == "long_value" else kind(field.value))
    metric.is_null, metric.is_transient, metric.is_historical = field.flags


def encoded(time: int | None, seq: int | None, fields: list[Field], cut: int | None) -> bytes:
    payload = Payload()
    if time is not None:
        payload.timestamp = time
    if seq is not None:
        payload.seq = seq
    for field in fields:
        metric_of(payload, field)
    raw: bytes = payload.SerializeToString()
    return raw if cut is None else raw[:cut]


PAYLOADS = st.builds(
    encoded,
    TIMES,
    st.one_of(st.none(), st.integers(0, 4), st.integers(0, 2**64 - 1)),
    st.lists(FIELDS, max_size=5),
    st.one_of(st.none(), st.none(), st.integers(0, 60)),
)
TOPICS = st.one_of(
    st.builds(lambda kind: f"spBv1.0/g/{kind}/n" + ("/d" if kind[0] == "D" else ""), KINDS),
    st.lists(st.sampled_from(["spBv1.0", "g", "n", "d", "", "NBIRTH", "STATE"]), max_size=6).map("/".join),
    st.text(max_size=10),
)
MESSAGES = st.lists(st.tuples(TOPICS, PAYLOADS | st.binary(max_size=60)), max_size=12)


@settings(deadline=None)
@given(MESSAGES, st.integers(0, 6_000_000))
def test_nothing_is_raised_and_no_value_is_made_up(messages: list[tuple[str, bytes]], pause: int) -> None:
    host = SparkplugHost()
    for number, (topic, payload) in enumerate(messages):
        host.receive(topic, payload, ARRIVED + number * pause)
        heard = host.take()
        assert all(reason.reason and reason.detail for reason in heard.unreadable)
        assert len(heard.rebirths) <= 1
        for sample in heard.samples:
            assert sample.tag.startswith(("g/n/d/", "g/n//"))
            assert not np.isnan(sample.value) or sample.quality is Quality.BAD
        assert all(from_datetime64(time).year < 10_000 for time in heard.samples.time)
