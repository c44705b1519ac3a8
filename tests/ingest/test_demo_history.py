"""The demo's past: incidents in the last night, published as a plant would, and campaigns to train on."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.demo.history import History, make_history, training_campaign
from ingest.demo.incidents import DRIFTS, PROCESS_FAULTS, STICKING, Truth, draw_truth, last_night
from ingest.demo.process import MEASURED, MOVABLE, OBSERVED, Process
from ingest.demo.recorder import Link, Recorder
from ingest.demo.schedule import ORDINARY, minute_of, ordinary_moves
from twin.clock import from_datetime64
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.sample import SampleBatch

NOW = datetime(2026, 3, 4, 8, 17, 40, tzinfo=UTC)
HOURS = 14.0


@pytest.fixture(scope="module")
def history(demo_plant: Plant) -> History:
    return make_history(demo_plant, NOW, seed=5, hours=HOURS)


@pytest.fixture(scope="module")
def samples(history: History) -> SampleBatch:
    return SampleBatch.concat(list(history))


def of(batch: SampleBatch, tag: str) -> SampleBatch:
    return batch.take(batch.tag == batch.tags.index(tag))


def minutes_of(batch: SampleBatch) -> np.ndarray:
    return batch.time.astype("datetime64[m]").astype(int)


def test_the_same_seed_and_hour_give_the_same_history(demo_plant: Plant) -> None:
    now = datetime(2026, 3, 4, 5, 1, tzinfo=UTC)
    once, again = (SampleBatch.concat(list(make_history(demo_plant, now, seed=9, hours=8))) for _ in range(2))
    assert np.array_equal(once.value, again.value)
    assert np.array_equal(once.time, again.time)


def test_every_day_has_its_own_incidents(demo_plant: Plant) -> None:
    night = last_night(demo_plant, NOW)
    drawn = {draw_truth(seed, night, demo_plant, ()).model_copy(update={"seed": 0}) for seed in range(30)}
    assert len(drawn) == 30
    assert {truth.process_fault.disturbance for truth in drawn} == {fault[0] for fault in PROCESS_FAULTS}
    assert {truth.transmitter_fault.kind for truth in drawn} == {"stuck", "drift"}


def test_history_ends_with_the_last_whole_minute(samples: SampleBatch, history: History) -> None:
    newest = from_datetime64(samples.time.max())
    assert newest == NOW.replace(second=0)
    assert history.recorder.minute == minute_of(NOW)


def test_measured_tags_come_every_minute_and_analysers_when_they_have_news(samples: SampleBatch) -> None:
    for tag, period in (("reactor_pressure", 1), ("xmv.purge_valve", 1), ("purge_b", 6), ("product_g", 15)):
        assert set(np.diff(minutes_of(of(samples, tag))).tolist()) == {period}


def test_no_analyser_repeats_a_value(samples: SampleBatch) -> None:
    for tag in MEASURED[22:]:
        assert (np.diff(of(samples, tag).value) != 0).all(), tag


def test_movable_tags_are_sampled_at_the_start_and_on_change(samples: SampleBatch, history: History) -> None:
    first = samples.time.min()
    for tag in MOVABLE:
        mine = of(samples, tag)
        assert mine.time[0] == first
        assert (np.diff(mine.value) != 0).all()
        assert mine.value[-1] == history.recorder.process.levels[tag]


def test_a_move_is_logged_in_the_interval_in_which_it_is_in_force(samples: SampleBatch, history: History) -> None:
    change = history.truth.setpoint_change
    logged = of(samples, change.tag)
    at = int(np.flatnonzero(logged.value == change.after)[0])
    lag = from_datetime64(logged.time[at]) - change.time
    assert timedelta(0) < lag < timedelta(minutes=1)
    assert logged.value[at - 1] == change.before


def test_the_night_is_the_last_one_that_is_over(demo_plant: Plant) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for hour, day in ((5, 3), (6, 4), (13, 4), (23, 4)):
        night = last_night(demo_plant, datetime(2026, 3, 4, hour, 0, tzinfo=berlin))
        assert night.end.astimezone(berlin) == datetime(2026, 3, day, 6, 0, tzinfo=berlin)


@pytest.mark.parametrize("day", [NOW, datetime(2026, 3, 29, 9, tzinfo=UTC), datetime(2026, 10, 25, 9, tzinfo=UTC)])
def test_incidents_lie_in_the_night_and_apart(demo_plant: Plant, day: datetime) -> None:
    """Also in the nights of 7 and 9 hours."""
    night = last_night(demo_plant, day)
    for seed in range(40):
        truth = draw_truth(seed, night, demo_plant, ())
        faults = truth.process_fault, truth.transmitter_fault
        onsets = sorted([*(fault.start for fault in faults), truth.setpoint_change.time])
        assert onsets[0] >= night.start + timedelta(minutes=20)
        assert max(fault.end for fault in faults) <= night.end - timedelta(minutes=20)
        assert min(b - a for a, b in pairwise(onsets)) >= timedelta(hours=1.5)


def test_the_setpoint_change_is_ordinary_and_clear(demo_plant: Plant) -> None:
    night = last_night(demo_plant, NOW)
    for seed in range(40):
        earlier = tuple(ordinary_moves(seed, minute_of(NOW) - 6000, minute_of(night.start), 1 / 3))
        change = draw_truth(seed, night, demo_plant, earlier).setpoint_change
        centre, half = ORDINARY[change.tag]
        assert abs(change.after - centre) <= half + 1e-9
        assert abs(change.after - change.before) >= 0.5 * half - 1e-9


def test_no_ordinary_move_comes_near_an_incident(samples: SampleBatch, history: History) -> None:
    truth = history.truth
    change = truth.setpoint_change
    for tag in MOVABLE:
        for sample in of(samples, tag).take(slice(1, None)):
            if (sample.tag, sample.value) != (change.tag, change.after):
                assert truth.is_quiet(sample.time.replace(second=0))


def test_a_stuck_transmitter_repeats_its_last_value_and_the_plant_does_not_notice() -> None:
    def pressure(links: list[Link]) -> tuple[np.ndarray, np.ndarray]:
        recorder = Recorder(Process.start(4243534565, 0.1), 600, links)
        batch = SampleBatch.concat([recorder.advance(minute) for minute in (637, 660, 720)])
        return of(batch, "reactor_pressure").value, of(batch, "xmv.purge_valve").value

    (true, valve), (stuck, valve_beside_it) = pressure([]), pressure([Link("reactor_pressure", 637, 690, None)])
    assert (stuck[37:90] == true[36]).all()
    assert np.array_equal(stuck[:37], true[:37])
    assert np.array_equal(stuck[90:], true[90:])
    assert np.array_equal(valve, valve_beside_it)


def test_a_drifting_transmitter_leaves_the_truth_at_its_rate() -> None:
    def level(links: list[Link]) -> np.ndarray:
        return of(Recorder(Process.start(4243534565), 600, links).advance(720), "separator_level").value

    error = level([Link("separator_level", 630, 690, -12.0)]) - level([])
    assert (error[:30] == 0).all()
    assert error[30:90] == pytest.approx(-12.0 * np.arange(1, 61) / 60)
    assert (error[90:] == 0).all()


def test_transmitters_that_fail_are_of_the_plant(demo_plant: Plant) -> None:
    for tag in (*DRIFTS, *STICKING):
        assert tag in MEASURED
        assert demo_plant.tag(tag).name == tag


def test_a_drift_stays_inside_the_instruments_range(demo_plant: Plant) -> None:
    base = dict(zip(OBSERVED, Process.start(1_000_001).run(1)[0], strict=True))
    for tag, rate in DRIFTS.items():
        assert demo_plant.tag(tag).low < base[tag] - 1.6 * rate
        assert base[tag] + 1.6 * rate < demo_plant.tag(tag).high


def test_the_truth_is_kept_apart_and_comes_back(history: History, tmp_path: Path) -> None:
    file = tmp_path / "demo" / "truth.json"
    history.truth.write(file)
    assert Truth.read(file) == history.truth


def test_too_short_a_history_is_refused(demo_plant: Plant) -> None:
    with pytest.raises(InvalidInput, match="do not reach back"):
        make_history(demo_plant, NOW, hours=6)


def test_progress_is_told(demo_plant: Plant) -> None:
    told: list[float] = []
    make_history(demo_plant, datetime(2026, 3, 4, 5, 1, tzinfo=UTC), seed=9, hours=8, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_ordinary_moves_are_the_same_wherever_the_stretch_begins() -> None:
    whole = list(ordinary_moves(3, 10_000, 40_000, 1 / 3))
    assert whole == [*ordinary_moves(3, 10_000, 17_777, 1 / 3), *ordinary_moves(3, 17_777, 40_000, 1 / 3)]
    assert len(whole) == pytest.approx(30_000 / 60 / 3, rel=0.25)
    assert all(abs(move.level - ORDINARY[move.tag][0]) <= ORDINARY[move.tag][1] for move in whole)


def test_a_campaign_is_made_of_episodes_apart_in_time() -> None:
    batches = list(training_campaign(11, hours=2.5, episode_hours=1, moves_per_hour=2, warm_up_hours=0.5))
    assert [round((b.time.max() - b.time.min()) / np.timedelta64(1, "m")) for b in batches] == [60, 60, 30]
    for before, after in pairwise(batches):
        assert after.time.min() - before.time.max() >= np.timedelta64(6, "h")
    assert not np.array_equal(batches[0].value[:50], batches[1].value[:50])


def test_a_campaign_repeats() -> None:
    once, again = (next(training_campaign(11, hours=1, episode_hours=1, warm_up_hours=1)) for _ in range(2))
    assert np.array_equal(once.value, again.value)
