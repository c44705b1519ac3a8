"""A twin of the small plant in memory: a day of samples, one event, a model whose level follows its setpoint."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api.app import create_app
from api.dependencies import AppState
from api.language.stages import Answered, Called, Planned, Said, Stage
from api.notebook import Notebook
from api.server import WebServer, reserve
from ingest.formats.bodies import Bodies
from ingest.pipeline import Pipeline
from twin.answer import Answer, Evidence, Grounding, Question, Status, ToolCall
from twin.clock import FixedClock, from_datetime64
from twin.errors import ForetellError
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.historian.journal import MemoryJournal
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.plant import Plant
from twin.protocols import Twin
from twin.query import StatusPlan
from twin.sample import Sample, SampleBatch
from twin.settings import Settings
from twin.window import Window
from twin.world import Belief, Comparison, Envelope, Imagination, ModelCard, Residual

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = timedelta(minutes=3)
KEY = "the-key-of-the-tests"
MOVES = ("sp.level", "mv.valve")


@dataclass(frozen=True)
class SeenRows:
    """What the fake model knows: the last row."""

    time: datetime
    values: NDArray[np.float64]


class FollowingModel:
    """Every tag stays where it is, but `level` goes to its setpoint at once; each path has its own offset."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        self.card = ModelCard(
            version="following-1",
            family="fake",
            plant="small",
            tags=tags,
            moves=MOVES,
            step=STEP,
            context=timedelta(hours=1),
            horizon=timedelta(hours=8),
            scale=(1.0,) * len(tags),
            envelope=(Envelope(tag="sp.level", low=40, high=60), Envelope(tag="mv.valve", low=0, high=100)),
            disagreement_limit=0.5,
            data_start=NOW - timedelta(days=10),
            data_end=NOW - timedelta(days=1),
            data_hours=216,
            created=NOW,
            seed=1,
            skill={"effect_r2": 1.0},
        )

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[SeenRows, Residual]:
        values = window.select(self.card.tags).values
        zeros = np.zeros_like(values)
        last = np.array([column[np.isfinite(column)][-1] if np.isfinite(column).any() else 0 for column in values.T])
        expected = np.where(np.isfinite(values), values, last)
        residual = Residual(self.card.tags, window.time, expected, zeros + 1.0, zeros)
        return SeenRows(from_datetime64(window.time[-1]), last), residual

    def imagine(
        self, belief: SeenRows, moves: NDArray[np.float64], *, samples: int = 64, seed: int = 0
    ) -> Imagination:
        mean = np.repeat(belief.values[None], len(moves), axis=0)
        mean[:, self.card.tags.index("level")] = moves[:, 0]
        offsets = np.random.default_rng(seed).normal(0, 0.1, (samples, 1, 1))
        start = np.datetime64(belief.time.replace(tzinfo=None), "us")
        time = start + np.arange(1, len(moves) + 1) * np.timedelta64(STEP)
        zeros = np.zeros_like(mean)
        return Imagination(self.card.tags, time, (mean + offsets).astype(np.float32), mean, zeros, zeros + 0.1)

    def compare(
        self,
        belief: SeenRows,
        baseline: NDArray[np.float64],
        scenario: NDArray[np.float64],
        *,
        samples: int = 64,
        seed: int = 0,
    ) -> Comparison:
        one, other = (self.imagine(belief, moves, samples=samples, seed=seed) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.zeros_like(one.mean))


class RepeatingInterpreter:
    """Answers with the question, one number of it without evidence."""

    asked: list[Question]

    def __init__(self) -> None:
        self.asked = []

    async def stream(self, question: Question) -> AsyncGenerator[Stage, None]:
        self.asked.append(question)
        text = f"You asked: {question.question}"
        yield Planned(plans=(StatusPlan(),), engine="rules", confidence=0.9)
        yield Called(call=ToolCall(name="plant_status", arguments={}))
        yield Said(delta=text)
        answer = Answer(
            text=text,
            status=Status.ANSWERED,
            evidence=(Evidence(name="asked at", value=NOW, source="test", id="e1"),),
            grounding=Grounding(checked=2, unmatched=("7",)),
            session=question.session,
        )
        yield Answered(answer=answer)

    def cancel(self, session: str) -> bool:
        return session == "running"


class SwitchableStore:
    """A store whose error a test chooses."""

    error: ForetellError | None = None

    def check(self) -> None:
        if self.error is not None:
            raise self.error


@dataclass
class SwitchableWorker:
    """A worker whose state a test chooses."""

    name: str = "live loop"
    running: bool = True
    failure: str | None = None


def day_of_samples(plant: Plant) -> SampleBatch:
    """Level 50 and flow 20 every minute of the last 24 h, purity every 6 min, the movable tags at the start."""
    start = NOW - timedelta(hours=24)
    minutes = [start + timedelta(minutes=i) for i in range(24 * 60)]
    rows = [Sample("sp.level", start, 50.0), Sample("mv.valve", start, 30.0)]
    rows += [Sample("sp.level", NOW - timedelta(hours=6), 52.0)]
    rows += [Sample("level", moment, 50.0 + i % 3) for i, moment in enumerate(minutes)]
    rows += [Sample("flow", moment, 20.0 + i % 2) for i, moment in enumerate(minutes)]
    rows += [Sample("purity", moment, 99.0) for moment in minutes[::6]]
    return SampleBatch.of(rows)


def an_event() -> EventFrame:
    """A sensor event of this morning."""
    return EventFrame(
        id="ev-1",
        kind=Kind.SENSOR,
        severity=Severity.HIGH,
        start=NOW - timedelta(hours=4),
        end=NOW - timedelta(hours=3),
        detected_at=NOW - timedelta(hours=3, minutes=50),
        score=3.2,
        contributions=(
            Contribution(tag="flow", share=0.9, peak_sigma=8.0, first_seen=NOW - timedelta(hours=4)),
            Contribution(tag="level", share=0.1, peak_sigma=-2.0, first_seen=NOW - timedelta(hours=4)),
        ),
        first_mover="flow",
        asset="tank",
        model_version="following-1",
        message="flow left its prediction",
    )


@pytest.fixture
def state(small_plant: Plant) -> AppState:
    """The app's state on memory stores."""
    historian, events = MemoryHistorian(small_plant), MemoryEventLog()
    historian.write(day_of_samples(small_plant))
    events.put([an_event()])
    model = FollowingModel(tuple(tag.name for tag in small_plant.observed))
    twin = Twin(small_plant, historian, events, model, FixedClock(NOW))
    return AppState(
        settings=Settings(_env_file=None, max_horizon_h=12),
        twin=twin,
        interpreter=RepeatingInterpreter(),
        pipeline=Pipeline(small_plant, historian, clock=twin.clock),
        store=SwitchableStore(),
        api_key=KEY,
        bodies=Bodies(),
        notebook=Notebook(MemoryJournal(), twin.clock),
        workers=(SwitchableWorker(),),
    )


@pytest.fixture
def anonymous(state: AppState) -> Iterator[TestClient]:
    """A client without the key."""
    with TestClient(create_app(state), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(anonymous: TestClient) -> TestClient:
    """A client with the key."""
    anonymous.headers["X-API-Key"] = KEY
    return anonymous


@pytest.fixture
def address(state: AppState) -> Iterator[str]:
    """The API on a real port."""
    bound = reserve("127.0.0.1", 0)
    with WebServer(create_app(state), bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
