"""What the demo does to a database that it finds."""

from datetime import UTC, datetime, timedelta

import pytest

from api import main
from twin.clock import FixedClock
from twin.errors import ConfigurationError
from twin.historian.migrations import migrate
from twin.sample import Sample, SampleBatch
from twin.settings import Settings

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def house(engine, tmp_path):
    migrate(engine)
    built = main.build(Settings(data_dir=tmp_path), engine, FixedClock(NOW), with_model=False)
    built.twin.historian.write(SampleBatch.of([Sample("reactor_pressure", NOW - timedelta(hours=1), 2700.0)]))
    return built


def test_samples_that_are_not_the_demos_are_never_cleared(house):
    with pytest.raises(ConfigurationError, match="holds samples"):
        main.clear(house)
    assert house.twin.historian.extent() is not None


def test_a_history_that_the_demo_began_is_cleared(house):
    main.demo_folder(house.settings).mkdir()
    main.clear(house)
    assert house.twin.historian.extent() is None
