"""The demo plant's file, and a process that has run for a while."""

from pathlib import Path

import pytest

import ingest.demo
from ingest.demo.process import Process
from twin.plant import Plant
from twin.plantfile import load_plant

PLANT_FILE = Path(ingest.demo.__file__).with_name("plant.yaml")
SEED = 4243534565


@pytest.fixture(scope="session")
def demo_plant() -> Plant:
    """The plant in the demo's plant.yaml."""
    return load_plant(PLANT_FILE)


@pytest.fixture(scope="session")
def _warm() -> Process:
    process = Process.start(SEED, background=0.1)
    process.run(90)
    return process


@pytest.fixture
def process(_warm: Process) -> Process:
    """A living process, 90 minutes old."""
    return _warm.clone()
