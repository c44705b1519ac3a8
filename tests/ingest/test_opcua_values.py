"""OPC UA values as samples, without a server."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from ingest.opcua_values import Columns, Unusable, number, overflowed, quality
from twin.delivery import Unreadable
from twin.sample import Quality, SampleBatch

TIME = datetime(2026, 3, 4, 8, 0, 0, 123456, tzinfo=UTC)
INTEGERS = {
    ua.VariantType.SByte: 8,
    ua.VariantType.Int16: 16,
    ua.VariantType.Int32: 32,
    ua.VariantType.Int64: 53,
}
statuses = st.integers(0, 2**32 - 1)


def value(raw: object, kind: ua.VariantType = ua.VariantType.Double, status: int = 0, **more: object) -> ua.DataValue:
    return ua.DataValue(ua.Variant(raw, kind), ua.StatusCode(status), **({"SourceTimestamp": TIME} | more))


def samples(
    rows: list[tuple[str, ua.DataValue]], *, server_time: bool = False
) -> tuple[SampleBatch, tuple[Unreadable, ...]]:
    return Columns(["a", "b", "c"], server_time=server_time).of(rows)


@given(statuses)
def test_the_two_upper_bits_say_the_quality(status: int) -> None:
    expected = {0: Quality.GOOD, 1: Quality.UNCERTAIN, 2: Quality.BAD, 3: Quality.BAD}
    assert quality(status) == expected[status // 2**30]
    assert (quality(status) == Quality.GOOD) == ua.StatusCode(status).is_good()
    assert (quality(status) == Quality.BAD) == ua.StatusCode(status).is_bad()


@given(statuses)
def test_only_a_data_value_tells_of_an_overflow(status: int) -> None:
    bits = f"{status:032b}"
    info_type, overflow = bits[31 - 11 : 31 - 9], bits[31 - 7]
    assert overflowed(status) == (info_type == "01" and overflow == "1")


@given(st.sampled_from(sorted(INTEGERS)), st.data())
def test_an_integer_is_kept_exactly(kind: ua.VariantType, data: st.DataObject) -> None:
    half = 2 ** (INTEGERS[kind] - 1)
    raw = data.draw(st.integers(-half, half - 1))
    assert number(ua.Variant(raw, kind)) == raw


@given(st.floats())
def test_a_number_is_kept_bit_for_bit_unless_it_is_not_finite(raw: float) -> None:
    batch, unreadable = samples([("a", value(raw))])
    assert not unreadable
    assert (batch.value[0] == raw) if math.isfinite(raw) else math.isnan(batch.value[0])
    assert batch.quality[0] == (Quality.GOOD if math.isfinite(raw) else Quality.BAD)


@pytest.mark.parametrize("raw", [2**53 + 1, -(2**53) - 1])
def test_an_integer_that_a_float_cannot_hold_is_refused(raw: int) -> None:
    with pytest.raises(Unusable, match=str(raw)):
        number(ua.Variant(raw, ua.VariantType.Int64))


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        (ua.Variant("12", ua.VariantType.String), "not a number"),
        (ua.Variant(TIME, ua.VariantType.DateTime), "not a number"),
        (ua.Variant(b"1", ua.VariantType.ByteString), "not a number"),
        (ua.Variant([1.0, 2.0], ua.VariantType.Double), "an array"),
    ],
)
def test_what_is_no_number_is_unreadable_and_says_why(variant: ua.Variant, reason: str) -> None:
    batch, [dead] = samples([("c", ua.DataValue(variant, SourceTimestamp=TIME))])
    assert len(batch) == 0
    assert dead.reason == reason
    assert "c" in dead.detail
    assert b'"c"' in dead.payload


def test_booleans_are_one_and_zero() -> None:
    batch, _ = samples([("a", value(raw, ua.VariantType.Boolean)) for raw in (True, False)])
    assert batch.value.tolist() == [1.0, 0.0]


def test_a_bad_status_keeps_the_value_that_came_with_it_and_no_value_is_bad() -> None:
    rows = [
        ("a", value(3.5, status=ua.StatusCodes.BadSensorFailure)),
        ("b", ua.DataValue(None, SourceTimestamp=TIME)),
    ]
    batch, unreadable = samples(rows)
    assert not unreadable
    assert batch.value[0] == 3.5
    assert math.isnan(batch.value[1])
    assert batch.quality.tolist() == [Quality.BAD, Quality.BAD]


@pytest.mark.parametrize("none", [None, ua.get_win_epoch()])
def test_the_servers_time_is_taken_only_when_asked_for(none: datetime | None) -> None:
    row = ("a", value(1.0, SourceTimestamp=none, ServerTimestamp=TIME))
    batch, [dead] = samples([row])
    assert (len(batch), dead.reason) == (0, "no source time")
    batch, unreadable = samples([row], server_time=True)
    assert not unreadable
    assert batch.time[0] == np.datetime64("2026-03-04T08:00:00.123456")


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.one_of(st.floats(), st.text(), st.none())), max_size=20)
)
def test_nothing_is_dropped_unsaid(rows: list[tuple[str, object]]) -> None:
    kinds = {float: ua.VariantType.Double, str: ua.VariantType.String, type(None): ua.VariantType.Null}
    batch, unreadable = samples([(name, value(raw, kinds[type(raw)])) for name, raw in rows])
    assert len(batch) + len(unreadable) == len(rows)
    assert [batch.tags[tag] for tag in batch.tag] == [name for name, raw in rows if not isinstance(raw, str)]
