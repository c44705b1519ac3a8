"""The demo plant through the pipeline into a real Postgres."""

import asyncio
import math
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from ingest.demo.process import OBSERVED, Process
from ingest.demo.recorder import Recorder
from ingest.demo.schedule import minute_of
from ingest.demo.source import DemoPlant
from ingest.pipeline import Pipeline
from twin.clock import Span
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.mark.integration
def test_what_the_plant_publishes_stands_in_the_historian(demo_plant: Plant, engine: Engine) -> None:
    migrate(engine)
    historian = PostgresHistorian(engine, demo_plant)
    recorder = Recorder(Process.start(4243534565, 0.1), minute_of(START))
    truth = Process.start(4243534565, 0.1).run(120)
    source = DemoPlant(
        demo_plant, recorder, seed=3, speed=math.inf, until=START + timedelta(hours=2), moves_per_hour=0
    )
    pipeline = Pipeline(demo_plant, historian)
    asyncio.run(pipeline.run(source, threading.Event()))
    assert pipeline.counters.rejected == {}
    assert pipeline.counters.outside_range == 0
    tags = ["reactor_pressure", "xmv.purge_valve", "sp.reactor_level"]
    window = historian.window(tags, Span(START, START + timedelta(hours=2)), timedelta(minutes=3))
    assert window.valid.all()
    assert np.array_equal(window.column("reactor_pressure"), truth[2::3, OBSERVED.index("reactor_pressure")])
    assert (window.column("sp.reactor_level") == 75.0).all()


def test_a_snapshot_lives_on_in_another_process(process: Process, tmp_path: Path) -> None:
    (tmp_path / "snapshot").write_bytes(process.snapshot())
    program = (
        "import sys, numpy, pathlib; from ingest.demo.process import Process; folder = pathlib.Path(sys.argv[1]);"
        "numpy.save(folder / 'rows.npy', Process.restore((folder / 'snapshot').read_bytes()).run(30))"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)
    assert np.array_equal(np.load(tmp_path / "rows.npy"), process.run(30))
