"""Late and corrected samples: what changed is scored again, and its events say so."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from models.repair import RepairConfig
from models.worker import LiveConfig, LiveLoop
from twin.clock import FixedClock, Span, from_datetime64
from twin.errors import StoreUnavailable
from twin.event import Feedback
from twin.historian.events import PostgresEventLog
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.sample import Quality, Sample, SampleBatch
from twin.window import Window

LONG = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
MINUTE = timedelta(minutes=1)


class Log(MemoryEventLog):
    """A log that remembers which rows were recorded, in order."""

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


def samples(window, tags=None, rows=slice(None)):
    """Samples at the rows' times; a movable tag only when it changes."""
    found = []
    for name in tags or window.tags:
        values = window.column(name)[rows]
        told = np.isfinite(values)
        if name.startswith("sp."):
            told &= np.concatenate([[True], np.diff(values) != 0])
        found += [
            Sample(name, from_datetime64(time), float(value))
            for time, value in zip(window.time[rows][told], values[told], strict=True)
        ]
    return SampleBatch.of(found)


def blank(window, tags, rows):
    """The window without some tags in some rows."""
    values = window.values.copy()
    values[rows, [[window.tags.index(tag)] for tag in tags]] = np.nan
    return Window(window.tags, window.time, values, np.isfinite(values), window.step)


def after(window, row=-1):
    return from_datetime64(window.time[row]) + timedelta(minutes=4)


def row(window, number):
    return from_datetime64(window.time[number])


def loop_of(lab, historian, events, clock, **config):
    return LiveLoop(lab.plant, historian, events, lab.model, lab.detector("foretell"), clock, LiveConfig(**config))


def scored_at_once(lab, window):
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(window))
    loop_of(lab, historian, events, FixedClock(after(window))).catch_up(None)
    return events


def same_events(one, other):
    return [(f.kind, f.first_mover, f.start, f.end) for f in one] == [
        (f.kind, f.first_mover, f.start, f.end) for f in other
    ]


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.integration)])
def store(request, lab):
    """An empty historian and an event log."""
    if request.param == "memory":
        return MemoryHistorian(lab.plant), Log()
    engine = request.getfixturevalue("engine")
    migrate(engine)
    return PostgresHistorian(engine, lab.plant), PostgresEventLog(engine)


@pytest.fixture(scope="module")
def faulty(lab):
    """32 hours; the cooling is at fault from row 400 to 460."""
    window = lab.normal(90, 640, fault=(400, "cooling", 3.0))
    ordinary = lab.normal(90, 640)
    values = window.values.copy()
    values[460:] = ordinary.values[460:]
    return Window(window.tags, window.time, values, np.isfinite(values), window.step)


@pytest.fixture(scope="module")
def timely(lab, faulty):
    """The log of a loop that had every sample in time."""
    return scored_at_once(lab, faulty)


FAULTY = slice(395, 465)
HIDDEN = ["cooling", "heat", "vapour", "purity"]


def test_an_event_appears_when_the_samples_that_show_it_come_late(lab, faulty, timely, store):
    (historian, events), hands = store, Hands(after(faulty))
    historian.write(samples(blank(faulty, HIDDEN, FAULTY)))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    assert events.between(LONG) == ()
    hands.moment += timedelta(minutes=5)
    historian.write(samples(faulty, HIDDEN, FAULTY))
    loop.catch_up(None)
    [event] = events.between(LONG)
    assert same_events([event], timely.between(LONG))
    assert event.backfilled_at is not None
    assert not event.withdrawn
    np.testing.assert_allclose(events.scores(LONG).score, timely.scores(LONG).score, atol=0.2)


def test_predictions_and_scores_of_changed_rows_are_those_of_the_late_samples(lab, faulty, timely):
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(blank(faulty, ["cooling"], FAULTY)))
    loop = loop_of(lab, historian, events, FixedClock(after(faulty)))
    loop.catch_up(None)
    rows = Span(row(faulty, 395), row(faulty, 465))
    assert np.isnan(events.predictions("cooling", rows).sigma).all()
    historian.write(samples(faulty, ["cooling"], FAULTY))
    loop.catch_up(None)
    late, in_time = (log.predictions("cooling", rows) for log in (events, timely))
    np.testing.assert_allclose(late.sigma, in_time.sigma)
    late, in_time = ([hour.nll for hour in log.health(rows)] for log in (events, timely))
    np.testing.assert_allclose(late, in_time)


def test_an_event_that_a_correction_explains_is_withdrawn_and_keeps_its_feedback(lab, faulty, store):
    ordinary = lab.normal(90, 640)
    (historian, events), hands = store, Hands(after(faulty))
    historian.write(samples(faulty))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    [event] = events.between(LONG)
    events.add_feedback(Feedback(event_id=event.id, time=hands.moment, label="known"))
    hands.moment += timedelta(minutes=5)
    historian.write(samples(ordinary, rows=slice(395, 470)))
    loop.catch_up(None)
    [gone] = events.between(LONG)
    assert gone.id == event.id
    assert gone.withdrawn
    assert not gone.anomalous
    assert gone.end is not None
    assert gone.message.startswith("Withdrawn: samples that came late")
    assert event.message in gone.message
    assert [said.label for said in events.feedback(event.id)] == ["known"]


def test_an_event_whose_end_the_late_samples_show_keeps_its_id(lab, faulty, timely):
    part = slice(425, 465)
    historian, events = MemoryHistorian(lab.plant), Log()
    tags = [tag for tag in faulty.tags if not tag.startswith("sp.")]
    historian.write(samples(blank(faulty, tags, part)))
    loop = loop_of(lab, historian, events, FixedClock(after(faulty)))
    loop.catch_up(None)
    [long] = events.between(LONG)
    historian.write(samples(faulty, tags, part))
    loop.catch_up(None)
    [event] = events.between(LONG)
    assert event.id == long.id
    assert event.end < long.end
    assert same_events([event], timely.between(LONG))
    assert event.backfilled_at is not None


def test_an_event_far_from_the_late_samples_is_left_alone(lab, faulty):
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(blank(faulty, ["purity"], slice(600, 610))))
    loop = loop_of(lab, historian, events, FixedClock(after(faulty)))
    loop.catch_up(None)
    before = events.between(LONG)
    historian.write(samples(faulty, ["purity"], slice(600, 610)))
    loop.catch_up(None)
    assert events.between(LONG) == before
    assert before[0].backfilled_at is None


def test_a_change_is_followed_no_further_than_it_matters(lab, faulty):
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(blank(faulty, ["level"], slice(100, 105))))
    loop = loop_of(lab, historian, events, FixedClock(after(faulty)), repair=RepairConfig(piece=20))
    loop.catch_up(None)
    events.recorded.clear()
    historian.write(samples(faulty, ["level"], slice(100, 105)))
    loop.catch_up(None)
    again = events.recorded
    assert again[0] == faulty.time[100].item()
    context = lab.model.card.context / lab.model.card.step
    assert 105 + context <= 100 + len(again) <= 105 + 24 * 20 + 20
    assert len(again) == len(set(again))


def test_a_late_move_counts_for_as_long_as_it_was_in_force(lab):
    window = lab.normal(65, 480, moves_per_row=0.0, gain=1.9, push=(240, "sp.heat", 5.0))
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(window, window.tags[:-1]))
    start = row(window, 0) - timedelta(days=1)
    historian.write(SampleBatch.of([Sample("sp.heat", start, 0.0)]))
    loop = loop_of(lab, historian, events, FixedClock(after(window)))
    loop.catch_up(None)
    assert any(frame.anomalous for frame in events.between(LONG))
    historian.write(SampleBatch.of([Sample("sp.heat", row(window, 240), 5.0)]))
    loop.catch_up(None)
    standing = [frame for frame in events.between(LONG) if not frame.withdrawn]
    assert standing
    assert all(frame.explained_by is not None and frame.explained_by.tag == "sp.heat" for frame in standing)


def test_a_tag_that_is_late_but_in_order_is_scored_again_too(lab, faulty):
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(faulty, 500))
    tags = [tag for tag in faulty.tags if not tag.startswith("sp.")]
    others = [tag for tag in faulty.tags if tag not in ("cooling", "heat")]
    historian.write(samples(faulty, ["cooling", "heat"], slice(0, 390)))
    historian.write(samples(faulty, others, slice(0, 501)))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    first = events.between(LONG)
    historian.write(samples(faulty, ["cooling", "heat"], slice(390, 501)))
    loop.catch_up(None)
    whole = scored_at_once(lab, faulty.rows(slice(0, 501)))
    assert first != events.between(LONG)
    assert same_events([f for f in events.between(LONG) if not f.withdrawn], whole.between(LONG))
    np.testing.assert_array_equal(
        np.isfinite(events.predictions(tags[3], LONG).sigma), np.isfinite(whole.predictions(tags[3], LONG).sigma)
    )


def test_what_a_repair_finds_open_goes_on_in_the_live_loop(lab):
    window = lab.normal(91, 600, fault=(440, "cooling", 3.0))
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(window, 480))
    historian.write(samples(blank(window.rows(slice(0, 481)), HIDDEN, slice(430, 481))))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    assert events.between(LONG) == ()
    historian.write(samples(window, HIDDEN, slice(430, 481)))
    loop.catch_up(None)
    [opened] = events.between(LONG)
    assert opened.open
    assert opened.backfilled_at is not None
    ended = np.concatenate([window.values[:481], lab.normal(91, 600).values[481:]])
    ended = Window(window.tags, window.time, ended, np.isfinite(ended), window.step)
    historian.write(samples(ended, rows=slice(481, 600)))
    hands.moment = after(window)
    loop.catch_up(None)
    timely = scored_at_once(lab, ended)
    assert same_events(events.between(LONG), timely.between(LONG))
    assert events.get(opened.id).backfilled_at == opened.backfilled_at
    assert not events.get(opened.id).open
    np.testing.assert_allclose(events.scores(LONG).score, timely.scores(LONG).score, atol=0.2)


def test_new_rows_are_scored_between_the_pieces_of_a_repair(lab, faulty):
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(faulty, 560))
    historian.write(samples(blank(faulty.rows(slice(0, 561)), ["level"], slice(100, 450))))
    loop = loop_of(lab, historian, events, hands, repair=RepairConfig(piece=20))
    loop.catch_up(None)
    historian.write(samples(faulty, ["level"], slice(100, 450)))
    events.recorded.clear()
    hands.moment += timedelta(minutes=2)
    turns = 0
    while loop.turn() and turns < 100:
        turns += 1
        if turns == 10:
            historian.write(samples(faulty, rows=slice(561, 581)))
            hands.moment = after(faulty, 580)
    assert 10 < turns < 100
    newest = events.recorded.index(faulty.time[580].item())
    assert newest < len(events.recorded) - 100
    assert loop.status.until == row(faulty, 580)


def test_samples_that_come_while_a_stretch_is_scored_again_are_not_lost(lab, faulty, timely):
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(faulty))
    historian.write(samples(blank(faulty, HIDDEN, FAULTY)))
    loop = loop_of(lab, historian, events, hands, repair=RepairConfig(piece=20))
    loop.catch_up(None)
    hands.moment += timedelta(minutes=2)
    historian.write(samples(faulty, ["cooling"], FAULTY))
    while loop.status.repairing is None or loop.status.repairing <= row(faulty, 465):
        assert loop.turn()
    historian.write(samples(faulty, ["heat", "vapour", "purity"], FAULTY))
    loop.catch_up(None)
    loop.catch_up(None)
    assert same_events([f for f in events.between(LONG) if not f.withdrawn], timely.between(LONG))
    rows = Span(row(faulty, 395), row(faulty, 465))
    np.testing.assert_allclose(events.predictions("heat", rows).sigma, timely.predictions("heat", rows).sigma)


def test_repairs_wait_for_one_another(lab, faulty):
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(faulty))
    historian.write(samples(blank(faulty, ["level"], slice(600, 630))))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    for number in range(600, 610):
        historian.write(samples(faulty, ["level"], slice(number, number + 1)))
        hands.moment += timedelta(seconds=5)
        while loop.turn():
            pass
    assert loop.status.repaired == 0
    hands.moment += MINUTE
    while loop.turn():
        pass
    assert loop.status.repaired == 1


def test_after_a_restart_only_what_is_new_is_taken_up(lab, faulty, timely):
    historian, events, hands = MemoryHistorian(lab.plant), Log(), Hands(after(faulty))
    historian.write(samples(blank(faulty, HIDDEN, slice(300, 465))))
    loop_of(lab, historian, events, hands).catch_up(None)
    historian.write(samples(faulty, HIDDEN, slice(300, 380)))
    loop_of(lab, historian, events, hands).catch_up(None)
    assert events.between(LONG) == ()
    historian.write(samples(faulty, HIDDEN, slice(380, 465)))
    events.recorded.clear()
    loop_of(lab, historian, events, hands).catch_up(None)
    assert events.recorded[0] == faulty.time[380].item()
    assert same_events(events.between(LONG), timely.between(LONG))
    events.recorded.clear()
    loop_of(lab, historian, events, hands).catch_up(None)
    assert events.recorded == []


def test_a_store_that_goes_away_during_a_repair_delays_it(lab, faulty, timely):
    class Fragile(Log):
        away = False

        def scores(self, span):
            if self.away:
                self.away = False
                raise StoreUnavailable("the historian is not reachable")
            return super().scores(span)

    historian, events, hands = MemoryHistorian(lab.plant), Fragile(), Hands(after(faulty))
    historian.write(samples(blank(faulty, HIDDEN, FAULTY)))
    loop = loop_of(lab, historian, events, hands)
    loop.catch_up(None)
    historian.write(samples(faulty, HIDDEN, FAULTY))
    events.away = True
    with pytest.raises(StoreUnavailable):
        loop.catch_up(None)
    loop.catch_up(None)
    assert same_events(events.between(LONG), timely.between(LONG))


def test_a_bad_sample_that_came_late_is_no_reason_to_fail(lab, faulty):
    historian, events = MemoryHistorian(lab.plant), Log()
    historian.write(samples(faulty))
    loop = loop_of(lab, historian, events, FixedClock(after(faulty)))
    loop.catch_up(None)
    bad = [Sample("cooling", row(faulty, number) - MINUTE, float("nan"), Quality.BAD) for number in range(300, 310)]
    historian.write(SampleBatch.of(bad))
    before = events.between(LONG)
    loop.catch_up(None)
    assert events.between(LONG) == before


def test_a_restart_takes_up_what_came_meanwhile_once(lab, faulty, timely, store):
    (historian, events), clock = store, FixedClock(after(faulty))
    historian.write(samples(blank(faulty, HIDDEN, FAULTY)))
    loop_of(lab, historian, events, clock).catch_up(None)
    historian.write(samples(faulty, HIDDEN, FAULTY))
    again, once_more = (loop_of(lab, historian, events, clock) for _ in range(2))
    again.catch_up(None)
    assert again.status.repaired == 1
    assert same_events(events.between(LONG), timely.between(LONG))
    once_more.catch_up(None)
    assert once_more.status.repaired == 0
