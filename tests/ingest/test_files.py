"""Samples from files: both forms of CSV and Parquet, and errors that say where."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ingest.files import read_samples
from twin.errors import InvalidInput
from twin.sample import Quality, Sample, SampleBatch

T0, T1 = datetime(2026, 3, 4, 8, 0, tzinfo=UTC), datetime(2026, 3, 4, 8, 1, tzinfo=UTC)


def samples(path: Path) -> list[Sample]:
    return list(SampleBatch.concat(list(read_samples(path))))


def csv_file(folder: Path, text: str) -> Path:
    file = folder / "log.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_long_csv(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path,
        "tag,time,value,quality\n"
        "level,2026-03-04T08:00:00Z,51.5,good\n"
        "flow,2026-03-04T09:01:00+01:00,7,Uncertain\n"
        'level,2026-03-04 08:01:00+00:00,52,""\n'
        "flow,2026-03-04T08:00:00Z,1,0\n",
    )
    assert samples(file) == [
        Sample("level", T0, 51.5),
        Sample("flow", T1, 7.0, Quality.UNCERTAIN),
        Sample("level", T1, 52.0),
        Sample("flow", T0, 1.0, Quality.BAD),
    ]


def test_a_wide_csv_has_no_sample_where_a_cell_is_empty(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "time,level,flow\n2026-03-04T08:00:00Z,51.5,\n2026-03-04T08:01:00Z,,7\n")
    assert samples(file) == [Sample("level", T0, 51.5), Sample("flow", T1, 7.0)]


def test_an_empty_value_of_a_long_file_is_bad(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "tag,time,value\nlevel,2026-03-04T08:00:00Z,\nflow,2026-03-04T08:00:00Z,inf\n")
    first, second = samples(file)
    assert (first.quality, second.quality) == (Quality.BAD, Quality.BAD)
    assert np.isnan(first.value)
    assert np.isnan(second.value)


def test_parquet_in_both_forms(tmp_path: Path) -> None:
    time = pa.array([T0, T1], pa.timestamp("ns", tz="Europe/Berlin"))
    wide, long = tmp_path / "wide.parquet", tmp_path / "long.parquet"
    parquet.write_table(pa.table({"time": time, "level": pa.array([51.5, None], pa.float32()), "flow": [6, 7]}), wide)
    tag = pa.array(["level", "flow"]).dictionary_encode()
    parquet.write_table(pa.table({"value": [51.5, 7.0], "time": time, "tag": tag}), long)
    assert samples(wide) == [Sample("level", T0, 51.5), Sample("flow", T0, 6.0), Sample("flow", T1, 7.0)]
    assert samples(long) == [Sample("level", T0, 51.5), Sample("flow", T1, 7.0)]


def test_a_big_file_comes_block_by_block(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-04T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z,{i}.5\n" for i in range(60_000))
    batches = list(read_samples(csv_file(tmp_path, f"time,level\n{rows}")))
    assert len(batches) > 1
    assert sum(map(len, batches)) == 60_000
    assert batches[-1].value[-1] == 59_999.5


MISTAKES = {
    "a value that is no number": (
        "time,level\n2026-03-04T08:00:00Z,1\n2026-03-04T08:01:00Z,x\n",
        r"#1.*[Rr]ow #3.*'x'",
    ),
    "a time without a zone": ("time,level\n2026-03-04T08:00:00,1\n", r"[Rr]ow #2.*zone"),
    "a time that is none": ("tag,time,value\nlevel,yesterday,1\n", r"[Rr]ow #2.*'yesterday'"),
    "a row too short": ("time,level,flow\n2026-03-04T08:00:00Z,1\n", r"[Rr]ow #2.*[Ee]xpected 3 columns"),
    "no time": ("tag,value\nlevel,1\n", r":1: the columns are tag, value, expected tag,time,value"),
    "no value": ("tag,time\nlevel,2026-03-04T08:00:00Z\n", ":1: .*value is missing"),
    "a column too many": ("tag,time,value,unit\nlevel,2026-03-04T08:00:00Z,1,kPa\n", ":1: .*unit is not one of them"),
    "a column twice": ("time,level,level\n2026-03-04T08:00:00Z,1,2\n", ":1: column level is there twice"),
    "a quality that is none": (
        "tag,time,value,quality\nlevel,2026-03-04T08:00:00Z,1,fine\n",
        "quality: 'fine' is not good",
    ),
    "nothing": ("", ":1: the columns are none"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_and_place(tmp_path: Path, mistake: str) -> None:
    text, said = MISTAKES[mistake]
    with pytest.raises(InvalidInput, match=said) as caught:
        samples(csv_file(tmp_path, text))
    assert "log.csv" in caught.value.detail


def test_a_parquet_time_without_zone_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.parquet"
    parquet.write_table(pa.table({"time": pa.array([T0], pa.timestamp("us")), "level": [1.0]}), file)
    with pytest.raises(InvalidInput, match="with a time zone"):
        samples(file)


def test_a_parquet_column_of_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.parquet"
    time = pa.array([T0], pa.timestamp("us", tz="UTC"))
    parquet.write_table(pa.table({"time": time, "level": ["high"]}), file)
    with pytest.raises(InvalidInput, match="column level"):
        samples(file)


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_text("PAR1 nothing")
    for name, said in (("log.xlsx", "neither"), ("gone.csv", "not there"), ("broken.parquet", "broken.parquet")):
        with pytest.raises(InvalidInput, match=said):
            samples(tmp_path / name)
