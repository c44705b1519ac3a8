"""The roles of the house. An implementation is one class and one line in the composition root."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from twin.clock import Clock, Span
from twin.delivery import Delivery
from twin.event import EventFrame, EventMark, Feedback, Shelving
from twin.history import RESOLUTIONS as RESOLUTIONS
from twin.history import Backfill as Backfill
from twin.history import Fill as Fill
from twin.history import Series as Series
from twin.history import Statistics as Statistics
from twin.history import WriteResult as WriteResult
from twin.intake import IngestStatus
from twin.journal import AlertNotice, AnsweredQuestion, LogEntry, ScenarioHead, TriedScenario
from twin.lifecycle import ModelHealth, ThresholdChange
from twin.plant import Plant
from twin.sample import Sample, SampleBatch, SnapshotBatch
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ModelCard, Residual

T = TypeVar("T", bound=BaseModel)


class Historian(Protocol):
    """Keeps samples. Every method raises StoreUnavailable when the store is away."""

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch in one transaction; it is committed on return.

        The key is (tag, time): writing a batch again changes nothing, another value or quality corrects what is
        there. Of several samples with one key the last of the batch counts. Raises UnknownTag when a tag is not of
        the plant.
        """
        ...

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        """The same for whole units at one instant, much faster; a reader cannot tell the difference."""
        ...

    def series(
        self,
        tags: Sequence[str],
        span: Span,
        *,
        resolution: timedelta | None = None,
        rows: int = 1000,
        fill: Fill = Fill.NULL,
    ) -> Series:
        """History at a resolution: the given one, or the finest of RESOLUTIONS that gives at most `rows` rows.

        Rows cover [span.start, span.end), the first and the last one in whole. Raises EmptyWindow.
        """
        ...

    def as_of(self, moment: datetime) -> "Historian":
        """The same history as it was known at that moment, without later samples and corrections; to be read only.

        Raises OutsideData for a moment in the future.
        """
        ...

    def backfills(self, after: int) -> tuple[Backfill, ...]:
        """What changed the past since the backfill of that number (0: ever), oldest first."""
        ...

    def window(self, tags: Sequence[str], span: Span, step: timedelta) -> Window:
        """History on the grid that ends at span.end or the last whole step (since the epoch) before it.

        Rows are the whole multiples of `step` since the epoch in (span.start, span.end]. Raises EmptyWindow when
        there is none. See Window for what a row holds.
        """
        ...

    def samples(self, tag: str, span: Span, limit: int = 100_000) -> SampleBatch:
        """Raw samples of one tag in [start, end), oldest first, all qualities; at most `limit`."""
        ...

    def latest(self) -> dict[str, Sample]:
        """The newest sample of every tag that has one."""
        ...

    def statistics(self, tags: Sequence[str], span: Span) -> tuple[Statistics, ...]:
        """Statistics of each tag's samples in [start, end), in the order of `tags`."""
        ...

    def extent(self) -> Span | None:
        """From the oldest sample to just after the newest one; None when there is none."""
        ...

    def changes(self, tags: Sequence[str], span: Span) -> tuple[tuple[Sample, float], ...]:
        """Samples in [start, end) whose value differs from the tag's previous good value, which is given too.

        In order of time. A tag's very first sample is no change.
        """
        ...


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a worker has taken up what changed the past.

    Attributes:
        backfill: number of the last backfill that it has dealt with.
        moment: when it last looked at the historian.
    """

    backfill: int
    moment: datetime


@dataclass(frozen=True, eq=False, slots=True)
class ScoreSeries:
    """The detector's scores over time.

    Attributes:
        time: (time,) datetime64[us], UTC.
        score: (time,) worst of the detector's statistics; 1 is the threshold.
    """

    time: NDArray[np.datetime64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected of one tag in one row, in its engineering unit.

    Attributes:
        time: of the row.
        mean, noise: the expected value and its standard deviation.
        sigma: how far the measured value lay from it, in `noise`; None where nothing was measured.
    """

    time: datetime
    mean: float
    noise: float
    sigma: float | None


class EventLog(Protocol):
    """Keeps event frames, the scores behind them, one-step predictions and people's feedback."""

    def put(self, frames: Sequence[EventFrame]) -> None:
        """Store frames by id, replacing what is there: an event that grew or closed is put again."""
        ...

    def get(self, event_id: str) -> EventFrame:
        """The frame of that id; raises NotFound."""
        ...

    def between(self, span: Span) -> tuple[EventFrame, ...]:
        """Frames that overlap [start, end), oldest first."""
        ...

    def record(self, model_version: str, scores: ScoreSeries, residual: Residual) -> None:
        """Store scores and predictions of rows (again: replaced)."""
        ...

    def scores(self, span: Span) -> ScoreSeries:
        """Scores of rows in [start, end). Rows that were never scored are absent."""
        ...

    def predictions(self, tag: str, span: Span) -> Residual:
        """What was expected of one tag for the rows in [start, end)."""
        ...

    def newest_predictions(self, span: Span) -> dict[str, Prediction]:
        """The newest row of every tag of which something was expected in [start, end)."""
        ...

    def add_feedback(self, feedback: Feedback) -> None:
        """Store what a person says about an event; raises NotFound when there is no such event."""
        ...

    def feedback(self, event_id: str) -> tuple[Feedback, ...]:
        """What people said about an event, oldest first."""
        ...

    def add_mark(self, mark: EventMark) -> None:
        """Keep what a person did with an event; raises NotFound when there is no such event. Again: no change."""
        ...

    def marks(self, event_ids: Sequence[str]) -> tuple[EventMark, ...]:
        """What people did with these events, oldest first."""
        ...

    def shelvings(self, at: datetime) -> tuple[Shelving, ...]:
        """The sources that are shelved at that instant."""
        ...

    def add_threshold_changes(self, changes: Sequence[ThresholdChange]) -> None:
        """Keep what a judgement moved; raises NotFound when there is no such event."""
        ...

    def threshold_changes(self) -> tuple[ThresholdChange, ...]:
        """Every threshold that a judgement ever moved, undone ones too, oldest first."""
        ...

    def undo_threshold_change(self, change_id: str, who: str, time: datetime) -> ThresholdChange:
        """Mark a change as undone; raises NotFound, InvalidInput when it is already."""
        ...

    def sum_up(
        self, span: Span, scale: Mapping[str, float], *, budget_per_week: float, drifted: bool | None = None
    ) -> None:
        """Sum up the predictions of every hour (UTC) that the span touches, by model version; again: replaced.

        `scale` are the tags' ordinary variations, in engineering units: only tags that it names count. `drifted`
        None leaves what was noted of an hour before.
        """
        ...

    def health(self, span: Span) -> tuple[ModelHealth, ...]:
        """What was summed up of hours that begin in [start, end), oldest first."""
        ...

    def bookmark(self, reader: str) -> Bookmark | None:
        """How far the worker of that name has come; None when it has never kept a bookmark."""
        ...

    def keep_bookmark(self, reader: str, bookmark: Bookmark) -> None:
        """Keep how far a worker has come, instead of what it kept before."""
        ...


class Journal(Protocol):
    """Keeps what people wrote down, what was asked and answered, and scenarios. Adding a thing again changes nothing.

    Every method raises StoreUnavailable when the store is away.
    """

    def add_entry(self, entry: LogEntry) -> None:
        """Keep what somebody wrote down."""
        ...

    def entries(self, span: Span) -> tuple[LogEntry, ...]:
        """What was written down about instants in [start, end), oldest first."""
        ...

    def add_answer(self, answered: AnsweredQuestion) -> None:
        """Keep a question and its answer."""
        ...

    def answers(self, span: Span) -> tuple[AnsweredQuestion, ...]:
        """What was asked in [start, end), oldest first."""
        ...

    def latest_answer(self, sessions: Sequence[str], span: Span) -> AnsweredQuestion | None:
        """What was asked last in [start, end) in one of these sessions and had a plan; None: nothing."""
        ...

    def add_scenario(self, tried: TriedScenario) -> None:
        """Keep a scenario and what came of it."""
        ...

    def scenarios(self, span: Span) -> tuple[TriedScenario, ...]:
        """What was tried out in [start, end), oldest first."""
        ...

    def scenario_heads(self, span: Span, *, named: bool = False) -> tuple[ScenarioHead, ...]:
        """The same without their rollouts; `named`: only those that people gave a name."""
        ...

    def scenario(self, scenario_id: str) -> TriedScenario:
        """The scenario of that id; raises NotFound."""
        ...

    def rename_scenario(self, scenario_id: str, name: str | None) -> TriedScenario:
        """Give a scenario another name, or none; raises NotFound."""
        ...

    def add_notice(self, notice: AlertNotice) -> None:
        """Keep what Grafana told of an alert; the same (fingerprint, status, starts_at) again changes nothing."""
        ...

    def notices(self, span: Span) -> tuple[AlertNotice, ...]:
        """What was told in [start, end), oldest first."""
        ...


class IngestLog(Protocol):
    """Keeps how the sources did, minute by minute. Every method raises StoreUnavailable when the store is away."""

    def add_ingest(self, rows: Sequence[IngestStatus]) -> None:
        """Keep rows; the same (source, time) again changes nothing."""
        ...

    def ingest(self, span: Span) -> tuple[IngestStatus, ...]:
        """Rows whose stretch ends in [start, end), by time and source."""
        ...


class WorldModel(Protocol):
    """A latent, action-conditioned model of the plant."""

    @property
    def card(self) -> ModelCard:
        """What the model is, what it was trained on and how good it is."""
        ...

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[Belief, Residual]:
        """Go through the rows: predict each one from those before it, score it, then learn from it.

        `window` holds the card's tags and moves (others are ignored) on the card's step. Without a belief the
        model starts from its prior; with one, the window's first row must be the step after belief.time.
        Raises UnknownTag when a tag is missing from the window.
        """
        ...

    def imagine(self, belief: Belief, moves: NDArray[np.float64], *, samples: int = 64, seed: int = 0) -> Imagination:
        """Futures under `moves`: (horizon, move) levels in engineering units, in the card's order.

        Row h is in force during the interval that ends at the rollout's row h. The same seed draws the same
        random numbers whatever the moves, so two rollouts can be compared path by path.
        """
        ...

    def compare(
        self,
        belief: Belief,
        baseline: NDArray[np.float64],
        scenario: NDArray[np.float64],
        *,
        samples: int = 64,
        seed: int = 0,
    ) -> Comparison:
        """Both futures as `imagine` gives them with that seed, and the effect with an interval of its own.

        `baseline` and `scenario`: (horizon, move) levels, as for `imagine`. Same moves up to a row: no effect and
        no doubt about it up to that row.
        """
        ...


class Detector(Protocol):
    """Residuals -> scores -> decisions -> event frames. Keeps its own state from call to call."""

    @property
    def false_alarms_per_week(self) -> float:
        """The budget its threshold was set by."""
        ...

    def watch(self, window: Window, residual: Residual) -> tuple[ScoreSeries, tuple[EventFrame, ...]]:
        """Score the rows and give every frame that opened, grew or closed in them, in its latest form.

        `window` holds the same rows as `residual`, with the model's tags and moves. Ids are stable: the same
        event has the same id from call to call and after a restart that replays it.
        """
        ...

    def anew(self) -> "Detector":
        """The same detector as it was before it saw any row."""
        ...


class IntentModel(Protocol):
    """Tells which kind of question a sentence is."""

    @property
    def version(self) -> str:
        """Names the trained head."""
        ...

    def log_probabilities(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """(sentence, intent) in the order of `twin.query.INTENTS`; names and numbers are masked. Thread-safe."""
        ...


class LanguageModel(Protocol):
    """A language model behind an OpenAI-compatible server."""

    @property
    def name(self) -> str:
        """The served model's name."""
        ...

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """An instance of `schema` that answers the prompt; raises LanguageModelUnavailable."""
        ...

    async def warm_up(self, instructions: str) -> None:
        """Let the server read what precedes every prompt, for its prefix cache; raises LanguageModelUnavailable."""
        ...


class Source(Protocol):
    """A stream of samples: an async context manager and an async iterator of deliveries.

    It mends its own connection, and raises only what a person must correct. It reads no further than it is asked
    to: back-pressure is the iterator that is not asked for the next delivery.
    """

    @property
    def name(self) -> str:
        """For logs and metrics."""
        ...

    @property
    def connected(self) -> bool:
        """Whether samples can arrive now."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __aiter__(self) -> AsyncIterator[Delivery]: ...

    async def acknowledge(self, delivery: Delivery) -> None:
        """The delivery is safe, in the historian or on the spool's disk: the source may forget it.

        Called once for each delivery, in their order. A delivery that was not acknowledged comes again after a
        restart, if the source's protocol can do that.
        """
        ...


@dataclass(eq=False, slots=True)
class Twin:
    """Everything an operation needs.

    `model` is None until a checkpoint is loaded, and another one after a promotion: an operation that asks for it
    more than once works on `at`, whose model stays.
    """

    plant: Plant
    historian: Historian
    events: EventLog
    model: WorldModel | None
    clock: Clock
    journal: Journal | None = None

    def at(self, clock: Clock) -> "Twin":
        """The same twin with another clock."""
        return Twin(self.plant, self.historian, self.events, self.model, clock, self.journal)
