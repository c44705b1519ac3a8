"""Follows events row by row: opens them once, decides what they are, closes them once."""

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.anomaly.decision import Alarm, Change, DecisionConfig
from models.anomaly.event import Event, Past
from models.anomaly.reading import Finding, Reading, Row, Suspect
from models.anomaly.regime import Operation, RegimeConfig, RegimeWatch
from models.anomaly.unlogged import UnloggedMoves
from twin.plant import Plant


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """How events are followed.

    Attributes:
        decision: on-delay, off-delay, deadband.
        lookback: how far before its detection an event may have begun.
        confirm: time after detection in which the verdict process or transmitter may still change.
        calm: score of a single row below which it is like any other, and
        calm_for: how long it must be so after a loud event until the slow means start again.
        hold: how long after its event a transmitter's bias still does not count: its traces fade slowly.
        regime: when the plant runs in a new regime.
    """

    decision: DecisionConfig = field(default_factory=DecisionConfig)
    lookback: timedelta = timedelta(hours=4)
    confirm: timedelta = timedelta(hours=1)
    calm: float = 0.7
    calm_for: timedelta = timedelta(minutes=15)
    hold: timedelta = timedelta(hours=5)
    regime: RegimeConfig = field(default_factory=RegimeConfig)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a row: its score (NaN when nothing was measured), and whether a loud event fell silent."""

    score: float
    over: bool


_RISE, _BEFORE = 1.3, 5  # times the least of so many rows before
_COMMON = 0.3  # part of the shares that two findings about one event have in common, at least
_WEAK = 1.5  # peak below which an event has hardly shown what it is
_LEADING = 0.15  # a tag with this share of an open process event does what the process does


class Tracker:
    """One process event at a time, beside it one event per faulty transmitter and one response to a logged move."""

    def __init__(
        self,
        plant: Plant,
        tags: tuple[str, ...],
        step: timedelta,
        precision: NDArray[np.float64],
        thresholds: NDArray[np.float64],
        scales: int,
        version: str,
        config: TrackerConfig,
        unlogged: UnloggedMoves | None = None,
        operation: Operation | None = None,
    ) -> None:
        """`precision` (tag, tag) of one-step innovations; `thresholds` (statistic,), `scales` of each kind."""
        self._unlogged = unlogged
        self._regime = RegimeWatch(operation, step, config.regime) if operation else None
        self._elsewhere: Event | None = None
        self._tags, self._step, self._thresholds, self._scales = tags, step, thresholds, scales
        self._version, self._config = version, config
        self._on_rows = max(1, round(config.decision.on_delay / step))
        self._calm_rows = round(config.calm_for / step)
        assets = [plant.tag(tag).asset for tag in tags]
        self._assets = np.array([assets.index(asset) for asset in assets])
        self._limits = [tuple(plant.tag(tag).limits.items()) for tag in tags]
        self._past = Past(round(config.lookback / step), precision)
        self._alarm = Alarm(config.decision, step)
        self._raw_alarm = Alarm(config.decision, step)
        self._process: Event | None = None
        self._response: Event | None = None
        self._transmitters: dict[int, Event] = {}
        self._held: dict[int, np.datetime64] = {}
        self._repeating: dict[int, float] = {}
        self._suspected: dict[int, int] = {}
        self._scores: deque[float] = deque(maxlen=_BEFORE + self._on_rows)
        self._calm = 0
        self.touched: dict[str, Event] = {}

    def follow(self, row: Row, repeats: NDArray[np.float64], since: NDArray[np.datetime64]) -> Followed:
        """Take one row; events it changed are in `touched`.

        `repeats` (tag,) repetitions of each tag's value over those that are alarming, `since` (tag,) its first time.
        """
        self._past.add(row.time, row.fresh, row.values)
        self._watch_repeats(row, np.sqrt(repeats), since)
        self._watch_suspects(row)
        reading = row.read(self._faulty(row.time))
        score = self._worst(reading.values)
        self._follow_process(reading, score, row.time)
        self._suspect_move(row)
        self._follow_response(reading, score, row.time)
        own = self._follow_transmitters(row)
        worst = score if np.isnan(score) else max(score, own, float(np.sqrt(repeats.max())))
        over = self._is_over(row.read())
        self._follow_regime(row)
        return Followed(worst, over)

    def _worst(self, statistics: NDArray[np.float64]) -> float:
        return float((statistics / self._thresholds).max())

    def _instant(self, statistics: NDArray[np.float64]) -> float:
        """The score of the row by itself: the shortest scale of every kind of statistic."""
        short = np.arange(0, len(statistics), self._scales)
        return float((statistics[short] / self._thresholds[short]).max())

    def _is_over(self, reading: Reading) -> bool:
        """Whether a loud event has fallen silent: then the slow means remember what is over."""
        instant = self._instant(reading.values)
        open_events = [event for event in (self._process, *self._transmitters.values()) if event and not event.frozen]
        for event in open_events:
            event.loud |= instant >= 1.0
        self._calm = self._calm + 1 if instant < self._config.calm else 0
        return self._calm == self._calm_rows and any(event.loud for event in open_events)

    def _faulty(self, now: np.datetime64, but: int | None = None) -> list[int]:
        self._held = {tag: until for tag, until in self._held.items() if until > now}
        return sorted(({*self._transmitters} | {*self._held}) - {but})

    # -- process events

    def _follow_process(self, reading: Reading, score: float, now: np.datetime64) -> None:
        change = self._alarm.step(score)
        if self._process and self._is_another(self._process, reading, score, now):
            self._close(self._process)
            self._open(reading, score, now)
        elif change is Change.OPENED:
            self._open(reading, score, now)
        elif self._process:
            self._advance(self._process, score, now)
            if change is Change.CLOSED:
                self._close(self._process)
                self._process = None
            elif score > self._process.peak:
                self._grow(self._process, reading, score, now)

    def _is_another(self, event: Event, reading: Reading, score: float, now: np.datetime64) -> bool:
        """Whether something else has begun on top of an older event.

        That is a score above its peak, or a rise over the last rows that lasts the on-delay, on other assets; or on
        other tags, when the older event is weak.
        """
        self._scores.append(score)
        if now - event.detected <= np.timedelta64(self._config.decision.off_delay) or score < 1.0:
            return False
        rows = list(self._scores)
        risen = len(rows) == _BEFORE + self._on_rows and min(rows[_BEFORE:]) >= _RISE * min(rows[:_BEFORE])
        if not risen and score <= event.peak:
            return False
        present, past = reading.finding(self._thresholds).shares, event.finding.shares
        if event.peak >= _WEAK:
            present, past = self._by_asset(present), self._by_asset(past)
        return float(np.minimum(present, past).sum()) < _COMMON

    def _by_asset(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(self._assets, shares).astype(np.float64)

    def _open(self, reading: Reading, score: float, now: np.datetime64) -> None:
        finding = reading.finding(self._thresholds)
        mistaken = next((tag for tag, event in self._transmitters.items() if self._young(event, now)), None)
        if mistaken is None:
            self._process = self._new(finding, score, now, "process", self._alarm)
        else:
            self._process = self._transmitters.pop(mistaken)
            self._process.sensor, self._process.alarm = None, self._alarm
            self._describe(self._process, finding, score)
        self._process.move = finding.move

    def _grow(self, event: Event, reading: Reading, score: float, now: np.datetime64) -> None:
        event.peak = score
        if self._undecided(event, now):
            self._describe(event, reading.finding(self._thresholds), score)
            event.move = event.finding.move

    def _suspect_move(self, row: Row) -> None:
        """Whether the process event is the response to a move that nobody logged, while that may still change."""
        event = self._process
        if event is None or self._unlogged is None or not self._undecided(event, row.time):
            return
        event.unlogged = None if event.move else self._unlogged.explain(self._past, event.dating.start, row)

    # -- new regimes

    def _follow_regime(self, row: Row) -> None:
        """An event of its own follows an alarm when the plant has settled where the training log did not cover it."""
        if self._regime is None:
            return
        changed = self._regime.enter(row.values, ordinary=self._calm > 0, alarm=self._process is not None)
        if changed and self._regime.active:
            self._settle(row.time)
        elif self._elsewhere:
            self._advance(self._elsewhere, self._regime.score, row.time)
            self._elsewhere.peak = max(self._elsewhere.peak, self._regime.score)
            if changed:
                self._close(self._elsewhere)
                self._elsewhere = None

    def _settle(self, now: np.datetime64) -> None:
        """Open the regime's event from where single rows were ordinary; the process event ends with it."""
        if self._regime is None:
            return
        if self._process is not None:
            self._close(self._process)
            self._process = None
        event = self._new(self._regime.finding, self._regime.score, now, "regime")
        event.settled = True
        event.dating = self._past.date_from(event.finding, now - np.timedelta64(self._config.regime.settled))
        self._elsewhere = event

    # -- responses to logged moves

    def _follow_response(self, reading: Reading, score: float, now: np.datetime64) -> None:
        raw = self._worst(reading.raw)
        change = self._raw_alarm.step(raw)
        if change is Change.OPENED and not self._alarm.active and score < 1.0:
            finding = reading.finding(self._thresholds, with_moves=True)
            if finding.move is not None:
                self._response = self._new(finding, raw, now, finding.move.tag, self._raw_alarm)
                self._response.move = finding.move
        elif self._response:
            self._advance(self._response, raw, now)
            self._response.peak = max(self._response.peak, raw)
            if change is Change.CLOSED:
                self._close(self._response)
                self._response = None

    # -- faulty transmitters

    def _watch_suspects(self, row: Row) -> None:
        """Open an event for a transmitter whose bias explains what is seen, once it has done so for the on-delay."""
        reading = row.read(self._faulty(row.time))
        suspects = reading.suspects(self._thresholds)
        self._suspected = {suspect.tag: self._suspected.get(suspect.tag, 0) + 1 for suspect in suspects}
        for suspect in suspects:
            if self._suspected[suspect.tag] >= self._on_rows and self._convicts(suspect, reading, row):
                self._accuse(suspect.tag, reading, row.time)
                return

    def _convicts(self, suspect: Suspect, reading: Reading, row: Row) -> bool:
        """Whether the bias explains it all, or, beside an older process event, most of what its scale shows."""
        rest = row.read([*self._faulty(row.time), suspect.tag]).values / self._thresholds
        if self._process is None or self._undecided(self._process, row.time):
            return bool(rest.max() < 1.0)
        if self._process.finding.shares[suspect.tag] >= _LEADING:
            return False
        same = slice(suspect.scale, None, self._scales)
        before = (reading.values / self._thresholds)[same].max()
        return bool(rest[same].max() < max(1.0, 0.5 * before))

    def _accuse(self, tag: int, reading: Reading, now: np.datetime64) -> None:
        finding = reading.finding(self._thresholds, suspect=tag)
        if self._process is not None and self._undecided(self._process, now):
            event, self._process = self._process, None
            self._alarm = Alarm(self._config.decision, self._step)
            self._describe(event, finding, event.peak)
        else:
            event = self._new(finding, 1.0, now, self._tags[tag])
        self._blame(event, tag)

    def _watch_repeats(self, row: Row, score: NDArray[np.float64], since: NDArray[np.datetime64]) -> None:
        self._repeating = {int(tag): float(score[tag]) for tag in np.flatnonzero(score >= 1.0)}
        for tag in self._repeating:
            event = self._transmitters.get(tag) or self._freeze(tag, since[tag], row)
            event.frozen = float((row.time - since[tag]) / np.timedelta64(1, "m"))
            event.finding = _all_on(event.finding, tag)

    def _freeze(self, tag: int, since: np.datetime64, row: Row) -> Event:
        """The event of a transmitter that repeats itself; a process event that began with it was a mistake."""
        process = self._process
        tolerance = np.timedelta64(self._config.decision.off_delay)
        if process and self._undecided(process, row.time) and process.dating.start >= since - tolerance:
            self._process, self._alarm = None, Alarm(self._config.decision, self._step)
            event = process
        else:
            finding = row.read(self._faulty(row.time)).finding(self._thresholds, suspect=tag)
            event = self._new(finding, 1.0, row.time, self._tags[tag])
        event.dating = self._past.date_from(event.finding, since)
        self._blame(event, tag)
        return event

    def _follow_transmitters(self, row: Row) -> float:
        worst = 0.0
        for tag, event in list(self._transmitters.items()):
            score = self._repeating.get(tag, 0.0)
            if not event.frozen:
                reading = row.read(self._faulty(row.time, but=tag))
                score = self._worst(reading.sensor(tag))
                if score > event.peak and self._undecided(event, row.time):
                    self._describe(event, reading.finding(self._thresholds, suspect=tag), score)
            event.peak = max(event.peak, score)
            self._advance(event, score, row.time)
            worst = max(worst, score)
            if event.alarm.step(score) is Change.CLOSED:
                self._close(event)
                self._held[tag] = row.time + np.timedelta64(self._config.hold)
                del self._transmitters[tag]
        return worst

    def _blame(self, event: Event, tag: int) -> None:
        event.sensor, event.move = tag, None
        event.alarm = Alarm(self._config.decision, self._step, active=True)
        self._transmitters[tag] = event

    # -- any event

    def _new(
        self, finding: Finding, score: float, now: np.datetime64, what: str, alarm: Alarm | None = None
    ) -> Event:
        alarm = alarm or Alarm(self._config.decision, self._step, active=True)
        event = Event(self._identity(now, what), now, alarm, finding, self._past.date(finding, now), score, now)
        self.touched[event.id] = event
        return event

    def _identity(self, now: np.datetime64, what: str) -> str:
        moment = str(now.astype("datetime64[m]")).replace("-", "").replace(":", "")
        digest = hashlib.sha256(f"{self._version}|{moment}|{what}".encode()).hexdigest()
        return f"{moment}Z-{digest[:8]}"

    def _undecided(self, event: Event, now: np.datetime64) -> bool:
        return bool(now - event.detected <= np.timedelta64(self._config.confirm))

    def _young(self, event: Event, now: np.datetime64) -> bool:
        return not event.frozen and self._undecided(event, now)

    def _describe(self, event: Event, finding: Finding, score: float) -> None:
        event.finding, event.peak = finding, max(score, event.peak)
        if self._past.reaches(event.detected):
            event.dating = self._past.date(finding, event.detected)

    def _advance(self, event: Event, score: float, now: np.datetime64) -> None:
        if score >= self._config.decision.deadband:
            event.last_high = now
        event.strong += score >= 2.0
        known = self._past.last_known()
        for tag in np.argsort(-event.finding.shares)[:3]:
            event.beyond |= {name for name, limit in self._limits[tag] if _passed(name, limit, known[tag])}
        self.touched[event.id] = event

    def _close(self, event: Event) -> None:
        event.end = event.last_high + np.timedelta64(self._step)
        self.touched[event.id] = event


def _passed(name: str, limit: float, value: float) -> bool:
    return bool(value >= limit if name.endswith(("hi", "hihi")) else value <= limit)


def _all_on(finding: Finding, tag: int) -> Finding:
    """A transmitter that repeats itself is the whole of its own score."""
    shares = np.zeros_like(finding.shares)
    shares[tag] = 1.0
    return Finding(shares, finding.sigma, finding.pattern, sensor=tag)
