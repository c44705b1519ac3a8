"""JSON, line protocol and CSV: what is read, what is not and why, and where it stood."""

from datetime import UTC, datetime

import numpy as np
import orjson
import pytest

from ingest.formats.decoded import Decoded
from ingest.formats.delimited import decode_csv
from ingest.formats.dialect import Dialect
from ingest.formats.influx import decode_lines
from ingest.formats.json_samples import decode_json, decode_ndjson
from ingest.formats.times import Fold
from twin.errors import InvalidInput
from twin.sample import Quality, Sample, SnapshotBatch

T0 = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
T0_TEXT = "2026-03-04T08:00:00Z"
T0_S = int(T0.timestamp())


def samples(decoded: Decoded) -> list[Sample]:
    batch = decoded.samples
    return list(batch.samples() if isinstance(batch, SnapshotBatch) else batch)


def reasons(decoded: Decoded) -> list[str]:
    return [item.reason for item in decoded.unreadable]


def json_of(*items: object) -> bytes:
    return orjson.dumps({"samples": items})


def one(**more: object) -> dict[str, object]:
    return {"tag": "level", "time": T0_TEXT, "value": 51.5} | more


# JSON


@pytest.mark.parametrize(
    "body",
    [
        json_of(one()),
        orjson.dumps([one()]),
        orjson.dumps(one()),
        orjson.dumps({"time": T0_TEXT, "values": {"level": 51.5}}),
        json_of({"time": T0_TEXT, "values": {"level": 51.5}, "quality": "good"}),
    ],
)
def test_json_in_each_of_its_forms(body: bytes) -> None:
    assert samples(decode_json(body)) == [Sample("level", T0, 51.5)]


@pytest.mark.parametrize("time", ["2026-03-04T09:00:00+01:00", "2026-03-04 08:00:00.000000001Z", "20260304T080000Z"])
def test_every_iso_time_with_a_zone_is_read(time: str) -> None:
    assert samples(decode_json(json_of(one(time=time))))[0].time == T0


def test_an_epoch_needs_a_stated_precision() -> None:
    body = json_of(one(time=T0_S + 0.25))
    assert reasons(decode_json(body)) == ["not a time"]
    assert samples(decode_json(body, "s"))[0].time == T0.replace(microsecond=250_000)
    assert samples(decode_json(json_of(one(time=T0_S * 1000)), "ms"))[0].time == T0
    assert samples(decode_json(json_of(one(time=T0_S * 10**9)), "ns"))[0].time == T0


@pytest.mark.parametrize("time", [10**18, -(10**18), 1e300, 10**30])
def test_an_epoch_out_of_range_is_no_time(time: float) -> None:
    body = b"[%s, %s]" % (orjson.dumps(one()), orjson.dumps(one(time=0)).replace(b":0,", f":{time},".encode()))
    assert reasons(decode_json(body, "s")) == ["not a time"]


def test_rows_with_the_same_tags_are_whole_units() -> None:
    row = {"time": T0_TEXT, "values": {"level": 1, "flow": None}}
    turned = {"time": "2026-03-04T08:01:00Z", "values": {"flow": True, "level": 2.5}}
    batch = decode_json(json_of(row, turned)).samples
    assert isinstance(batch, SnapshotBatch)
    assert batch.tags == ("level", "flow")
    np.testing.assert_array_equal(batch.value, [[1, np.nan], [2.5, 1]])
    assert batch.quality is not None
    assert batch.quality.tolist() == [[Quality.GOOD, Quality.BAD], [Quality.GOOD, Quality.GOOD]]


def test_rows_of_several_kinds_are_read_one_by_one() -> None:
    row = {"time": T0_TEXT, "values": {"level": 1, "flow": "open"}, "quality": "uncertain"}
    decoded = decode_json(json_of(row, one(tag="purity")))
    assert samples(decoded) == [Sample("level", T0, 1.0, Quality.UNCERTAIN), Sample("purity", T0, 51.5)]
    assert [item.detail for item in decoded.unreadable] == ['sample 1: value: "open" of flow is not a number']
    assert [decoded.place_of(0), decoded.place_of(1)] == ["sample 1", "sample 2"]


WRONG = {
    "not a sample": 7,
    "missing field": {"tag": "level", "time": T0_TEXT},
    "unknown field": one(unit="kPa"),
    "not a tag": one(tag=""),
    "not a number": one(value="51.5"),
    "not a time": one(time="2026-03-04T08:00:00"),
    "unknown quality": one(quality="fine"),
}


@pytest.mark.parametrize("reason", WRONG)
def test_one_bad_item_costs_the_others_nothing_and_is_named(reason: str) -> None:
    decoded = decode_json(json_of(one(tag="flow"), WRONG[reason], one()))
    assert [sample.tag for sample in samples(decoded)] == ["flow", "level"]
    assert reasons(decoded) == [reason]
    assert decoded.unreadable[0].detail.startswith("sample 2: ")
    assert orjson.loads(decoded.unreadable[0].payload) == WRONG[reason]
    assert decoded.place_of(1) == "sample 3"


def test_true_is_no_quality_though_it_equals_one() -> None:
    decoded = decode_json(json_of(one(quality=1), one(quality=True)))
    assert [sample.quality for sample in samples(decoded)] == [Quality.UNCERTAIN]
    assert reasons(decoded) == ["unknown quality"]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'"x"', b'{"samples": 7}', b'{"samples": [], "more": 1}', b"\xff"])
def test_what_is_no_document_of_samples_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode_json(body)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decode_json(b'{"samples":' + b"[" * 200_000)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decode_json(b'[{"tag": "\\ud800", "time": "2026-03-04T08:00:00Z", "value": NaN}]')


def test_a_line_that_is_no_json_costs_the_other_lines_nothing() -> None:
    decoded = decode_ndjson(b"\n".join([orjson.dumps(one()), b"", b"{nope", orjson.dumps(one(tag="flow"))]))
    assert [sample.tag for sample in samples(decoded)] == ["level", "flow"]
    assert [decoded.place_of(i) for i in range(2)] == ["line 1", "line 4"]
    assert (decoded.unreadable[0].payload, reasons(decoded)) == (b"{nope", ["not JSON"])
    assert decoded.unreadable[0].detail.startswith("line 3: ")


# line protocol


def test_line_protocol_names_a_sample_by_measurement_tag_and_field() -> None:
    body = (
        f"# a comment\n\nlevel value=51.5 {T0_S}\r\n"
        f"tank,site=north level=1i,open=true {T0_S}\n"
        f"tank,tag=TI101 value=-2.5e3,max=7u {T0_S}"
    )
    decoded = decode_lines(body.encode(), "s")
    assert {sample.tag: sample.value for sample in samples(decoded)} == {
        "level": 51.5,
        "tank.level": 1.0,
        "tank.open": 1.0,
        "TI101": -2500.0,
        "TI101.max": 7.0,
    }
    assert {sample.time for sample in samples(decoded)} == {T0}
    assert decoded.place.tolist() == [3, 4, 4, 5, 5]


@pytest.mark.parametrize(("precision", "factor"), [("ns", 10**9), ("us", 10**6), ("ms", 10**3), ("s", 1)])
def test_the_precision_is_that_of_the_times(precision: str, factor: int) -> None:
    assert samples(decode_lines(f"level value=1 {T0_S * factor}".encode(), precision))[0].time == T0


@pytest.mark.parametrize(
    "line", ['level value=1,quality="uncertain" 5', "level,quality=uncertain value=1 5", "level value=1,quality=1i 5"]
)
def test_quality_is_a_field_or_a_tag(line: str) -> None:
    assert [sample.quality for sample in samples(decode_lines(line.encode(), "s"))] == [Quality.UNCERTAIN]


def test_a_template_names_the_address() -> None:
    decoded = decode_lines(b"cpu,host=a,core=1 load=1 5\ncpu,host=b load=2 5", address="{host}/{core}.{field}")
    assert [sample.tag for sample in samples(decoded)] == ["a/1.load"]
    assert reasons(decoded) == ["no address"]


LINES = {
    "not line protocol": ["level", "level value=", "level value=1,", "level value=1 1 1", "level value=1e400 5"],
    "no time": ["level value=1"],
    "text value": ['level value="open" 5'],
    "field twice": ["level value=1,value=2 5"],
    "unknown quality": ['level value=1,quality="fine" 5'],
    "not a time": ["level value=1 9000000000000000000"],
}


@pytest.mark.parametrize(("reason", "line"), [(reason, line) for reason, lines in LINES.items() for line in lines])
def test_a_line_without_a_sample_is_named_and_costs_the_others_nothing(reason: str, line: str) -> None:
    decoded = decode_lines(f"flow value=1 5\n{line}\nflow value=2 6".encode(), "s")
    assert [sample.value for sample in samples(decoded)] == [1.0, 2.0]
    assert reasons(decoded) == [reason]
    assert decoded.unreadable[0].payload == line.encode()
    assert decoded.unreadable[0].detail.startswith("line 2: ")
    assert decoded.place.tolist() == [1, 3]


def test_a_line_inside_a_text_is_no_sample() -> None:
    decoded = decode_lines(b'tank note="a\nlevel value=5 17\nb",level=2 9\nflow value=1 5', "s")
    assert [(sample.tag, sample.value) for sample in samples(decoded)] == [("tank.level", 2.0), ("flow", 1.0)]
    assert reasons(decoded) == ["text value"]


def test_a_line_of_other_bytes_costs_the_others_nothing() -> None:
    decoded = decode_lines(b"flow value=1 5\n\xff value=1 5\nflow value=2 6", "s")
    assert len(samples(decoded)) == 2
    assert decoded.unreadable[0].payload == b"\xff value=1 5"


# CSV

PI = Dialect(
    separator=";",
    decimal=",",
    skip_lines=1,
    units_row=True,
    time_column="Timestamp",
    time_format="%d-%b-%y %H:%M:%S",
    time_zone="Europe/Berlin",
    ignore=("Note",),
    states={"Open": 1},
)


def test_an_export_of_a_plant_historian() -> None:
    text = (
        "PI DataLink export\r\n"
        'Timestamp;"TI 101";FI101;Note\r\n'
        ";degC;m3/h;\r\n"
        "04-Mar-26 09:00:00;1,5;No Data;started\r\n"
        '"04-Mar-26 09:01:00";;I/O TIMEOUT;\r\n'
        ";;;\r\n"
        "\r\n"
        "04-Mar-26 09:02:00;-1,25e3;open;"
    )
    decoded = decode_csv(text.encode("utf-8-sig"), PI)
    bad = [(s.tag, s.time.minute) for s in samples(decoded) if s.quality is Quality.BAD]
    assert bad == [("FI101", 0), ("FI101", 1)]
    assert [(s.tag, s.time.minute, s.value) for s in samples(decoded) if s.quality is Quality.GOOD] == [
        ("TI 101", 0, 1.5),
        ("TI 101", 2, -1250.0),
        ("FI101", 2, 1.0),
    ]
    assert samples(decoded)[0].time == T0
    assert not decoded.unreadable
    assert decoded.place.tolist() == [4, 4, 5, 8, 8]


def test_a_table_without_gaps_gives_whole_units() -> None:
    decoded = decode_csv(f"time,level,flow\n{T0_TEXT},1,2\n2026-03-04T08:01:00Z,3,inf\n".encode())
    assert isinstance(decoded.samples, SnapshotBatch)
    assert [sample.quality for sample in samples(decoded)] == [2, 2, 2, 0]
    assert decoded.place_of(3) == "line 3"


CSV_LINES = {
    "not a number": [f"flow,{T0_TEXT},x,good", f"flow,{T0_TEXT},1 000,good", f'flow,{T0_TEXT},"1,5",good'],
    "not a time": ["flow,yesterday,1,good", "flow,2026-03-04T08:00:00,1,good", "flow,,1,good"],
    "unknown quality": [f"flow,{T0_TEXT},1,fine"],
    "no tag": [f",{T0_TEXT},1,good"],
    "wrong number of cells": [f"flow,{T0_TEXT},1", f"flow,{T0_TEXT},1,good,"],
    "not CSV": [f'"flow"x,{T0_TEXT},1,good', f'flow,{T0_TEXT},"1,good'],
}


@pytest.mark.parametrize(
    ("reason", "line"), [(reason, line) for reason, lines in CSV_LINES.items() for line in lines]
)
def test_a_csv_line_without_a_sample_is_named_and_costs_the_others_nothing(reason: str, line: str) -> None:
    text = f"tag,time,value,quality\nlevel,{T0_TEXT},1,good\n{line}\nlevel,2026-03-04T08:01:00Z,2,good\n"
    decoded = decode_csv(text.encode(), name="log.csv")
    assert [sample.value for sample in samples(decoded)] == [1.0, 2.0]
    assert reasons(decoded) == [reason]
    assert decoded.unreadable[0].detail.startswith("log.csv:3: ")
    assert decoded.unreadable[0].payload == line.encode()
    assert decoded.place.tolist() == [2, 4]


def test_an_open_quote_swallows_no_further_line() -> None:
    rows = f'level,{T0_TEXT},"1\nlevel,2026-03-04T08:01:00Z,"2"\nlevel,2026-03-04T08:02:00Z,3"\n'
    decoded = decode_csv(f"tag,time,value\n{rows}".encode())
    assert [sample.value for sample in samples(decoded)] == [2.0]
    assert len(decoded.unreadable) == 2


def test_a_bad_cell_of_a_wide_line_costs_the_other_cells_nothing() -> None:
    decoded = decode_csv(f"time,level,flow\n{T0_TEXT},x,7\n".encode(), name="log.csv")
    assert samples(decoded) == [Sample("flow", T0, 7.0)]
    assert [item.detail for item in decoded.unreadable] == ["log.csv:2: column level: 'x' is not a number"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25-Oct-26 02:30:00", "happened twice in Europe/Berlin"),
        ("29-Mar-26 02:30:00", "does not exist in Europe/Berlin"),
        ("2026-03-04T08:00:00Z", "is no time of the form %d-%b-%y"),
    ],
)
def test_a_local_time_that_is_none_or_two_is_refused(text: str, said: str) -> None:
    body = f"x\nTimestamp;TI101\n;degC\n{text};1\n".encode()
    decoded = decode_csv(body, PI)
    assert not samples(decoded)
    assert said in decoded.unreadable[0].detail


@pytest.mark.parametrize(("fold", "hour"), [(Fold.FIRST, 0), (Fold.SECOND, 1)])
def test_the_repeated_hour_is_read_as_configured(fold: Fold, hour: int) -> None:
    body = b"x\nTimestamp;TI101\n;degC\n25-Oct-26 02:30:00;1\n"
    (sample,) = samples(decode_csv(body, Dialect(**PI.model_dump() | {"fold": fold})))
    assert sample.time == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "text"), [("unix_s", f"{T0_S}.25"), ("unix_ms", f"{T0_S}250"), ("unix_ns", f"{T0_S}250000999")]
)
def test_unix_times_are_exact_to_the_microsecond(form: str, text: str) -> None:
    decoded = decode_csv(f"time,level\n{text},1\n".encode(), Dialect(time_format=form))
    assert samples(decoded)[0].time == T0.replace(microsecond=250_000)


@pytest.mark.parametrize("text", ["1e999999", "NaN", "x", "", "9" * 40])
def test_a_unix_time_that_is_none_is_refused(text: str) -> None:
    decoded = decode_csv(f"time,level\n{text},1\n".encode(), Dialect(time_format="unix_s"))
    assert reasons(decoded) == ["not a time"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"separator": ":"},
        {"separator": ",", "decimal": ","},
        {"encoding": "utf-16"},
        {"encoding": "klingon"},
        {"time_zone": "Mars/Olympus"},
        {"skip_lines": -1},
    ],
)
def test_a_dialect_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Dialect.model_validate(wrong)


def test_other_character_sets_are_read_and_wrong_bytes_cost_one_line() -> None:
    text = f"tag,time,value\nKühler,{T0_TEXT},1\nlevel,{T0_TEXT},2\n"
    assert samples(decode_csv(text.encode("cp1252"), Dialect(encoding="cp1252")))[0].tag == "Kühler"
    decoded = decode_csv(text.encode("cp1252"))
    assert [sample.tag for sample in samples(decoded)] == ["level"]
    assert reasons(decoded) == ["not text"]
