"""Tags that stop speaking are an event: opened once, closed once, and put right when their samples come late."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from models.anomaly.silence import SilenceWatch
from twin.clock import Span
from twin.errors import StoreUnavailable
from twin.event import Kind, Severity
from twin.historian.events import PostgresEventLog
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Asset
from twin.sample import Quality, Sample, SampleBatch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONG = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
FAST = ("level", "flow")
SLOW = "purity"


class Hands:
    """A clock whose hands somebody sets."""

    moment = NOON

    def now(self):
        return self.moment


class Site:
    """A plant with a watch, and somebody who writes its samples."""

    def __init__(self, plant, historian, events):
        self.plant, self.historian, self.events, self.hands = plant, historian, events, Hands()
        self.watch = self.new_watch()

    def new_watch(self):
        return SilenceWatch(self.plant, self.historian, self.events, self.hands)

    def send(self, tags, start, end, quality=Quality.GOOD):
        """Samples of these tags at their cadence in [start, end), minutes after noon."""
        found = []
        for name in tags:
            cadence = self.plant.tag(name).cadence / MINUTE
            minutes = np.arange(np.ceil(start / cadence) * cadence, end, cadence)
            found += [Sample(name, at(minute), 1.0, quality) for minute in minutes]
        self.historian.write(SampleBatch.of(found))

    def look(self, minute):
        """All events after a look so many minutes after noon."""
        self.hands.moment = NOON + minute * MINUTE
        self.watch.look()
        return self.events.between(LONG)

    def live(self, start, end, tags):
        """These tags send and the watch looks every minute."""
        for minute in range(start, end):
            self.send(tags, minute, minute + 1)
            self.look(minute + 0.5)
        return self.events.between(LONG)


def at(minute):
    return NOON + minute * MINUTE


def bigger(plant):
    """The plant with a second asset of twelve tags."""
    level = plant.tag("level")
    more = [replace(level, name=f"p{i}", asset="pumps", limits=type(level.limits)(), handle=None) for i in range(12)]
    assets = (*plant.assets, Asset("pumps", "The pumps", "site"))
    return replace(plant, assets=assets, tags=(*plant.tags, *more))


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.integration)])
def site(request, small_plant):
    plant = bigger(small_plant)
    if request.param == "memory":
        return Site(plant, MemoryHistorian(plant), MemoryEventLog())
    engine = request.getfixturevalue("engine")
    migrate(engine)
    return Site(plant, PostgresHistorian(engine, plant), PostgresEventLog(engine))


@pytest.fixture
def quick(small_plant):
    plant = bigger(small_plant)
    return Site(plant, MemoryHistorian(plant), MemoryEventLog())


def all_tags(site):
    return [tag.name for tag in site.plant.tags if tag.cadence is not None]


def others(site, *silent):
    return [tag for tag in all_tags(site) if tag not in silent]


def test_a_silence_opens_once_closes_once_and_has_its_own_times(site):
    site.live(0, 10, all_tags(site))
    assert site.live(10, 14, others(site, "flow")) == ()
    [opened] = site.live(14, 20, others(site, "flow"))
    assert (opened.kind, opened.open, opened.start) == (Kind.SILENCE, True, at(9))
    assert opened.anomalous
    assert opened.detected_at == at(14.5)
    assert [(item.tag, item.share) for item in opened.contributions] == [("flow", 1.0)]
    assert opened.message == "flow of the tank (flow) has sent nothing since Mon 02 Mar 13:09 CET."
    [closed] = site.live(20, 25, all_tags(site))
    assert (closed.id, closed.start, closed.end) == (opened.id, at(9), at(20))
    assert closed.message.endswith("sent nothing from Mon 02 Mar 13:09 to Mon 02 Mar 13:20 CET.")
    assert closed.backfilled_at is None
    assert not closed.withdrawn


def test_a_silence_survives_a_restart_under_its_own_id(site):
    site.live(0, 10, all_tags(site))
    [opened] = site.live(10, 16, others(site, "flow"))
    site.watch = site.new_watch()
    assert site.look(16) == (opened,)
    [closed] = site.live(20, 22, all_tags(site))
    assert (closed.id, closed.end) == (opened.id, at(20))


def test_a_silence_that_came_and_went_while_no_watch_ran_is_told(quick):
    quick.live(0, 20, all_tags(quick))
    quick.send(others(quick, "p0", "p1"), 20, 60)
    quick.send(["p0", "p1"], 45, 60)
    quick.watch = quick.new_watch()
    [event] = quick.look(60)
    assert (event.asset, event.start, event.end) == ("pumps", at(19), at(45))
    assert [item.tag for item in event.contributions] == ["p0", "p1"]
    assert event.backfilled_at is None
    quick.watch = quick.new_watch()
    assert quick.look(61) == (event,)


def test_an_outage_while_no_watch_ran_is_one_event(quick):
    quick.live(0, 20, all_tags(quick))
    quick.send(all_tags(quick), 60, 70)
    quick.watch = quick.new_watch()
    [event] = quick.look(70)
    assert (event.asset, event.severity, event.start, event.end) == ("site", Severity.HIGH, at(18), at(60))


def test_tags_of_one_asset_that_stop_together_are_one_event(quick):
    pumps = [f"p{i}" for i in range(4)]
    quick.live(0, 10, all_tags(quick))
    [event] = quick.live(10, 20, others(quick, *pumps))
    assert event.asset == "pumps"
    assert [item.tag for item in event.contributions] == pumps
    assert "4 tags of pumps have sent nothing" in event.message
    assert all(tag in event.message for tag in pumps)


def test_tags_of_two_assets_are_two_events(quick):
    quick.live(0, 10, all_tags(quick))
    events = quick.live(10, 20, others(quick, "p0", "level"))
    assert sorted(event.asset for event in events) == ["pumps", "tank"]


def test_a_tag_that_stops_later_is_another_event(quick):
    quick.live(0, 10, all_tags(quick))
    quick.live(10, 40, others(quick, "p0"))
    first, second = quick.live(40, 50, others(quick, "p0", "p1"))
    assert [item.tag for item in first.contributions] == ["p0"]
    assert [item.tag for item in second.contributions] == ["p1"]


def test_a_slow_tag_joins_the_event_it_stopped_with(quick):
    quick.live(0, 20, all_tags(quick))
    [opened] = quick.live(20, 30, others(quick, "level", "flow", SLOW))
    assert [item.tag for item in opened.contributions] == ["flow", "level"]
    [grown] = quick.live(30, 60, others(quick, "level", "flow", SLOW))
    assert grown.id == opened.id
    assert sorted(item.tag for item in grown.contributions) == ["flow", "level", SLOW]
    assert grown.start == at(18)


def test_a_silent_plant_is_one_event_of_high_severity(site):
    site.live(0, 20, all_tags(site))
    [event] = site.live(20, 60, [])
    assert (event.asset, event.severity) == ("site", Severity.HIGH)
    assert {item.tag for item in event.contributions} == set(all_tags(site))
    [closed] = site.live(60, 64, all_tags(site))
    assert (closed.id, closed.end) == (event.id, at(60))


def test_a_quick_tag_does_not_tell_the_plants_silence_by_itself(small_plant):
    plant = bigger(small_plant)
    tags = tuple(replace(tag, max_silence=3 * MINUTE) if tag.name == "p0" else tag for tag in plant.tags)
    plant = replace(plant, tags=tags)
    site = Site(plant, MemoryHistorian(plant), MemoryEventLog())
    site.live(0, 20, all_tags(site))
    [event] = site.live(20, 40, [])
    assert event.asset == "site"
    assert {item.tag for item in event.contributions} > {"p0", "level"}


@pytest.mark.parametrize(
    ("silent", "severity"), [(["p0"], "low"), (["p0", "p1"], "medium"), (["level"], "medium"), (["flow"], "low")]
)
def test_severity_says_how_much_is_not_seen_and_whether_an_alarm_is_missed(quick, silent, severity):
    quick.live(0, 10, all_tags(quick))
    [event] = quick.live(10, 16, others(quick, *silent))
    assert event.severity == severity


def test_a_tag_that_does_not_come_back_with_the_others_is_an_event_of_its_own(quick):
    quick.live(0, 10, all_tags(quick))
    [opened] = quick.live(10, 20, others(quick, "p0", "p1", "p2"))
    one, rest = quick.live(20, 30, others(quick, "p2"))
    assert {one.id, rest.id} > {opened.id}
    closed, alone = (one, rest) if rest.open else (rest, one)
    assert (closed.id, closed.end) == (opened.id, at(20))
    assert [item.tag for item in alone.contributions] == ["p2"]
    assert alone.open
    assert alone.start == at(9)


def test_only_bad_quality_is_an_event_that_says_so(site):
    site.live(0, 10, all_tags(site))
    for minute in range(10, 18):
        site.send(["flow"], minute, minute + 1, Quality.BAD)
        site.live(minute, minute + 1, others(site, "flow"))
    [event] = site.look(18)
    assert event.start == at(9)
    assert "has sent nothing but bad quality since Mon 02 Mar 13:09 CET" in event.message
    [closed] = site.live(18, 20, all_tags(site))
    assert closed.end == at(18)
    assert "nothing but bad quality" in closed.message


def test_one_good_sample_among_bad_ones_is_no_silence(quick):
    quick.live(0, 10, all_tags(quick))
    for minute in range(10, 30):
        quick.send(["flow"], minute, minute + 1, Quality.GOOD if minute % 4 == 0 else Quality.BAD)
        quick.live(minute, minute + 1, others(quick, "flow"))
    assert quick.events.between(LONG) == ()


def test_a_tag_on_change_is_watched_only_when_its_longest_silence_is_given(small_plant):
    tags = tuple(
        replace(tag, max_silence=timedelta(hours=1)) if tag.name == "mv.valve" else tag for tag in small_plant.tags
    )
    plant = replace(small_plant, tags=tags)
    site = Site(plant, MemoryHistorian(plant), MemoryEventLog())
    site.historian.write(SampleBatch.of([Sample(name, NOON, 1.0) for name in ("mv.valve", "sp.level")]))
    assert site.live(0, 60, [*FAST, SLOW]) == ()
    [event] = site.live(60, 70, [*FAST, SLOW])
    assert [item.tag for item in event.contributions] == ["mv.valve"]


def test_a_stated_silence_overrides_the_cadence(small_plant):
    tags = tuple(replace(tag, max_silence=20 * MINUTE) if tag.name == "flow" else tag for tag in small_plant.tags)
    plant = replace(small_plant, tags=tags)
    site = Site(plant, MemoryHistorian(plant), MemoryEventLog())
    site.live(0, 10, [*FAST, SLOW])
    assert site.live(10, 29, ["level", SLOW]) == ()
    [event] = site.live(29, 31, ["level", SLOW])
    assert event.start == at(9)


def test_late_samples_that_fill_a_silence_withdraw_it(site):
    site.live(0, 10, all_tags(site))
    [opened] = site.live(10, 20, others(site, "flow"))
    [closed] = site.live(20, 22, all_tags(site))
    site.send(["flow"], 10, 20)
    [gone] = site.look(22)
    assert gone.id == opened.id
    assert gone.withdrawn
    assert not gone.anomalous
    assert (gone.start, gone.end) == (closed.start, closed.end)
    assert gone.backfilled_at == at(22)
    assert gone.message.startswith("Withdrawn: samples that came late fill it.")


def test_late_samples_that_fill_a_part_shorten_the_event(site):
    site.live(0, 10, all_tags(site))
    site.live(10, 30, others(site, "flow"))
    site.live(30, 32, all_tags(site))
    site.send(["flow"], 10, 20)
    [event] = site.look(32)
    assert (event.start, event.end) == (at(19), at(30))
    assert event.backfilled_at == at(32)
    assert not event.withdrawn


def test_a_gateway_that_sends_what_it_kept_leaves_no_silence(quick):
    quick.live(0, 10, all_tags(quick))
    [opened] = quick.live(10, 30, others(quick, "flow"))
    quick.send(["flow"], 10, 31)
    [event] = quick.look(30.5)
    assert event.id == opened.id
    assert event.withdrawn
    assert event.backfilled_at == at(30.5)


def test_a_gateway_that_kept_only_the_end_says_so(quick):
    quick.live(0, 10, all_tags(quick))
    quick.live(10, 40, others(quick, "flow"))
    quick.send(["flow"], 25, 41)
    [event] = quick.look(40.5)
    assert (event.start, event.end) == (at(9), at(25))
    assert event.backfilled_at == at(40.5)


def test_late_samples_of_other_tags_leave_a_silence_alone(quick):
    quick.send(others(quick, "level"), 0, 10)
    quick.live(10, 11, others(quick, "flow"))
    quick.live(11, 20, others(quick, "flow"))
    before = quick.live(20, 22, all_tags(quick))
    quick.send(["level"], 0, 10)
    assert quick.look(22) == before


def test_a_tag_that_never_spoke_has_not_fallen_silent(quick):
    assert quick.live(0, 30, others(quick, "flow")) == ()


def test_without_samples_there_is_no_event(quick):
    assert quick.look(100) == ()


def test_when_the_store_is_away_the_watch_goes_on_afterwards(small_plant):
    class Away(MemoryHistorian):
        failures = 2

        def latest(self):
            if self.failures:
                self.failures -= 1
                raise StoreUnavailable("the historian is not reachable")
            return super().latest()

    class Noted(MemoryEventLog):
        def __init__(self):
            super().__init__()
            self.noted = threading.Event()

        def put(self, frames):
            super().put(frames)
            if frames:
                self.noted.set()

    site = Site(small_plant, Away(small_plant), Noted())
    site.send(FAST, 0, 10)
    site.hands.moment = at(30)
    stop = threading.Event()
    thread = threading.Thread(target=site.watch.run, args=(stop, 0.01))
    thread.start()
    assert site.events.noted.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(site.events.between(LONG)) == 1
