"""The live loop: every row once, through restarts, gaps, late rows, and a store that is away."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from models.passage import floor, split_at_gaps
from models.worker import LiveConfig, LiveLoop
from twin.clock import FixedClock, Span, from_datetime64
from twin.errors import StoreUnavailable
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.sample import Quality, SampleBatch

LONG = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


class Log(MemoryEventLog):
    """A log that remembers which rows were recorded, and how often."""

    def __init__(self):
        super().__init__()
        self.recorded = []

    def record(self, model_version, scores, residual):
        self.recorded += residual.time.tolist()
        super().record(model_version, scores, residual)


class Hands:
    """A clock whose hands somebody sets."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment


def historian_of(lab, window, rows=None):
    historian = MemoryHistorian(lab.plant)
    write(historian, window.rows(rows or slice(None)))
    return historian


def write(historian, window):
    """Samples at the rows' times; a movable tag only when it changes."""
    tag, time, value = [], [], []
    for column, name in enumerate(window.tags):
        values = window.values[:, column]
        told = np.isfinite(values)
        if name.startswith("sp."):
            told &= np.concatenate([[True], np.diff(values) != 0])
        tag += [column] * int(told.sum())
        time.append(window.time[told])
        value.append(values[told])
    quality = np.full(len(tag), Quality.GOOD, dtype=np.int8)
    historian.write(
        SampleBatch(window.tags, np.array(tag, np.int32), np.concatenate(time), np.concatenate(value), quality)
    )


def loop_of(lab, historian, events, clock, **config):
    return LiveLoop(lab.plant, historian, events, lab.model, lab.detector("foretell"), clock, LiveConfig(**config))


def after(window, row=-1):
    return from_datetime64(window.time[row]) + timedelta(minutes=4)


@pytest.fixture
def eventful(lab, change):
    """Two days with a stuck transmitter and a process fault."""
    window = lab.normal(90, 960, fault=(700, "cooling", 2.0))
    return change(window, "feed", slice(400, 440), window.column("feed")[399])


def test_every_row_is_scored_once(lab, eventful):
    events = Log()
    loop = loop_of(lab, historian_of(lab, eventful), events, FixedClock(after(eventful)))
    assert loop.catch_up(None) == eventful.end
    loop.catch_up(None)
    assert len(events.recorded) == len(set(events.recorded))
    scored = events.scores(LONG).time
    assert len(scored) >= len(eventful) - 22
    assert np.isfinite(events.scores(LONG).score).all()
    assert {frame.contributions[0].tag for frame in events.between(LONG) if frame.anomalous} >= {"feed", "cooling"}


@pytest.mark.parametrize("cut", [420, 500, 720])
def test_a_restart_neither_repeats_nor_forgets(lab, eventful, cut):
    historian, whole, parts = historian_of(lab, eventful), Log(), Log()
    loop_of(lab, historian, whole, FixedClock(after(eventful))).catch_up(None)
    loop_of(lab, historian, parts, FixedClock(after(eventful, cut))).catch_up(None)
    before = {frame.id: frame for frame in parts.between(LONG)}
    loop_of(lab, historian, parts, FixedClock(after(eventful))).catch_up(None)
    assert len(parts.recorded) == len(set(parts.recorded))
    assert [frame.id for frame in parts.between(LONG)] == [frame.id for frame in whole.between(LONG)]
    assert set(before) <= {frame.id for frame in parts.between(LONG)}
    np.testing.assert_array_equal(parts.scores(LONG).time, whole.scores(LONG).time)
    np.testing.assert_allclose(parts.scores(LONG).score, whole.scores(LONG).score, rtol=0.05)
    hours = [(hour.time, hour.rows) for hour in parts.health(LONG)]
    assert hours == [(hour.time, hour.rows) for hour in whole.health(LONG)]
    assert sum(rows for _, rows in hours) == len(parts.recorded)


def test_the_health_of_an_hour_tells_a_fault_from_ordinary_operation(lab, eventful):
    events, drifting = Log(), True
    config = {"drifted": lambda: drifting}
    loop = LiveLoop(
        lab.plant,
        historian_of(lab, eventful),
        events,
        lab.model,
        lab.detector("foretell"),
        FixedClock(after(eventful)),
        **config,
    )
    loop.catch_up(None)
    health = events.health(LONG)
    fault = [hour for hour in health if hour.time >= floor(after(eventful, 720), timedelta(hours=1))]
    calm = [hour for hour in health if hour.time < floor(after(eventful, 380), timedelta(hours=1))]
    assert max(hour.nll for hour in calm) < max(hour.nll for hour in fault)
    assert np.mean([hour.coverage for hour in calm]) == pytest.approx(0.9, abs=0.05)
    assert {(hour.model_version, hour.drifted) for hour in health} == {(lab.model.card.version, True)}
    assert {hour.budget_per_week for hour in health} == {lab.detector("foretell").false_alarms_per_week}


def test_an_event_open_at_a_restart_is_closed_under_its_own_id(lab, eventful):
    historian, events = historian_of(lab, eventful), Log()
    loop_of(lab, historian, events, FixedClock(after(eventful, 425))).catch_up(None)
    [opened] = [frame for frame in events.between(LONG) if frame.open]
    loop_of(lab, historian, events, FixedClock(after(eventful, 520))).catch_up(None)
    closed = events.get(opened.id)
    assert closed.end is not None
    assert closed.start == opened.start
    assert [frame.id for frame in events.between(LONG)].count(opened.id) == 1


def test_row_by_row_is_the_same_as_catching_up(lab, eventful):
    part = eventful.rows(slice(330, 480))
    historian, whole, live = historian_of(lab, part), Log(), Log()
    loop_of(lab, historian, whole, FixedClock(after(part))).catch_up(None)
    hands = Hands(after(part, 30))
    loop = loop_of(lab, historian, live, hands)
    for row in range(30, len(part)):
        hands.moment = after(part, row)
        loop.catch_up(None)
    assert live.between(LONG) == whole.between(LONG)
    np.testing.assert_allclose(live.scores(LONG).score, whole.scores(LONG).score, rtol=1e-9)


def silent(window, rows):
    values = window.values.copy()
    values[rows, :8] = np.nan
    return type(window)(window.tags, window.time, values, np.isfinite(values), window.step)


@pytest.mark.parametrize("hours", [1, 9])
def test_a_gap_has_no_scores_and_no_events(lab, hours):
    window = silent(lab.normal(91, 700), slice(300, 300 + 20 * hours))
    events = Log()
    loop_of(lab, historian_of(lab, window), events, FixedClock(after(window))).catch_up(None)
    scored = set(events.scores(LONG).time.tolist())
    assert not scored & set(window.time[300 : 300 + 20 * hours].tolist())
    assert window.time[600].item() in scored
    assert events.between(LONG) == ()


def test_a_short_silence_row_by_row_is_bridged_as_in_one_go(lab):
    window = silent(lab.normal(92, 200), slice(100, 110))
    historian, whole, live = historian_of(lab, window), Log(), Log()
    loop_of(lab, historian, whole, FixedClock(after(window))).catch_up(None)
    hands = Hands(after(window, 50))
    loop = loop_of(lab, historian, live, hands)
    for row in range(50, len(window)):
        hands.moment = after(window, row)
        loop.catch_up(None)
    np.testing.assert_array_equal(live.scores(LONG).time, whole.scores(LONG).time)
    np.testing.assert_allclose(live.scores(LONG).score, whole.scores(LONG).score, rtol=1e-9)


def test_rows_wait_for_samples_that_are_late(lab):
    window = lab.normal(93, 100)
    events, hands = Log(), Hands(from_datetime64(window.time[60]) + timedelta(minutes=5))
    loop = loop_of(lab, historian_of(lab, window), events, hands, lag=timedelta(minutes=6))
    assert loop.catch_up(None) == from_datetime64(window.time[59])
    hands.moment += timedelta(minutes=3)
    assert loop.catch_up(None) == from_datetime64(window.time[60])


def test_when_the_store_is_away_the_loop_waits_and_goes_on(lab):
    window = lab.normal(94, 200)

    class Away(MemoryHistorian):
        failures = 3

        def window(self, *arguments):
            if self.failures:
                self.failures -= 1
                raise StoreUnavailable("the historian is not reachable")
            return super().window(*arguments)

    historian, events, stop = Away(lab.plant), Log(), threading.Event()
    write(historian, window)
    loop = loop_of(lab, historian, events, FixedClock(after(window)))
    thread = threading.Thread(target=loop.run, args=(stop, 0.01))
    thread.start()
    for _ in range(500):
        if loop.status.until == window.end:
            break
        threading.Event().wait(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert loop.status.until == window.end
    assert len(events.recorded) == len(set(events.recorded)) > 0


def test_one_bad_stretch_does_not_end_the_loop(lab):
    window = lab.normal(95, 400)
    bad = window.time[150]

    class Fragile(type(lab.model)):
        def observe(self, window, belief=None):
            if bad in window.time:
                raise ValueError("not this row")
            return super().observe(window, belief)

    events, hands = Log(), Hands(after(window, 100))
    loop = LiveLoop(
        lab.plant, historian_of(lab, window), events, Fragile(), lab.detector("foretell"), hands, LiveConfig(chunk=20)
    )
    loop.catch_up(None)
    hands.moment = after(window)
    assert loop.catch_up(None) == window.end
    assert 0 < loop.status.skipped <= 20
    scored = set(events.scores(LONG).time.tolist())
    assert bad.item() not in scored
    assert window.time[250].item() in scored


def test_a_move_that_explains_an_event_has_its_own_time(lab):
    window = lab.normal(65, 480, moves_per_row=0.0, gain=1.9, push=(240, "sp.heat", 5.0))
    historian = historian_of(lab, window.rows(slice(0, 240)))
    moved = from_datetime64(window.time[240]) - timedelta(seconds=100)
    rest = window.rows(slice(240, None))
    values = rest.values.copy()
    values[:, -2:] = np.nan
    write(historian, type(rest)(rest.tags, rest.time, values, np.isfinite(values), rest.step))
    time = np.array([np.datetime64(moved.replace(tzinfo=None), "us")])
    good = np.array([Quality.GOOD], dtype=np.int8)
    historian.write(SampleBatch(("sp.heat",), np.zeros(1, np.int32), time, np.array([5.0]), good))
    events = Log()
    loop_of(lab, historian, events, FixedClock(after(window))).catch_up(None)
    [event] = events.between(LONG)
    assert event.explained_by is not None
    assert event.explained_by.time == moved


def test_scoring_again_from_an_instant_keeps_the_events(lab, eventful):
    historian, events = historian_of(lab, eventful), Log()
    clock = FixedClock(after(eventful))
    loop_of(lab, historian, events, clock).catch_up(None)
    first = events.between(LONG)
    loop_of(lab, historian, events, clock).catch_up(from_datetime64(eventful.time[380]))
    assert [frame.id for frame in events.between(LONG)] == [frame.id for frame in first]


def test_it_says_where_it_is(lab):
    window = lab.normal(96, 100)
    hands = Hands(after(window))
    loop = loop_of(lab, historian_of(lab, window), Log(), hands)
    assert loop.status.behind is None
    heard = []
    loop.catch_up(None, heard.append)
    assert heard[-1] == 1.0
    assert loop.status.behind == timedelta(0)
    hands.moment += timedelta(minutes=9)
    assert loop.status.behind == timedelta(minutes=9)


def test_without_samples_there_is_nothing_to_do(lab):
    events = Log()
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    loop = loop_of(lab, MemoryHistorian(lab.plant), events, FixedClock(now))
    assert loop.catch_up(None) == floor(now - lab.model.card.step, lab.model.card.step)
    assert events.recorded == []
    assert loop.status.until is None


def test_a_silence_splits_a_window_and_is_no_part_of_either_side(lab):
    window = silent(lab.normal(97, 100), slice(30, 60))
    parts = split_at_gaps(window, 8, timedelta(hours=1), joined=True)
    assert [(part.time[0], part.time[-1]) for part in parts] == [
        (window.time[0], window.time[29]),
        (window.time[60], window.time[99]),
    ]
    assert len(split_at_gaps(window, 8, timedelta(hours=2), joined=True)) == 1
