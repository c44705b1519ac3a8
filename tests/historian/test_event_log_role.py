"""What every event log keeps to."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput, NotFound
from twin.event import Contribution, Departure, EventFrame, EventMark, Feedback, Kind, MarkAction, Severity, Trait
from twin.lifecycle import ThresholdChange
from twin.protocols import Bookmark, Prediction, ScoreSeries
from twin.scenario import LoggedMove
from twin.world import Residual

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def event(name: str, start: float, end: float | None, **fields: object) -> EventFrame:
    frame = EventFrame(
        id=name,
        kind=Kind.PROCESS,
        severity=Severity.MEDIUM,
        start=at(start),
        end=None if end is None else at(end),
        detected_at=at(start + 1),
        score=1.5,
        contributions=(Contribution(tag="level", share=0.75, peak_sigma=-4.5, first_seen=at(start)),),
        first_mover="level",
        asset="tank",
        model_version="m1",
        message="level is low",
    )
    return frame.model_copy(update=fields)


def rows(minutes: list[float]) -> np.ndarray:
    return np.array([at(minute).replace(tzinfo=None) for minute in minutes], dtype="datetime64[us]")


def scores(minutes: list[float], values: list[float]) -> ScoreSeries:
    return ScoreSeries(rows(minutes), np.array(values))


def residual(minutes: list[float], predicted: list[list[float]], sigma: float = 0.5) -> Residual:
    mean = np.array(predicted)
    return Residual(("level", "flow"), rows(minutes), mean, np.full_like(mean, 2.0), np.full_like(mean, sigma))


def test_an_event_comes_back_as_it_was_put(event_log):
    move = LoggedMove(tag="sp.level", time=at(-1), before=1.0, after=2.0, unit="%")
    frames = [event("a", 0, None), event("b", 5, 9, explained_by=move, severity=Severity.HIGH, kind=Kind.SENSOR)]
    event_log.put(frames)
    assert [event_log.get("a"), event_log.get("b")] == frames


def test_where_an_event_went_and_what_it_looks_like_come_back(event_log):
    way = (
        Departure(asset="tank", tag="level", time=at(0), after=None),
        Departure(asset="pump", tag="flow", time=at(3), after="tank"),
    )
    marks = (Trait(tag="level", residual=-0.8, shift=0.0), Trait(tag="flow", residual=0.6, shift=1.0))
    move = LoggedMove(tag="sp.level", time=at(-1), before=1.0, after=2.0, unit="%")
    kept = event("a", 0, None, kind=Kind.UNLOGGED_MOVE, suspected_move=move, propagation=way, fingerprint=marks)
    event_log.put([kept])
    assert event_log.get("a") == kept


def test_putting_an_event_again_replaces_it(event_log):
    event_log.put([event("a", 0, None)])
    closed = event("a", 0, 7, score=3.0)
    event_log.put([closed])
    assert event_log.between(span(-10, 10)) == (closed,)


def test_putting_nothing_is_harmless(event_log):
    event_log.put([])
    assert event_log.between(span(-10, 10)) == ()


def test_an_event_that_is_not_there_is_not_found(event_log):
    with pytest.raises(NotFound, match="'nothing'"):
        event_log.get("nothing")


def test_between_gives_every_event_that_overlaps_oldest_first(event_log):
    frames = {"open": event("open", 1, None), "over": event("over", -9, 30), "in": event("in", 2, 3)}
    outside = [event("before", -9, 0), event("after", 10, 12)]
    event_log.put([*frames.values(), *outside])
    assert [frame.id for frame in event_log.between(span(0, 10))] == ["over", "open", "in"]


def test_an_open_event_overlaps_all_that_comes_later(event_log):
    event_log.put([event("open", 1, None)])
    assert len(event_log.between(span(1000, 1001))) == 1


def test_rows_that_were_never_scored_are_absent(event_log):
    event_log.record("m1", scores([3, 9, 12], [0.2, 1.2, np.nan]), residual([3, 9], [[1.0, 2.0], [3.0, 4.0]]))
    series = event_log.scores(span(3, 13))
    assert [from_datetime64(time) for time in series.time] == [at(3), at(9)]
    assert list(series.score) == [0.2, 1.2]


def test_scores_end_before_the_end_of_the_span(event_log):
    event_log.record("m1", scores([3, 6], [0.2, 0.3]), residual([3, 6], [[1.0, 2.0], [3.0, 4.0]]))
    assert list(event_log.scores(span(3, 6)).score) == [0.2]
    assert len(event_log.scores(span(7, 8)).time) == 0


def test_predictions_of_one_tag_come_with_noise_and_sigma(event_log):
    event_log.record("m1", scores([3, 6], [0.2, 0.3]), residual([3, 6], [[1.0, 2.0], [3.0, 4.0]]))
    found = event_log.predictions("flow", span(0, 10))
    assert found.tags == ("flow",)
    assert [from_datetime64(time) for time in found.time] == [at(3), at(6)]
    assert found.predicted.tolist() == [[2.0], [4.0]]
    assert found.noise.tolist() == [[2.0], [2.0]]
    assert found.sigma.tolist() == [[0.5], [0.5]]


def test_a_row_without_measurement_has_a_prediction_and_no_sigma(event_log):
    event_log.record("m1", scores([3], [0.2]), residual([3], [[1.0, 2.0]], sigma=np.nan))
    assert np.isnan(event_log.predictions("level", span(0, 10)).sigma).all()


def test_the_newest_prediction_of_each_tag_is_the_last_row_that_it_has(event_log):
    event_log.record("m1", scores([3, 6], [0.2, 0.3]), residual([3, 6], [[1.0, 2.0], [np.nan, 4.0]]))
    newest = event_log.newest_predictions(span(0, 10))
    assert newest == {"level": Prediction(at(3), 1.0, 2.0, 0.5), "flow": Prediction(at(6), 4.0, 2.0, 0.5)}
    assert event_log.newest_predictions(span(0, 6))["flow"].mean == 2.0
    assert event_log.newest_predictions(span(7, 10)) == {}


def test_the_newest_prediction_of_a_tag_that_was_not_measured_has_no_sigma(event_log):
    event_log.record("m1", scores([3], [0.2]), residual([3], [[1.0, 2.0]], sigma=np.nan))
    assert event_log.newest_predictions(span(0, 10))["level"].sigma is None


def test_recording_rows_again_replaces_them(event_log):
    event_log.record("m1", scores([3, 6], [0.2, 0.3]), residual([3, 6], [[1.0, 2.0], [3.0, 4.0]]))
    event_log.record("m2", scores([6, 9], [0.6, 0.9]), residual([6, 9], [[5.0, 6.0], [7.0, 8.0]]))
    assert list(event_log.scores(span(0, 10)).score) == [0.2, 0.6, 0.9]
    assert event_log.predictions("level", span(0, 10)).predicted.ravel().tolist() == [1.0, 5.0, 7.0]


def test_a_tag_that_was_never_predicted_has_no_predictions(event_log):
    found = event_log.predictions("purity", span(0, 10))
    assert found.predicted.shape == found.sigma.shape == (0, 1)
    assert len(found.time) == 0


def test_recording_no_rows_is_harmless(event_log):
    empty = np.empty((0, 2))
    event_log.record("m1", scores([], []), Residual(("level", "flow"), rows([]), empty, empty, empty))
    assert len(event_log.scores(span(0, 10)).time) == 0


def test_feedback_is_kept_with_its_event_oldest_first(event_log):
    event_log.put([event("a", 0, None), event("b", 0, None)])
    said = [
        Feedback(event_id="a", time=at(5), label="true", comment="pump 3"),
        Feedback(event_id="a", time=at(2), label="known"),
    ]
    for feedback in said:
        event_log.add_feedback(feedback)
    assert event_log.feedback("a") == (said[1], said[0])
    assert event_log.feedback("b") == ()


def test_feedback_outlives_a_new_version_of_its_event(event_log):
    event_log.put([event("a", 0, None)])
    event_log.add_feedback(Feedback(event_id="a", time=at(5), label="true"))
    event_log.put([event("a", 0, 9)])
    assert len(event_log.feedback("a")) == 1


def test_feedback_on_an_event_that_is_not_there_is_not_found(event_log):
    with pytest.raises(NotFound, match="'nothing'"):
        event_log.add_feedback(Feedback(event_id="nothing", time=at(5), label="true"))


def test_a_bookmark_is_the_last_one_that_its_reader_kept(event_log):
    assert event_log.bookmark("loop") is None
    event_log.keep_bookmark("loop", Bookmark(3, at(0)))
    event_log.keep_bookmark("other", Bookmark(9, at(1)))
    event_log.keep_bookmark("loop", Bookmark(5, at(2)))
    assert event_log.bookmark("loop") == Bookmark(5, at(2))


def test_an_event_keeps_what_late_samples_did_to_it(event_log):
    frame = event("a", 0, 5, backfilled_at=at(60), withdrawn=True)
    event_log.put([frame])
    assert event_log.get("a") == frame


def change(name: str, event_id: str = "a", minute: float = 0) -> ThresholdChange:
    return ThresholdChange(
        id=name,
        time=at(minute),
        who="M. Weber",
        event_id=event_id,
        model_version="m1",
        statistic="T2 30 min",
        old=10.0,
        new=14.0,
        base=10.0,
        half_life=timedelta(days=30),
        reason="false alarm",
    )


def test_a_threshold_change_comes_back_as_it_was_made_oldest_first(event_log):
    event_log.put([event("a", 0, 5)])
    later, earlier = change("x", minute=9), change("y", minute=3)
    event_log.add_threshold_changes([later, earlier])
    event_log.add_threshold_changes([])
    assert event_log.threshold_changes() == (earlier, later)


def test_an_undone_change_stays_on_record_with_who_undid_it(event_log):
    event_log.put([event("a", 0, 5)])
    event_log.add_threshold_changes([change("x")])
    undone = event_log.undo_threshold_change("x", "L. Braun", at(20))
    assert event_log.threshold_changes() == (undone,)
    assert (undone.undone_by, undone.undone_at, undone.new) == ("L. Braun", at(20), 14.0)
    with pytest.raises(InvalidInput, match=r"by L\. Braun"):
        event_log.undo_threshold_change("x", "somebody else", at(30))
    with pytest.raises(NotFound):
        event_log.undo_threshold_change("y", "L. Braun", at(30))


def test_a_change_for_an_event_that_is_not_there_is_refused(event_log):
    with pytest.raises(NotFound):
        event_log.add_threshold_changes([change("x", event_id="nowhere")])
    assert event_log.threshold_changes() == ()


def test_feedback_says_who_gave_it(event_log):
    event_log.put([event("a", 0, 5)])
    event_log.add_feedback(Feedback(event_id="a", time=at(9), label="known", author="M. Weber"))
    assert [said.author for said in event_log.feedback("a")] == ["M. Weber"]


def mark(name: str, event_id: str, minute: float, action: MarkAction, **fields: object) -> EventMark:
    return EventMark(id=name, event_id=event_id, time=at(minute), action=action, author="M. Weber", **fields)


def shelve(name: str, event_id: str, start: float, end: float) -> EventMark:
    return mark(name, event_id, start, MarkAction.SHELVE, until=at(end), text="valve in repair")


def test_marks_come_back_as_they_were_made_oldest_first(event_log):
    event_log.put([event("a", 0, None), event("b", 0, None), event("c", 0, None)])
    named = mark("x", "a", 9, MarkAction.LABEL, text="Pump cavitates")
    known, other = mark("y", "a", 3, MarkAction.ACKNOWLEDGE), mark("z", "b", 5, MarkAction.ACKNOWLEDGE)
    for made in (named, known, other, mark("w", "c", 1, MarkAction.ACKNOWLEDGE)):
        event_log.add_mark(made)
    assert event_log.marks(["a", "b"]) == (known, other, named)
    assert event_log.marks([]) == ()


def test_a_mark_that_is_added_again_changes_nothing(event_log):
    event_log.put([event("a", 0, None)])
    first = mark("x", "a", 3, MarkAction.ACKNOWLEDGE)
    event_log.add_mark(first)
    event_log.add_mark(first.model_copy(update={"author": "somebody else"}))
    assert event_log.marks(["a"]) == (first,)


def test_a_mark_on_an_event_that_is_not_there_is_not_found(event_log):
    with pytest.raises(NotFound, match="'nothing'"):
        event_log.add_mark(mark("x", "nothing", 3, MarkAction.ACKNOWLEDGE))


def test_a_shelving_holds_for_its_source_from_its_time_to_its_end(event_log):
    event_log.put([event("a", 0, None)])
    event_log.add_mark(shelve("x", "a", 10, 20))
    (shelving,) = event_log.shelvings(at(10))
    assert (shelving.kind, shelving.first_mover, shelving.event_id) == (Kind.PROCESS, "level", "a")
    assert (shelving.since, shelving.until, shelving.reason) == (at(10), at(20), "valve in repair")
    assert shelving.covers(event("later", 15, None))
    assert not shelving.covers(event("other tag", 15, None, first_mover="flow"))
    assert not shelving.covers(event("other kind", 15, None, kind=Kind.SILENCE))
    assert event_log.shelvings(at(9.9)) == event_log.shelvings(at(20)) == ()


def test_the_newest_shelving_or_unshelving_of_a_source_counts(event_log):
    event_log.put([event("a", 0, None), event("b", 5, None), event("c", 5, None, first_mover="flow")])
    for made in (shelve("x", "a", 10, 60), shelve("y", "b", 20, 30), shelve("z", "c", 10, 60)):
        event_log.add_mark(made)
    assert {s.first_mover: s.until for s in event_log.shelvings(at(25))} == {"level": at(30), "flow": at(60)}
    assert [s.first_mover for s in event_log.shelvings(at(31))] == ["flow"]
    event_log.add_mark(mark("w", "a", 22, MarkAction.UNSHELVE))
    assert [s.first_mover for s in event_log.shelvings(at(25))] == ["flow"]
    assert len(event_log.shelvings(at(21))) == 2


def test_a_shelving_of_seven_days_holds_to_its_end(event_log):
    event_log.put([event("a", 0, None)])
    event_log.add_mark(shelve("x", "a", 0, 7 * 1440))
    assert len(event_log.shelvings(at(7 * 1440 - 1))) == 1


def noisy(minutes: list[float], sigma: list[list[float]], noise: float = 2.0) -> Residual:
    spread = np.full((len(minutes), 2), noise)
    return Residual(("level", "flow"), rows(minutes), np.zeros_like(spread), spread, np.array(sigma))


SCALE = {"level": 4.0, "flow": 1.0, "unknown": 1.0}


def test_an_hour_is_summed_up_by_model_version(event_log):
    event_log.record("m1", scores([3, 6], [0.2, 0.3]), noisy([3, 6], [[1.0, 2.0], [np.nan, 0.0]]))
    event_log.record("m2", scores([9], [0.2]), noisy([9], [[0.5, -0.5]]))
    event_log.sum_up(span(2, 5), SCALE, budget_per_week=1.0, drifted=True)
    one, two = event_log.health(span(0, 60))
    assert (one.time, one.model_version, one.rows, one.coverage) == (NOON, "m1", 2, pytest.approx(2 / 3))
    likelihood = [0.5 + np.log(2 / 4), 2 + np.log(2 / 1), 0 + np.log(2 / 1)]
    assert one.nll == pytest.approx(np.mean(likelihood) + np.log(2 * np.pi) / 2)
    assert (one.drifted, one.budget_per_week) == (True, 1.0)
    assert (two.model_version, two.rows, two.coverage) == ("m2", 1, 1.0)
    assert event_log.health(span(1, 60)) == ()


def test_summing_up_again_replaces_what_rows_became(event_log):
    event_log.record("m1", scores([3], [0.2]), noisy([3], [[3.0, 3.0]]))
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0, drifted=True)
    event_log.record("m2", scores([3], [0.2]), noisy([3], [[0.0, 0.0]]))
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=2.0)
    (health,) = event_log.health(span(0, 60))
    assert (health.model_version, health.coverage, health.budget_per_week) == ("m2", 1.0, 2.0)


def test_what_was_noted_of_drift_stays_where_nothing_is_known_of_it(event_log):
    event_log.record("m1", scores([3], [0.2]), noisy([3], [[0.0, 0.0]]))
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0)
    assert [row.drifted for row in event_log.health(span(0, 60))] == [False]
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0, drifted=True)
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0)
    assert [row.drifted for row in event_log.health(span(0, 60))] == [True]


def test_an_hour_in_which_nothing_was_measured_has_neither_likelihood_nor_coverage(event_log):
    event_log.record("m1", scores([3], [0.2]), noisy([3], [[np.nan, np.nan]]))
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0)
    (health,) = event_log.health(span(0, 60))
    assert (health.rows, health.nll, health.coverage) == (1, None, None)


def test_an_hour_without_rows_is_not_summed_up(event_log):
    event_log.sum_up(span(0, 60), SCALE, budget_per_week=1.0)
    assert event_log.health(span(-60, 120)) == ()
