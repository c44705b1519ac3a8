"""JSON messages as people send them: every form read, nothing guessed, nothing raised."""

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.payload_json import JsonPayload, JsonReader, Reading, Received
from twin.clock import to_datetime64
from twin.delivery import Unreadable
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
TEXT = "2026-03-04T08:00:00Z"
MS = 1_772_611_200_000
ARRIVED = MS * 1000 + 5_000_000
MILLISECONDS = JsonPayload(epoch="ms")


def read(*payloads: object, config: JsonPayload = MILLISECONDS, tag: str | None = None) -> list[Reading]:
    raw = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in payloads]
    return JsonReader(config).read([Received(p, tag, ARRIVED) for p in raw])


def samples(*payloads: object, config: JsonPayload = MILLISECONDS, tag: str | None = None) -> list[Sample]:
    readings = read(*payloads, config=config, tag=tag)
    assert not [u for r in readings for u in r.unreadable]
    return [s for r in readings for s in (r.samples if isinstance(r.samples, SampleBatch) else r.samples.samples())]


def refused(*payloads: object, config: JsonPayload = MILLISECONDS, tag: str | None = None) -> list[Unreadable]:
    readings = read(*payloads, config=config, tag=tag)
    assert not sum(len(r.samples) for r in readings)
    return [u for r in readings for u in r.unreadable]


@pytest.mark.parametrize("time", [TEXT, "2026-03-04T09:00:00+01:00", MS, float(MS)])
def test_a_sample_is_read(time: object) -> None:
    assert samples({"tag": "a", "time": time, "value": 74.2}) == [Sample("a", NOW, 74.2)]


@pytest.mark.parametrize(
    ("epoch", "count"), [("s", MS / 1000), ("s", MS // 1000), ("us", MS * 1000), ("ns", MS * 1_000_000)]
)
def test_times_that_are_numbers_have_the_unit_that_was_configured(epoch: str, count: float) -> None:
    config = JsonPayload.model_validate({"epoch": epoch})
    assert samples({"tag": "a", "time": count, "value": 1}, config=config) == [Sample("a", NOW, 1.0)]


def test_a_number_as_time_is_refused_when_nobody_said_its_unit() -> None:
    (wrong,) = refused({"tag": "a", "time": MS, "value": 1}, config=JsonPayload())
    assert wrong.reason == "not a time"
    assert "epoch" in wrong.detail


def test_arrays_and_objects_of_samples_are_read_in_their_order() -> None:
    rows = [{"tag": "b", "time": MS + 1000 * i, "value": i} for i in range(3)]
    expected = [Sample("b", NOW + timedelta(seconds=i), float(i)) for i in range(3)]
    assert samples(rows) == expected
    assert samples({"samples": rows}) == expected


def test_names_of_fields_may_be_others() -> None:
    config = JsonPayload(tag="n", time="ts", value="v", quality="q", epoch="s")
    assert samples({"n": "a", "ts": MS // 1000, "v": 3, "q": "bad"}, config=config) == [
        Sample("a", NOW, 3.0, Quality.BAD)
    ]


@pytest.mark.parametrize(
    ("given", "quality"),
    [("good", Quality.GOOD), ("Uncertain", Quality.UNCERTAIN), ("BAD", Quality.BAD), (1, 1), (0, 0)],
)
def test_quality_is_kept(given: object, quality: int) -> None:
    (sample,) = samples({"tag": "a", "time": TEXT, "value": 1, "quality": given})
    assert sample.quality == quality


@pytest.mark.parametrize("value", [b"null", b"NaN", b"-Infinity"])
def test_what_is_no_finite_number_is_a_bad_sample_not_a_lost_one(value: bytes) -> None:
    (sample,) = samples(b'{"tag": "a", "time": "' + TEXT.encode() + b'", "value": ' + value + b"}")
    assert math.isnan(sample.value)
    assert sample.quality == Quality.BAD


def test_true_is_one() -> None:
    assert samples({"tag": "a", "time": TEXT, "value": True}) == [Sample("a", NOW, 1.0)]


def test_a_bare_number_is_the_value_of_its_topics_tag() -> None:
    config = JsonPayload.model_validate({"without_time": "arrival"})
    assert samples(b"74.5", config=config, tag="a") == [Sample("a", NOW + timedelta(seconds=5), 74.5)]


def test_a_sample_without_a_time_is_uncertain_unless_a_person_said_that_arrival_is_good() -> None:
    (sample,) = samples({"value": 1, "quality": "good"}, tag="a")
    assert (sample.time, sample.quality) == (NOW + timedelta(seconds=5), Quality.UNCERTAIN)


def test_what_lay_with_the_broker_has_no_good_time_of_arrival() -> None:
    reader = JsonReader(JsonPayload.model_validate({"without_time": "arrival"}))
    (reading,) = reader.read([Received(b"1", "a", ARRIVED, retained=True), Received(b"2", "a", ARRIVED)])
    assert [sample.quality for sample in reading.samples] == [Quality.UNCERTAIN, Quality.GOOD]


def test_or_is_refused_when_a_person_wants_that() -> None:
    config = JsonPayload.model_validate({"without_time": "refuse"})
    assert [wrong.reason for wrong in refused(b"3", config=config, tag="a")] == ["no time"]


def test_the_tag_in_a_payload_counts_more_than_the_topics() -> None:
    assert samples({"tag": "b", "time": TEXT, "value": 1}, tag="a") == [Sample("b", NOW, 1.0)]


def test_whole_units_are_snapshots() -> None:
    rows = [{"time": MS + i, "values": {"a": i, "b": None, "c": 2.5}} for i in range(4)]
    (reading,) = read(*rows)
    assert isinstance(reading.samples, SnapshotBatch)
    assert reading.samples.tags == ("a", "b", "c")
    assert reading.samples.value[:, 0].tolist() == [0, 1, 2, 3]
    assert reading.samples.time[3] == to_datetime64(NOW + timedelta(milliseconds=3))
    assert reading.samples.quality is not None
    assert reading.samples.quality[0].tolist() == [Quality.GOOD, Quality.BAD, Quality.GOOD]
    assert reading.members == (0, 1, 2, 3)


def test_a_unit_that_came_in_part_is_single_samples_and_the_whole_ones_stay_snapshots() -> None:
    whole, part = {"time": MS, "values": {"a": 1, "b": 2}}, {"time": MS + 1, "values": {"b": 3}}
    snapshot, rest = read(whole, part)
    assert isinstance(snapshot.samples, SnapshotBatch)
    assert list(rest.samples) == [Sample("b", NOW + timedelta(milliseconds=1), 3.0)]
    assert (snapshot.members, rest.members) == ((0,), (1,))


def test_the_order_of_a_units_tags_in_a_message_does_not_matter() -> None:
    (reading,) = read({"time": MS, "values": {"a": 1, "b": 2}}, {"time": MS + 1, "values": {"b": 4, "a": 3}})
    assert isinstance(reading.samples, SnapshotBatch)
    assert reading.samples.value.tolist() == [[1, 2], [3, 4]]


def test_values_of_a_unit_may_have_a_quality_of_their_own() -> None:
    assert samples({"time": MS, "values": {"a": {"value": 1, "quality": "bad"}, "b": 2}}) == [
        Sample("a", NOW, 1.0, Quality.BAD),
        Sample("b", NOW, 2.0),
    ]


def test_one_bad_item_costs_the_others_nothing() -> None:
    rows = [{"tag": "a", "time": MS, "value": 1}, {"tag": "a", "time": MS, "value": "open"}, 5, {"x": 1}]
    (reading,) = read(rows)
    assert list(reading.samples) == [Sample("a", NOW, 1.0)]
    assert [u.reason for u in reading.unreadable] == ["not a number", "no tag", "not a sample"]
    assert json.loads(reading.unreadable[0].payload) == rows[1]
    assert '"open"' in reading.unreadable[0].detail


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[NaN" + b"[" * 100_000, "not JSON"),
        (b'{"tag": "a"', "not JSON"),
        (b"{}", "not a sample"),
        ({"tag": "", "time": TEXT, "value": 1}, "not a tag"),
        ({"tag": 7, "time": TEXT, "value": 1}, "not a tag"),
        ({"tag": "x" * 201, "time": TEXT, "value": 1}, "not a tag"),
        ({"time": TEXT, "value": 1}, "no tag"),
        ({"tag": "a", "time": TEXT, "value": "12"}, "not a number"),
        ({"tag": "a", "time": TEXT, "value": [1]}, "not a number"),
        ({"tag": "a", "time": "yesterday", "value": 1}, "not a time"),
        ({"tag": "a", "time": "2026-03-04T08:00:00", "value": 1}, "not a time"),
        ({"tag": "a", "time": True, "value": 1}, "not a time"),
        ({"tag": "a", "time": 1e300, "value": 1}, "not a time"),
        ({"tag": "a", "time": -(10**18), "value": 1}, "not a time"),
        ({"tag": "a", "time": TEXT, "value": 1, "quality": "fine"}, "unknown quality"),
        ({"tag": "a", "time": TEXT, "value": 1, "quality": 7}, "unknown quality"),
        ({"time": "no", "values": {"a": 1, "b": 2}}, "not a time"),
        ({"time": TEXT, "values": {}}, "not a sample"),
    ],
)
def test_what_holds_no_sample_is_named(payload: object, reason: str) -> None:
    (wrong,) = refused(payload)
    assert wrong.reason == reason
    assert wrong.detail


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["tag", "time", "value", "values", "quality", "samples", "a", "b"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40) | JSON.map(orjson.dumps), max_size=6), st.sampled_from([None, "topic"]))
def test_nothing_that_comes_raises_and_every_payload_is_accounted_for(payloads: list[bytes], tag: str | None) -> None:
    readings = JsonReader(MILLISECONDS).read([Received(p, tag, ARRIVED) for p in payloads])
    assert sorted(i for r in readings for i in r.members) == list(range(len(payloads)))
    for reading in readings:
        assert not np.isnat(reading.samples.time).any()
        assert all(u.reason and u.detail for u in reading.unreadable)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 4_000_000_000_000),
        st.floats(allow_infinity=False),
        st.sampled_from(["good", "uncertain", "bad"]),
    ),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)
@given(ROWS, st.booleans(), st.booleans())
def test_what_is_written_is_read_back(rows: list[tuple[str, int, float, str]], array: bool, text: bool) -> None:
    def time(ms: int) -> object:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat() if text else ms

    items = [{"tag": tag, "time": time(ms), "value": value, "quality": word} for tag, ms, value, word in rows]
    (reading,) = read(items) if array else read(*items)
    found = [(s.tag, s.time, s.quality) for s in reading.samples]
    assert found == [
        (
            tag,
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms),
            Quality[word.upper()] if math.isfinite(value) else Quality.BAD,
        )
        for tag, ms, value, word in rows
    ]
    assert np.array_equal(reading.samples.value, np.array([row[2] for row in rows]), equal_nan=True)
