"""The champion at work: what the twin answers with and the live loop scores with, exchanged when it changes."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from api.lifecycle.loading import Loaded
from models.adjustment import Adjustments
from models.registry import ModelRegistry
from twin.clock import from_datetime64, to_datetime64
from twin.errors import StoreUnavailable
from twin.event import EventFrame
from twin.protocols import Twin, WorldModel

if TYPE_CHECKING:
    from models.worker import LiveLoop

POLL_S = 5.0
WARM_UP = timedelta(hours=24)
"""What a detector sees before an event that somebody has judged: as much as after a start of the live loop."""

Factors = dict[str, float]

log = structlog.get_logger(__name__)


class Serving:
    """Keeps `twin.model` and the live loop at the champion, with thresholds as people's judgements left them.

    Args:
        twin: answers with the champion.
        load: the champion; None while the plant has none.
        registry: whose state file is watched; None when a setting names the checkpoint.
    """

    def __init__(self, twin: Twin, load: Callable[[], Loaded | None], registry: ModelRegistry | None) -> None:
        self._twin, self._load, self._registry = twin, load, registry
        self._mark = registry.mark if registry is not None else None
        self._loaded, self._factors = load(), Factors()
        self._loop: LiveLoop | None = None
        self._exchange = threading.Lock()
        self._bands = self._present_bands()
        twin.model = self._answering()

    @property
    def loaded(self) -> Loaded | None:
        """The champion in memory."""
        return self._loaded

    @property
    def loop(self) -> "LiveLoop | None":
        """The loop that scores with the present champion and thresholds; None without a world model."""
        with self._exchange:
            if self._loop is None and self._loaded is not None:
                self._factors = self._present_factors()
                self._loop = self._build(self._loaded, self._factors)
            return self._loop

    def refresh(self) -> bool:
        """Take up another champion, other thresholds or bands, if there are; gives whether the loop begins anew.

        Raises CheckpointError for a champion that cannot be loaded: the one before it goes on.
        """
        changed = self._take_champion()
        self._take_bands()
        factors = self._present_factors()
        if not changed and factors == self._factors:
            return False
        with self._exchange:
            self._factors, self._loop = factors, None
        return True

    def follow(self, stop: threading.Event) -> None:
        """Work of a thread: look for changes until `stop` is set."""
        while not stop.wait(POLL_S):
            try:
                self.refresh()
            except StoreUnavailable as error:
                log.warning("store away, thresholds stay as they are", detail=error.detail)

    def score(self, stop: threading.Event) -> None:
        """Work of a thread: the live loop of whichever champion there is, until `stop` is set."""
        while not stop.is_set():
            loop = self.loop
            if loop is None:
                stop.wait(POLL_S)
            else:
                loop.run(stop, outdated=lambda: self._loop is not loop)  # noqa: B023  it ends before the next one

    def peaks(self, event: EventFrame) -> Factors:
        """The largest value of each statistic while the event was open; nothing when the model is another one's."""
        loaded, twin = self._loaded, self._twin
        if loaded is None or event.model_version != loaded.version:
            return {}
        from models.recency import newest, settled

        end = event.end or twin.clock.now()
        names = (*loaded.model.card.tags, *loaded.model.card.moves)
        window = twin.historian.window(names, newest(end, end - event.start + WARM_UP), loaded.model.card.step)
        known = window.valid[:, len(loaded.model.card.tags) :].all(axis=1)
        if not known.any():
            return {}
        ((rows, residual),) = settled(loaded.model, [window.rows(slice(int(known.argmax()), None))])
        return loaded.detector.peaks(rows, residual, to_datetime64(min(event.start, from_datetime64(rows.time[-1]))))

    def _take_champion(self) -> bool:
        if self._registry is None or self._registry.mark == self._mark:
            return False
        mark, champion = self._registry.mark, self._registry.champion()
        if self._loaded is not None and champion == self._loaded.version:
            self._mark = mark
            return False
        loaded = self._load()
        self._mark = mark
        before = self._loaded.version if self._loaded is not None else None
        self._loaded = loaded
        self._bands = self._present_bands()
        self._twin.model = self._answering()
        log.info("another world model answers", version=champion, before=before)
        return True

    def _take_bands(self) -> None:
        bands = self._present_bands()
        if bands != self._bands:
            self._bands = bands
            self._twin.model = self._answering()

    def _present_bands(self) -> Factors:
        """What live coverage asks of the champion's bands; nothing for a file that a setting names."""
        if self._registry is None or self._loaded is None:
            return {}
        report = self._registry.bands(self._loaded.version)
        return {} if report is None else report.factors()

    def _answering(self) -> WorldModel | None:
        """The champion with its bands as live coverage asks."""
        if self._loaded is None or not self._bands:
            return None if self._loaded is None else self._loaded.model
        from models.adaptation import Adapted

        return Adapted(self._loaded.model, self._bands)

    def _present_factors(self) -> Factors:
        if self._loaded is None:
            return {}
        changes, now = self._twin.events.threshold_changes(), self._twin.clock.now()
        return Adjustments(changes, self._loaded.version).factors(_midnight(now))

    def _build(self, loaded: Loaded, factors: Factors) -> "LiveLoop":
        from models.worker import LiveLoop

        twin = self._twin
        detector = loaded.detector.adjusted(factors)
        drifted = self._drifted
        return LiveLoop(twin.plant, twin.historian, twin.events, loaded.model, detector, twin.clock, drifted=drifted)

    def _drifted(self) -> bool | None:
        """Whether the drift alarm is on for the champion; None while nobody has looked."""
        report = None if self._registry is None else self._registry.drift()
        return None if report is None else report.drifting


def _midnight(moment: datetime) -> datetime:
    """Thresholds fade from day to day: every exchange costs the loop its warm-up."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
