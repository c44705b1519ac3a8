"""Serves the console over a tank in memory: `python tank.py PORT`. Its level follows its setpoint within an hour."""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import uvicorn

from api.app import create_app
from api.console.events import board
from api.console.page import mount
from api.console.plant import page
from api.dependencies import AppState
from api.language.stages import Answered, Called, Planned, Said
from api.notebook import Notebook
from twin.answer import Answer, Evidence, Grounding, Status, TimeWindow, ToolCall
from twin.clock import FixedClock, Shift, Span, from_datetime64, to_datetime64
from twin.errors import StoreUnavailable, UnknownTag
from twin.event import Contribution, Departure, EventFrame, Feedback, Kind, Severity
from twin.historian.journal import MemoryJournal
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.journal import LogEntry, TriedScenario
from twin.operations.describe import history
from twin.operations.events import find_events
from twin.operations.whatif import what_if
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.protocols import ScoreSeries, Twin
from twin.query import StatusPlan
from twin.sample import Quality, Sample, SampleBatch
from twin.scenario import Change, LoggedMove, Move, Scenario
from twin.settings import Settings
from twin.world import Comparison, Envelope, Imagination, ModelCard, Residual

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=3)
KEY = "tank-key"
FAULT = Span(NOW - timedelta(hours=8), NOW - timedelta(hours=7))
MOVED = NOW - timedelta(hours=5)
YESTERDAY = Span(NOW - timedelta(hours=25, minutes=30), NOW - timedelta(hours=25))
BROKEN = NOW - timedelta(minutes=10)
"""Since when the pH meter sends bad quality."""
OBSERVED, MOVES = ("level", "flow", "purity"), ("sp.level", "mv.valve")


def tag(name, role, unit, high, cadence_min, **more):
    cadence = None if cadence_min is None else timedelta(minutes=cadence_min)
    return Tag(name, "tank", role, unit, f"{name} of the tank".capitalize(), 0.0, high, cadence, **more)


PLANT = Plant(
    name="tank",
    description="A tank with a feed",
    time_zone=ZoneInfo("Europe/Berlin"),
    step=STEP,
    night_shift="night",
    shifts=(Shift("day", time(6), time(22)), Shift("night", time(22), time(6))),
    assets=(Asset("site", "All of it", None), Asset("tank", "The tank", "site")),
    tags=(
        tag("level", TagRole.MEASURED, "%", 100.0, 1, limits=Limits(lo=20.0, hi=60.0), handle="sp.level"),
        tag("flow", TagRole.MEASURED, "m3/h", 50.0, 1, aliases=("feed",)),
        tag("purity", TagRole.ANALYSER, "%", 100.0, 6),
        tag("sp.level", TagRole.SETPOINT, "%", 100.0, None, movable=True),
        tag("mv.valve", TagRole.MV, "%", 100.0, None, movable=True),
        tag("ph", TagRole.MEASURED, "1", 14.0, 1),
    ),
)


@dataclass(frozen=True)
class LastRow:
    """The last row that was seen."""

    time: datetime
    values: np.ndarray


@dataclass
class TankModel:
    """The level goes to its setpoint with a time constant of an hour; the rest stays."""

    lag_h: float = 1.0
    card: ModelCard = field(
        default_factory=lambda: ModelCard(
            version="tank-1",
            family="first order",
            plant="tank",
            tags=OBSERVED,
            moves=MOVES,
            step=STEP,
            context=timedelta(hours=2),
            horizon=timedelta(hours=8),
            scale=(2.0, 1.0, 0.5),
            envelope=(Envelope(tag="sp.level", low=40, high=60), Envelope(tag="mv.valve", low=20, high=80)),
            disagreement_limit=1.0,
            data_start=NOW - timedelta(days=30),
            data_end=NOW,
            data_hours=720,
            created=NOW,
            seed=0,
            skill={"nrmse": 0.1},
        )
    )

    def observe(self, window, belief=None):
        values = window.select(OBSERVED).values
        last = np.array([column[np.isfinite(column)][-1] for column in values.T])
        zeros = np.zeros_like(values)
        expected = np.where(np.isfinite(values), values, last)
        return LastRow(window.end, last), Residual(OBSERVED, window.time, expected, zeros + 1, zeros)

    def imagine(self, belief, moves, *, samples=64, seed=0):
        hours = np.arange(1, len(moves) + 1) * (STEP / timedelta(hours=1))
        mean = np.tile(belief.values, (len(moves), 1))
        mean[:, 0] += (moves[:, 0] - belief.values[0]) * (1 - np.exp(-hours / self.lag_h))
        noise = np.random.default_rng(seed).normal(0, 0.3, (samples, *mean.shape)).cumsum(axis=1) / 4
        start = to_datetime64(belief.time)
        return Imagination(
            tags=OBSERVED,
            time=start + np.arange(1, len(moves) + 1) * np.timedelta64(STEP),
            paths=(mean + noise).astype(np.float32),
            mean=mean,
            disagreement=np.full_like(mean, 0.1),
            noise=np.full_like(mean, 0.3),
        )

    def compare(self, belief, baseline, scenario, *, samples=64, seed=0):
        one, other = (self.imagine(belief, moves, samples=samples, seed=seed) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.zeros_like(one.mean))


def frame(identity, span, severity, explained_by=None):
    return EventFrame(
        id=identity,
        kind=Kind.SENSOR,
        severity=severity,
        start=span.start,
        end=span.end,
        detected_at=span.start + 3 * STEP,
        score=4.2,
        contributions=(
            Contribution(tag="level", share=0.8, peak_sigma=7.0, first_seen=span.start),
            Contribution(tag="flow", share=0.2, peak_sigma=-2.0, first_seen=span.start + STEP),
        ),
        first_mover="level",
        asset="tank",
        propagation=(
            Departure(asset="tank", tag="level", time=span.start, after=None),
            Departure(asset="site", tag="flow", time=span.start + 2 * STEP, after="tank"),
        ),
        explained_by=explained_by,
        model_version="tank-1",
        message="Level of the tank reads higher than the tank can explain."
        if explained_by is None
        else "Level moved.",
    )


def samples():
    rng = np.random.default_rng(1)
    start = NOW - timedelta(hours=26)
    yield from (Sample("sp.level", start, 50.0), Sample("mv.valve", start, 50.0), Sample("sp.level", MOVED, 53.0))
    closed, again = YESTERDAY.start + timedelta(minutes=12), YESTERDAY.end
    yield from (Sample("mv.valve", closed, 45.0), Sample("mv.valve", again, 50.0))
    for minute in range(26 * 60):
        moment = start + timedelta(minutes=minute)
        level = 50.0 + rng.normal(0, 0.4) + 8.0 * (moment in FAULT) + 3.0 * (moment > MOVED)
        yield Sample("level", moment, level)
        yield Sample("flow", moment, 20.0 + rng.normal(0, 0.2))
        yield Sample("ph", moment, 7.0, Quality.GOOD if moment < BROKEN else Quality.BAD)
        if minute % 6 == 0:
            yield Sample("purity", moment, 99.0 + rng.normal(0, 0.05))


def tank():
    """The twin of the tank, and what its live loop has found."""
    historian, events, model = TankHistorian(PLANT), TankLog(), TankModel()
    historian.write(SampleBatch.of(samples()))
    move = LoggedMove(tag="sp.level", time=MOVED, before=50, after=53, unit="%")
    events.put(
        [
            frame("yesterday", YESTERDAY, Severity.MEDIUM),
            frame("fault", FAULT, Severity.HIGH),
            frame("response", Span(MOVED, MOVED + timedelta(hours=1)), Severity.LOW, explained_by=move),
        ]
    )
    window = historian.window(OBSERVED, Span(NOW - timedelta(hours=24), NOW), STEP)
    predicted = np.tile([50.0, 20.0, 99.0], (len(window), 1))
    predicted[window.time > to_datetime64(MOVED), 0] = 53.0
    noise = np.tile([0.5, 0.2, 0.1], (len(window), 1))
    sigma = (window.values - predicted) / noise
    faulty = np.array([from_datetime64(moment) in FAULT for moment in window.time])
    score = np.where(faulty, 4.2, 0.3 + 0.1 * np.sin(np.arange(len(window))))
    residual = Residual(OBSERVED, window.time, predicted, noise, sigma)
    events.record("tank-1", ScoreSeries(window.time, score), residual)
    events.add_feedback(Feedback(event_id="yesterday", time=YESTERDAY.end, label="true", comment="bubbles"))
    journal = MemoryJournal()
    note = "Flushed the impulse line of the level meter"
    journal.add_entry(LogEntry(time=YESTERDAY.end, author="Kim", text=note, tag="level"))
    return Twin(PLANT, historian, events, model, FixedClock(NOW), journal)


class Plug:
    """What connects the tank with its store."""

    away = False

    def check(self):
        """Raise when it is unplugged."""
        if self.away:
            raise StoreUnavailable("somebody unplugged the store")


class TankHistorian(MemoryHistorian):
    """A historian whose newest values need the plug."""

    def latest(self):
        """The newest samples; see Historian."""
        PLUG.check()
        return super().latest()


class TankLog(MemoryEventLog):
    """An event log whose events need the plug, and whose marks follow one another although the clock stands still."""

    def __init__(self):
        super().__init__()
        self._newest = NOW - timedelta(seconds=1)

    def add_mark(self, mark):
        """Keep what a person did; see EventLog."""
        self._newest += timedelta(microseconds=1)
        super().add_mark(mark.model_copy(update={"time": self._newest}))

    def between(self, span):
        """The events of a span; see EventLog."""
        PLUG.check()
        return super().between(span)


def late_event(twin):
    """An event of the last hour comes up."""
    twin.events.put([frame("late", Span(NOW - timedelta(hours=1), NOW), Severity.MEDIUM)])


def open_event(twin):
    """An event comes up that goes on."""
    going = frame("going", Span(NOW - timedelta(minutes=30), NOW), Severity.LOW)
    twin.events.put([going.model_copy(update={"end": None})])


def sample(name, value):
    """A value arrives just now."""
    return lambda twin: twin.historian.write(SampleBatch.of([Sample(name, NOW, value)]))


PLUG = Plug()
HAPPENINGS = {
    "raise an alarm": late_event,
    "leave an event open": open_event,
    "mend the meter": sample("ph", 7.25),
    "mend the meter again": sample("ph", 7.5),
    "another level": sample("level", 61.5),
    "unplug the store": lambda twin: setattr(PLUG, "away", True),
    "plug the store in": lambda twin: setattr(PLUG, "away", False),
}


@dataclass
class TankInterpreter:
    """Understands six sentences, and lets happen what HAPPENINGS has; remembers each session's last question."""

    twin: Twin
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    last: dict[str, str] = field(default_factory=dict)

    async def stream(self, question):
        """An answer of each kind that the console draws."""
        yield Planned(plans=(StatusPlan(),), engine="rules")
        if "time" in question.question:
            yield Called(call=ToolCall(name="find_events", arguments={}))
            yield Said(delta="So far")
            yield Said(delta=" there is")
            self.stopped.clear()
            await self.stopped.wait()
            yield Answered(answer=Answer(text="It was stopped.", status=Status.REFUSED))
        else:
            yield Answered(answer=self.answer(question))
        self.last[question.session] = question.question

    def cancel(self, session):
        """Whatever waits goes on."""
        self.stopped.set()
        return True

    def answer(self, question):
        if question.question in HAPPENINGS:
            HAPPENINGS[question.question](self.twin)
            return Answer(text="It is so.", status=Status.ANSWERED)
        if question.question == "and before?":
            return Answer(text=f"Before: {self.last.get(question.session)}.", status=Status.ANSWERED)
        if "unusual" in question.question:
            return self._events()
        if "what if" in question.question:
            return self._what_if()
        if "pressure" in question.question:
            raise UnknownTag("tank has no tag 'pressure'", field="tag", value="pressure", candidates=("level",))
        if "it" in question.question.split():
            return Answer(
                text="Which one do you mean?", status=Status.ASK_BACK, candidates=("unusual level?", "flow")
            )
        raise RuntimeError("a question that the interpreter does not survive")

    def _events(self):
        span = Span(NOW - timedelta(hours=14), NOW - timedelta(hours=6))
        found = find_events(self.twin, span)
        return Answer(
            text="There was one unusual event last night: the level read up to 8 % too high from 05:00 to 06:00.",
            status=Status.ANSWERED,
            evidence=(Evidence(name="Deviation", value=8.0, unit="%", tag="level", source="explain_event fault"),),
            series=(history(self.twin, "level", span),),
            window=TimeWindow(start=span.start, end=span.end, text="last night, Mon 22:00 to Tue 06:00 CET"),
            grounding=Grounding(checked=4, unmatched=()),
            result={"find_events": found.model_dump(mode="json")},
        )

    def _what_if(self):
        scenario = Scenario(moves=(Move(tag="sp.level", change=Change.BY, amount=5),))
        outcome = what_if(self.twin, scenario, max_horizon=timedelta(hours=24))
        return Answer(
            text="Level would rise by 5 %.",
            status=Status.ANSWERED,
            result={"what_if": outcome.model_dump(mode="json")},
        )


def tried_before(twin):
    """A what-if of this morning, saved by name, by a model that is not in use any more and took the tank for slow."""
    slow = TankModel(lag_h=4.0)
    slow.card = slow.card.model_copy(update={"version": "tank-0"})
    then = Twin(PLANT, twin.historian, twin.events, slow, FixedClock(NOW - timedelta(hours=4)))
    scenario = Scenario(moves=(Move(tag="sp.level", change=Change.BY, amount=4),), horizon=timedelta(hours=6))
    outcome = what_if(then, scenario, max_horizon=timedelta(hours=24))
    now = then.clock.now()
    return TriedScenario(id="before", created_at=now, scenario=scenario, outcome=outcome, name="As it was")


class NothingBehind:
    """A pipeline and a store that nobody asks."""

    def accept(self, batch):
        raise NotImplementedError

    def check(self):
        """Always there."""


def application(name="tank"):
    """The API with its console."""
    twin = tank()
    twin.journal.add_scenario(tried_before(twin))
    state = AppState(
        settings=Settings(_env_file=None),
        twin=twin,
        interpreter=TankInterpreter(twin),
        pipeline=NothingBehind(),
        store=NothingBehind(),
        api_key=KEY,
        bodies=NothingBehind(),
        notebook=Notebook(twin.journal, twin.clock),
    )
    app = create_app(state)
    mount(app, state)
    return app


if __name__ == "__main__":
    board.REFRESH_S = page.REFRESH_S = 1.0
    uvicorn.run(application(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
