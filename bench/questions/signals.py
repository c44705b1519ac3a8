"""A planted world's values in closed form: base + waves + answers to every move + faults + hashed noise."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.clock import to_datetime64
from twin.event import EventFrame, Kind
from twin.plant import Plant, Tag
from twin.scenario import LoggedMove

Values = NDArray[np.float64]
Times = NDArray[np.datetime64]

FAULT = {"low": 0.06, "medium": 0.1, "high": 0.16}
"""Height of a planted fault, of the tag's ordinary width, by severity."""
WAVE, NOISE = 0.01, 0.002
CROSS = 0.08
"""Of the tag's width, what another tag's handle does over its whole range."""
TOUCHED = 0.6
"""Share of the tags that a move does something to."""
_DAY = 86400.0


def chance(*words: object) -> float:
    """A number in [0, 1) that depends on the words alone."""
    return zlib.crc32("|".join(map(str, words)).encode()) / 2**32


def width(tag: Tag) -> float:
    """How far a tag ordinarily moves: between its lo and hi limits, or the range."""
    low, high = ordinary(tag)
    return high - low


def ordinary(tag: Tag) -> tuple[float, float]:
    """Between its innermost limits, and where it has none, its range."""
    limits = dict(tag.limits.items())
    lows = [limits[name] for name in ("lo", "lolo", "trip_lo") if name in limits]
    highs = [limits[name] for name in ("hi", "hihi", "trip_hi") if name in limits]
    return (lows or [tag.low])[0], (highs or [tag.high])[0]


@dataclass(frozen=True, eq=False)
class Signals:
    """What every tag of a plant shows at every instant.

    Attributes:
        frames: their tags leave the ordinary, unless a move explains them.
        moves: what was moved, oldest first.
    """

    plant: Plant
    seed: int
    moves: Sequence[LoggedMove] = ()
    frames: Sequence[EventFrame] = field(default=())

    def level(self, tag: Tag) -> float:
        """Of a movable tag before its first move."""
        first = next((move.before for move in self.moves if move.tag == tag.name), None)
        return round((tag.low + tag.high) / 2, 3) if first is None else first

    @cached_property
    def gain(self) -> Mapping[tuple[str, str], float]:
        """(movable tag, observed tag) to the tag's change at steady state for a change of the move by one."""
        stated = {(gain.move, gain.tag): gain.value for gain in self.plant.gains if gain.value is not None}
        pairs = {
            (move.name, tag.name): self._gain(move, tag) for move in self.plant.movable for tag in self.plant.observed
        }
        return {pair: gain for pair, gain in (pairs | stated).items() if gain}

    def lag(self, tag: Tag) -> float:
        """Time constant of a tag's answer to moves, seconds."""
        return 600.0 + 60 * round(50 * chance("lag", tag.name))

    def base(self, tag: Tag) -> float:
        """Where a tag stands without waves, moves and faults."""
        handle = self.plant.tag(tag.handle) if tag.handle else None
        if handle and handle.unit == tag.unit and tag.low <= self.level(handle) <= tag.high:
            return self.level(handle)
        low, high = ordinary(tag)
        return low + (high - low) * (0.35 + 0.3 * chance("base", self.seed, tag.name))

    def values(self, tag: Tag, time: Times) -> Values:
        """(time,) in the tag's unit."""
        if tag.movable:
            return self._levels(tag, time)
        return self._fault(tag, time, self._clean(tag, self._stuck(tag, time)))

    def _clean(self, tag: Tag, time: Times) -> Values:
        size = min([width(tag), *([4 * self._handle_range(tag)] if tag.handle else [])])
        seconds = time.astype("datetime64[s]").astype(np.int64).astype(np.float64)
        phase = 2 * np.pi * chance("phase", self.seed, tag.name)
        period = 3600 * (3 + 4 * chance("period", self.seed, tag.name))
        waves = np.sin(2 * np.pi * seconds / _DAY + phase) + 0.6 * np.sin(2 * np.pi * seconds / period + phase)
        noise = _hashed(time, zlib.crc32(f"{self.seed}|{tag.name}".encode())) - 0.5
        answers = sum((self._answer(move, tag, time) for move in self.moves), np.zeros(len(time)))
        return self.base(tag) + size * (WAVE * waves + NOISE * noise) + answers

    def _answer(self, move: LoggedMove, tag: Tag, time: Times) -> Values:
        gain = self.gain.get((move.tag, tag.name), 0.0)
        if not gain:
            return np.zeros(len(time))
        since = np.maximum((time - to_datetime64(move.time)) / np.timedelta64(1, "s"), 0.0)
        answer: Values = gain * (move.after - move.before) * -np.expm1(-since / self.lag(tag))
        return answer

    def _levels(self, tag: Tag, time: Times) -> Values:
        values = np.full(len(time), self.level(tag))
        for move in self.moves:
            if move.tag == tag.name:
                values[time >= to_datetime64(move.time)] = move.after
        return values

    def _gain(self, move: Tag, tag: Tag) -> float:
        if tag.handle == move.name:
            if move.unit == tag.unit:
                return 1.0
            return self.base(tag) if move.unit == "1" else 0.5 * width(tag) / (move.high - move.low)
        drawn = chance("gain", move.name, tag.name)
        if drawn >= TOUCHED:
            return 0.0
        return CROSS * width(tag) / (move.high - move.low) * (1 if drawn < TOUCHED / 2 else -1)

    def _handle_range(self, tag: Tag) -> float:
        handle = self.plant.tag(tag.handle or "")
        return handle.high - handle.low if handle.unit == tag.unit else width(tag)

    def _stuck(self, tag: Tag, time: Times) -> Times:
        """The instants whose values a transmitter shows: it stops at the onset of its own fault."""
        for frame in self.frames:
            if frame.kind is Kind.SENSOR and frame.first_mover == tag.name:
                inside = _inside(frame, time)
                time = np.where(inside, to_datetime64(frame.start), time)
        return time

    def _fault(self, tag: Tag, time: Times, values: Values) -> Values:
        for frame in self.frames:
            names = [item.tag for item in frame.contributions]
            if frame.kind in {Kind.SENSOR, Kind.SILENCE} or frame.explained_by or tag.name not in names:
                continue
            sign = 1 if frame.contributions[names.index(tag.name)].peak_sigma > 0 else -1
            height = sign * FAULT[frame.severity] * width(tag) / (1 + names.index(tag.name))
            values = values + height * _ramp(frame, time)
        return values


def _inside(frame: EventFrame, time: Times) -> NDArray[np.bool_]:
    end = to_datetime64(frame.end) if frame.end else np.datetime64("9999-01-01", "us")
    inside: NDArray[np.bool_] = (time >= to_datetime64(frame.start)) & (time < end)
    return inside


def _ramp(frame: EventFrame, time: Times) -> Values:
    """0 outside of the frame, 1 inside after 15 minutes."""
    since = (time - to_datetime64(frame.start)) / np.timedelta64(15, "m")
    ramp: Values = np.where(_inside(frame, time), np.minimum(since, 1.0), 0.0)
    return ramp


def _hashed(time: Times, salt: int) -> Values:
    """(time,) numbers in [0, 1) that depend on instant and salt alone (splitmix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        mixed = time.astype("datetime64[s]").astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53
