"""Files: every dialect, mistakes that say where, and a source that goes on where it was left."""

import asyncio
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from ingest.file_reader import Place, read_blocks
from ingest.files import FilesConfig, FileSource, read_samples
from ingest.formats.delimited import PLAIN
from ingest.formats.dialect import Dialect
from ingest.source_config import SourceContext
from twin.clock import FixedClock
from twin.delivery import Delivery
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

T0, T1 = datetime(2026, 3, 4, 8, 0, tzinfo=UTC), datetime(2026, 3, 4, 8, 1, tzinfo=UTC)
WIDE = "time,level,flow\n2026-03-04T08:00:00Z,51.5,\n2026-03-04T08:01:00Z,,7\n"


def samples(path: Path, dialect: Dialect = PLAIN) -> list[Sample]:
    return list(SampleBatch.concat(list(read_samples(path, dialect))))


def csv_file(folder: Path, text: str, name: str = "log.csv") -> Path:
    file = folder / name
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return file


# reading


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


@pytest.mark.parametrize("name", ["log.csv", "log.txt", "log.csv.gz"])
def test_a_wide_csv_has_no_sample_where_a_cell_is_empty(tmp_path: Path, name: str) -> None:
    assert samples(csv_file(tmp_path, WIDE, name)) == [Sample("level", T0, 51.5), Sample("flow", T1, 7.0)]


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


def big(folder: Path, name: str = "log.csv") -> Path:
    rows = "".join(f"2026-03-04T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z,{i}.5\n" for i in range(60_000))
    return csv_file(folder, f"time,level\n{rows}", name)


def test_a_big_file_comes_block_by_block(tmp_path: Path) -> None:
    batches = list(read_samples(big(tmp_path)))
    assert len(batches) > 1
    assert sum(map(len, batches)) == 60_000
    assert batches[-1].value[-1] == 59_999.5


MISTAKES = {
    "a value that is no number": (
        "time,level\n2026-03-04T08:00:00Z,1\n2026-03-04T08:01:00Z,x\n",
        "log.csv:3: column level: 'x' is not a number",
    ),
    "a time without a zone": ("time,level\n2026-03-04T08:00:00,1\n", "log.csv:2: column time: .* no time zone"),
    "a time that is none": ("tag,time,value\nlevel,yesterday,1\n", "log.csv:2: column time: 'yesterday'"),
    "a row too short": ("time,level,flow\n2026-03-04T08:00:00Z,1\n", "log.csv:2: 2 cells, expected 3"),
    "no time": ("tag,value\nlevel,1\n", r"log.csv:1: the columns are tag, value, expected tag,time,value"),
    "no value": ("tag,time\nlevel,2026-03-04T08:00:00Z\n", "log.csv:1: .*value is missing"),
    "a column too many": (
        "tag,time,value,unit\nlevel,2026-03-04T08:00:00Z,1,kPa\n",
        "log.csv:1: .*unit is not one of them",
    ),
    "a column twice": ("time,level,level\n2026-03-04T08:00:00Z,1,2\n", "log.csv:1: column level is there twice"),
    "a quality that is none": (
        "tag,time,value,quality\nlevel,2026-03-04T08:00:00Z,1,fine\n",
        "log.csv:2: column quality: 'fine' is not good",
    ),
    "nothing": ("", "log.csv:1: the columns are none"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_line_and_column(tmp_path: Path, mistake: str) -> None:
    text, said = MISTAKES[mistake]
    with pytest.raises(InvalidInput, match=said):
        samples(csv_file(tmp_path, text))


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
    whole = big(tmp_path, "whole.csv.gz").read_bytes()
    (tmp_path / "cut.csv.gz").write_bytes(whole[:-1000])
    cases = (
        ("log.xlsx", "neither"),
        ("gone.csv", "not there"),
        ("broken.parquet", "broken.parquet"),
        ("cut.csv.gz", "cut.csv.gz"),
    )
    for name, said in cases:
        with pytest.raises(InvalidInput, match=said):
            samples(tmp_path / name)


# what is written in a dialect is read back

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2_000_000_000),
        st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=3, max_size=3),
    ),
    min_size=1,
    max_size=8,
)
TIMES = {None: lambda t: t.isoformat(), "%d.%m.%Y %H:%M:%S": lambda t: t.strftime("%d.%m.%Y %H:%M:%S")}
NAMES = st.lists(st.text("abc äÜ_.01 %[]/", min_size=1, max_size=8), min_size=3, max_size=3, unique_by=str.strip)


@settings(deadline=None)
@given(
    rows=ROWS,
    names=NAMES,
    separator=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    time_format=st.sampled_from(list(TIMES)),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
    head=st.integers(0, 2),
    bom=st.booleans(),
    long=st.booleans(),
)
def test_what_is_written_in_a_dialect_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, list[float | None]]],
    names: list[str],
    separator: str,
    decimal: str,
    time_format: str | None,
    end: str,
    quoted: bool,
    head: int,
    bom: bool,
    long: bool,
) -> None:
    names = [f"T {name.strip()}x" for name in names]
    if separator == decimal:
        quoted = True
        separator = ";"

    def cell(text: str) -> str:
        return f'"{text}"' if quoted else text

    def number(value: float | None) -> str:
        return "No Data" if value is None else repr(value).replace(".", decimal)

    instants = [(datetime.fromtimestamp(second, UTC), values) for second, values in rows]
    table = [["time", *names], *([TIMES[time_format](t), *map(number, values)] for t, values in instants)]
    if long:
        table = [["tag", "time", "value"]]
        table += [[n, TIMES[time_format](t), number(v)] for t, values in instants for n, v in zip(names, values)]  # noqa: B905
    lines = [*(["some title"] * head), *(separator.join(map(cell, row)) for row in table)]
    file = tmp_path_factory.mktemp("dialect") / "log.csv"
    file.write_bytes(end.join(lines).encode("utf-8-sig" if bom else "utf-8"))
    dialect = Dialect(
        separator=separator,
        decimal=decimal,
        time_format=time_format,
        time_zone="UTC" if time_format else None,
        skip_lines=head,
    )
    expected = [
        (name, moment, value) for moment, values in instants for name, value in zip(names, values, strict=True)
    ]
    found = [
        (sample.tag, sample.time, None if sample.quality is Quality.BAD else sample.value)
        for sample in samples(file, dialect)
    ]
    assert found == expected


# the source


def context(plant: Plant, folder: Path) -> SourceContext:
    return SourceContext(plant, FixedClock(T1), folder / "state")


def make(plant: Plant, work: Path, *files: Path, **more: object) -> FileSource:
    config = FilesConfig.model_validate({"name": "files", "files": files} | more)
    return config.build(context(plant, work))


def read(source: FileSource, *, keep: int = 10_000, most: int = 10_000) -> list[Delivery]:
    """Up to `most` deliveries, the first `keep` of them acknowledged."""

    async def go() -> list[Delivery]:
        got: list[Delivery] = []
        async with source:
            async for delivery in source:
                got.append(delivery)
                if len(got) <= keep:
                    await source.acknowledge(delivery)
                if len(got) == most:
                    break
        return got

    return asyncio.run(go())


def values(deliveries: list[Delivery]) -> Iterator[float]:
    for delivery in deliveries:
        yield from delivery.samples.value.reshape(-1).tolist()


@pytest.mark.parametrize("kept", [0, 1, 2])
@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz", "log.parquet"])
def test_it_goes_on_behind_what_was_acknowledged(small_plant: Plant, tmp_path: Path, name: str, kept: int) -> None:
    if name == "log.parquet":
        file = tmp_path / name
        time = pa.array([T0 + timedelta(seconds=i) for i in range(120_000)], pa.timestamp("us", tz="UTC"))
        parquet.write_table(pa.table({"time": time, "level": np.arange(120_000.0)}), file, row_group_size=70_000)
    else:
        file = big(tmp_path, name)
    everything = list(values(read(make(small_plant, tmp_path / "other", file))))
    first = read(make(small_plant, tmp_path, file), keep=kept, most=kept + 1)
    rest = read(make(small_plant, tmp_path, file))
    assert list(values(first[:kept])) + list(values(rest)) == everything
    assert read(make(small_plant, tmp_path, file)) == []


def test_parquet_is_read_from_any_row_on(tmp_path: Path) -> None:
    file = tmp_path / "log.parquet"
    time = pa.array([T0 + timedelta(seconds=i) for i in range(100)], pa.timestamp("us", tz="UTC"))
    parquet.write_table(pa.table({"time": time, "level": np.arange(100.0)}), file, row_group_size=40)
    (second, third) = read_blocks(file, start=Place(47))
    assert second.decoded.samples.value.reshape(-1).tolist() == list(range(47, 80))
    assert (second.decoded.place_of(0), third.decoded.place_of(0)) == ("row 48", "row 81")


def test_killed_in_the_middle_it_loses_nothing(small_plant: Plant, tmp_path: Path) -> None:
    file = big(tmp_path)
    code = (
        "import asyncio, os, signal, sys\n"
        "from pathlib import Path\n"
        "from ingest.files import FilesConfig\n"
        "from ingest.source_config import SourceContext\n"
        "async def go():\n"
        "    config = FilesConfig(name='files', files=(Path(sys.argv[1]),))\n"
        "    async with config.build(SourceContext(None, None, Path(sys.argv[2]))) as source:\n"
        "        async for delivery in source:\n"
        "            print(len(delivery.samples), flush=True)\n"
        "            await source.acknowledge(delivery)\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(go())\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(file), str(tmp_path / "state")], capture_output=True, text=True, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    rest = read(make(small_plant, tmp_path, file))
    assert int(child.stdout) + sum(len(delivery.samples) for delivery in rest) == 60_000


def test_lines_appended_later_are_read_once(small_plant: Plant, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "time,level\n2026-03-04T08:00:00Z,1\n")
    assert list(values(read(make(small_plant, tmp_path, file)))) == [1]
    with file.open("a") as log:
        log.write("2026-03-04T08:01:00Z,2\n2026-03-04T08:02:00Z,x\n")
    (delivery,) = read(make(small_plant, tmp_path, file))
    assert delivery.samples.value.reshape(-1).tolist() == [2]
    assert delivery.unreadable[0].detail == f"{file}:4: column level: 'x' is not a number"


@pytest.mark.parametrize(
    "text",
    [
        "time,level\n2026-03-04T08:00:00Z,5\n",
        "time,level\n2026-03-04T08:00:00Z,1\n",
        "time,flow\n2026-03-04T08:00:00Z,1\n2026-03-04T08:01:00Z,2\n",
    ],
)
def test_a_file_written_anew_is_read_from_its_start(small_plant: Plant, tmp_path: Path, text: str) -> None:
    file = csv_file(tmp_path, "time,level\n2026-03-04T08:00:00Z,1\n")
    read(make(small_plant, tmp_path, file))
    file.write_text(text)
    os.utime(file, (1, 1))
    assert len(list(values(read(make(small_plant, tmp_path, file))))) == text.count("Z")


def test_a_file_that_cannot_be_read_costs_the_others_nothing(small_plant: Plant, tmp_path: Path) -> None:
    broken, good = csv_file(tmp_path, "tag,value\n", "a.csv"), csv_file(tmp_path, WIDE, "b.csv")
    first, second = read(make(small_plant, tmp_path, broken, good))
    assert len(first.samples) == 0
    assert [(item.payload, item.reason) for item in first.unreadable] == [(str(broken).encode(), "unreadable file")]
    assert len(second.samples) == 2


def test_a_folder_is_watched_and_a_file_read_when_it_is_settled(small_plant: Plant, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    source = make(small_plant, tmp_path, files=(), folder=folder, pattern="*.csv", poll="1 ms", settle="1 h")

    def put(name: str, text: str, age_h: float) -> None:
        file = csv_file(folder, text, name)
        then = file.stat().st_mtime - age_h * 3600
        os.utime(file, (then, then))

    async def go() -> list[float]:
        got: list[float] = []
        put("old.csv", "time,level\n2026-03-04T08:00:00Z,1\n", 2)
        put("old.xlsx", "nothing", 2)
        put("new.csv", "time,level\n2026-03-04T08:00:00Z,3\n", 0)
        async with source:
            async for delivery in source:
                await source.acknowledge(delivery)
                got += delivery.samples.value.reshape(-1).tolist()
                if len(got) == 1:
                    put("later.csv", "time,level\n2026-03-04T08:00:00Z,2\n", 2)
                if len(got) == 2:
                    put("old.csv", "time,level\n2026-03-04T08:00:00Z,1\n2026-03-04T08:01:00Z,4\n", 1.5)
                if len(got) == 3:
                    return got
        raise AssertionError

    assert asyncio.run(asyncio.wait_for(go(), 60)) == [1, 2, 4]


def test_a_unit_that_the_file_states_and_the_tag_has_not_is_refused(small_plant: Plant, tmp_path: Path) -> None:
    dialect = {"units_row": True}
    file = csv_file(tmp_path, "time,flow\n,L/min\n2026-03-04T08:00:00Z,100\n")
    (delivery,) = read(make(small_plant, tmp_path, file, dialect=dialect))
    assert f"{file}: column flow is in L/min, expected m^3/h" in delivery.unreadable[0].detail
    mapping = {"flow": {"tag": "flow", "unit": "L/min"}}
    assert list(values(read(make(small_plant, tmp_path, file, dialect=dialect, tags=mapping)))) == [100]
    same = csv_file(tmp_path, "time,flow\n,m3/h\n2026-03-04T08:00:00Z,100\n", "same.csv")
    assert list(values(read(make(small_plant, tmp_path, same, dialect=dialect)))) == [100]


def test_a_table_without_gaps_comes_as_whole_units(small_plant: Plant, tmp_path: Path) -> None:
    (block,) = read_blocks(csv_file(tmp_path, "time,level,flow\n2026-03-04T08:00:00Z,1,2\n"))
    assert isinstance(block.decoded.samples, SnapshotBatch)


@pytest.mark.parametrize("more", [{}, {"files": ("a.csv",), "folder": "b"}])
def test_either_files_or_a_folder_is_configured(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either files or folder"):
        FilesConfig.model_validate({"name": "files"} | more)


def test_a_listed_file_that_is_not_there_is_a_mistake(small_plant: Plant, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.csv"):
        read(make(small_plant, tmp_path, tmp_path / "gone.csv"))
