"""Action-conditioned innovations of the world model, as Hotelling statistics at several time scales."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.moves import ActiveMoves, PastMove
from models.anomaly.reading import Finding, Suspect
from models.anomaly.signatures import Signatures
from models.anomaly.smoothing import Smoother, SmoothingConfig
from models.anomaly.space import Directions, Rest, Space
from models.anomaly.unrest import AGES, Unrest
from twin.window import Window
from twin.world import Residual

KINDS = ("T2", "one tag against the others", "one tag with the others")
"""What is looked at on every time scale."""


@dataclass(frozen=True, slots=True)
class IsolationConfig:
    """When one hypothesis is taken to explain a score.

    Attributes:
        sensor_share: part of T2 above its ordinary value that one transmitter's bias must account for.
        move_share: part of it that one logged move's response must account for.
        gain_limit: largest error of a move's modelled response, as a multiple of it, that still is that move's.
    """

    sensor_share: float = 0.75
    move_share: float = 0.7
    gain_limit: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Geometry:
    """What normal operation looks like to the world model: everything the scorer knows.

    Attributes:
        tags, moves: columns.
        step: distance of the rows.
        cadence: (tag,) rows between a tag's news.
        spread: (tag,) of the innovations, in the model's sigma.
        std: (scale, tag) of the smoothed innovations, in the model's sigma.
        precision: (scale, tag, tag) inverse correlation of the smoothed innovations.
        ordinary: (scale,) median T2.
        signatures: the model's answers to a bias and to a move.
        transmitters: (tag,) bool, tags whose value is measured and so may be wrong; a controller's output is not.
        unrest: what is usual after moves.
        gain_error: (move,) relative error of the modelled response, standard deviation.
        smoothing, isolation: the configuration.
    """

    tags: tuple[str, ...]
    moves: tuple[str, ...]
    step: timedelta
    cadence: NDArray[np.int64]
    spread: NDArray[np.float64]
    std: NDArray[np.float64]
    precision: NDArray[np.float64]
    ordinary: NDArray[np.float64]
    signatures: Signatures
    transmitters: NDArray[np.bool_]
    gain_error: NDArray[np.float64]
    unrest: Unrest
    smoothing: SmoothingConfig = field(default_factory=SmoothingConfig)
    isolation: IsolationConfig = field(default_factory=IsolationConfig)

    @classmethod
    def blank(
        cls,
        tags: tuple[str, ...],
        moves: tuple[str, ...],
        step: timedelta,
        cadence: NDArray[np.int64],
        transmitters: NDArray[np.bool_],
        signatures: Signatures,
    ) -> Self:
        """Uncorrelated innovations of one sigma: before anything is learned."""
        smoothing = SmoothingConfig()
        shape = (len(smoothing.scales), len(tags))
        precision = np.broadcast_to(np.eye(len(tags)), (shape[0], *2 * shape[1:]))
        ordinary = np.full(shape[0], float(len(tags)))
        return cls(
            tags,
            moves,
            step,
            cadence,
            spread=np.ones(len(tags)),
            std=np.ones(shape),
            precision=precision,
            ordinary=ordinary,
            signatures=signatures,
            transmitters=transmitters,
            gain_error=np.ones(len(moves)),
            unrest=Unrest.none(len(KINDS) * shape[0], len(moves)),
        )


class InnovationScorer:
    """T2 and the largest single-tag likelihood ratios of the innovations, at every time scale.

    A logged move does not count as far as the model's response to it is uncertain; neither does a tag that is silent.
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.spaces = [
            Space(std, precision, self._hypotheses())
            for std, precision in zip(geometry.std, geometry.precision, strict=True)
        ]
        self._smoother = Smoother(geometry.smoothing, geometry.step, geometry.cadence)
        self._moves = ActiveMoves(geometry.moves, geometry.signatures.move, AGES[-1])
        self._silence = 4 * geometry.cadence

    def _hypotheses(self) -> NDArray[np.float64]:
        """(tag, tag) one thing gone wrong: a transmitter's bias, or another tag that moves as nothing else asks."""
        geometry = self.geometry
        return np.where(geometry.transmitters[:, None], geometry.signatures.lasting, np.eye(len(geometry.tags)))

    @property
    def tags(self) -> tuple[str, ...]:
        """The observed tags, its columns."""
        return self.geometry.tags

    @property
    def statistics(self) -> tuple[str, ...]:
        """Every kind on every scale; all are amplitudes."""
        names = [f"{int(scale.total_seconds() / 60)} min" for scale in self.geometry.smoothing.scales]
        return tuple(f"{kind}, {name}" for kind in KINDS for name in names)

    @property
    def scales(self) -> int:
        """Number of time scales of each kind of statistic."""
        return len(self.geometry.smoothing.scales)

    def advance(self, window: Window, residual: Residual) -> Iterator["InnovationRow"]:
        """The rows of a window, one after the other; tags are matched by name."""
        order = [residual.tags.index(tag) for tag in self.tags]
        values = window.select(self.tags).values
        levels = window.select(self.geometry.moves).values
        for row, time in enumerate(residual.time):
            fresh, means = self._smoother.enter(residual.sigma[row, order])
            self._silence = np.where(np.isfinite(fresh), 0, self._silence + 1)
            moves = self._moves.enter(time, levels[row])
            known, fresh = self._moves.levels, fresh / self.geometry.spread
            yield InnovationRow(self, time, fresh, values[row], means, self._silence, known, moves)

    def forget(self) -> None:
        """Start the slow means again: what they remember is over."""
        self._smoother.forget()


@dataclass(frozen=True, eq=False, slots=True)
class InnovationRow:
    """A scored row; see `Row`.

    Attributes:
        means: (scale, tag) smoothed innovations.
        silence: (tag,) rows since a tag's last news.
        levels: (move,) as logged.
        moves: those that still count.
        readings: the readings made so far, by faulty transmitters.
    """

    scorer: InnovationScorer
    time: np.datetime64
    fresh: NDArray[np.float64]
    values: NDArray[np.float64]
    means: NDArray[np.float64]
    silence: NDArray[np.int64]
    levels: NDArray[np.float64]
    moves: tuple[PastMove, ...]
    readings: dict[tuple[int, ...], "InnovationReading"] = field(default_factory=dict)

    def read(self, faulty: Collection[int] = ()) -> "InnovationReading":
        """The reading, not counting what biases of these transmitters account for."""
        known = tuple(faulty)
        if known not in self.readings:
            self.readings[known] = self._read(known)
        return self.readings[known]

    def _read(self, faulty: tuple[int, ...]) -> "InnovationReading":
        geometry = self.scorer.geometry
        silent = np.flatnonzero(self.silence > 3 * geometry.cadence)
        free = [np.eye(len(geometry.tags))[silent], *(geometry.signatures.bias[tag] for tag in faulty)]
        measured = bool(np.isfinite(self.fresh).any())
        return InnovationReading(self.scorer, self.means, Directions.free(np.concatenate(free)), self.moves, measured)


class InnovationReading:
    """Statistics of one row; see `Reading`."""

    def __init__(
        self,
        scorer: InnovationScorer,
        means: NDArray[np.float64],
        faults: Directions,
        moves: tuple[PastMove, ...],
        measured: bool,
    ) -> None:
        self._spaces, self._geometry = scorer.spaces, scorer.geometry
        self._means, self._faults = means, faults
        self._moves = [(move, move.response) for move in moves if move.response is not None]
        self._usual = scorer.geometry.unrest.factor(moves)
        self._white = [space.whiten(mean) for space, mean in zip(self._spaces, means, strict=True)]
        self._rests = [self._rest(scale, faults + self._responses(scale)) for scale in range(len(means))]
        ratios = [space.ratios(rest) for space, rest in zip(self._spaces, self._rests, strict=True)]
        self._ratios = np.stack([ratio for ratio, _ in ratios]).reshape(len(means), 3, -1)
        self._sizes = np.stack([size for _, size in ratios])
        sizes = np.array([rest.size for rest in self._rests])
        amplitudes: NDArray[np.float64] = np.sqrt(np.concatenate([sizes, *self._ratios[:, :2].max(axis=2).T]))
        self._values = amplitudes / self._usual
        if not measured:
            self._values = np.full_like(self._values, np.nan)

    def _responses(self, scale: int) -> Directions:
        """What a wrong gain of each recent move would leave behind."""
        if not self._moves:
            return Directions.none(len(self._geometry.tags))
        vectors = np.stack([response[scale] for _, response in self._moves])
        return Directions(vectors, self._geometry.gain_error[[move.column for move, _ in self._moves]])

    def _rest(self, scale: int, directions: Directions) -> Rest:
        return self._spaces[scale].without(self._white[scale], directions)

    @property
    def values(self) -> NDArray[np.float64]:
        """(statistic,) amplitudes; NaN when nothing was measured."""
        return self._values

    @property
    def raw(self) -> NDArray[np.float64]:
        """(statistic,) the same with logged moves counted, as far as T2 goes."""
        if not self._moves or np.isnan(self._values).any():
            return self._values
        scales = len(self._white)
        sizes = [self._rest(scale, self._faults).size for scale in range(scales)]
        raw: NDArray[np.float64] = np.concatenate([np.sqrt(sizes), self._values[scales:]])
        return raw

    def sensor(self, tag: int) -> NDArray[np.float64]:
        """(statistic,) the part of each statistic that a bias of this transmitter accounts for."""
        part: NDArray[np.float64] = np.sqrt(np.tile(self._ratios[:, 0, tag], len(KINDS))) / self._usual
        return part

    def suspects(self, thresholds: NDArray[np.float64]) -> tuple[Suspect, ...]:
        """Transmitters whose bias alone passes its threshold and explains most of a scale's T2.

        It must explain more than any single tag that the plant itself pushes, which no other tag's prediction takes
        for its own.
        """
        scales = len(self._white)
        found = []
        for scale, ratios in enumerate(self._ratios[:, 0] * self._geometry.transmitters):
            tag = int(ratios.argmax())
            above = np.sqrt(ratios[tag]) / self._usual[scales + scale] / thresholds[scales + scale]
            better = ratios[tag] >= self._ratios[scale, 2].max()
            if above >= 1.0 and better and self._explained(scale, tag) >= self._geometry.isolation.sensor_share:
                found.append(Suspect(tag, scale))
        return tuple(found)

    def _explained(self, scale: int, tag: int) -> float:
        """Part of T2, above what is ordinary, that a bias accounts for."""
        ratio = float(self._ratios[scale, 0, tag])
        return ratio / max(self._rests[scale].size - float(self._geometry.ordinary[scale]), ratio, 1e-9)

    def finding(
        self, thresholds: NDArray[np.float64], *, with_moves: bool = False, suspect: int | None = None
    ) -> Finding:
        """Who is behind the statistic that is highest above its threshold; see `Reading`."""
        statistics = self.raw if with_moves else self._values
        scale = int(np.argmax(statistics / thresholds)) % len(self._white)
        rest = self._rest(scale, self._faults) if with_moves else self._rests[scale]
        space, geometry = self._spaces[scale], self._geometry
        bias = 0.0 if suspect is None else float(self._sizes[scale, suspect])
        if suspect is None:
            pattern = space.unwhiten(rest.vector)
        else:
            pattern = np.sign(bias) * geometry.signatures.lasting[suspect]
        return Finding(
            shares=self._shares(scale, rest, suspect),
            sigma=self._means[scale] / geometry.std[scale],
            pattern=pattern / geometry.spread,
            sensor=suspect,
            bias=bias,
            move=self._move(scale),
        )

    def _shares(self, scale: int, rest: Rest, suspect: int | None) -> NDArray[np.float64]:
        space = self._spaces[scale]
        if suspect is None:
            return space.shares(rest.vector)
        own = min(float(self._ratios[scale, 0, suspect]) / max(rest.size, 1e-12), 1.0)
        lasting = self._geometry.signatures.lasting[[suspect]]
        shares = space.shares(space.without(rest.vector, Directions.free(lasting)).vector) * (1.0 - own)
        shares[suspect] += own
        return shares

    def _move(self, scale: int) -> PastMove | None:
        """The recent move whose response, wrong by no more than the limit, accounts for the raw score."""
        if not self._moves:
            return None
        config, total = self._geometry.isolation, self._rest(scale, self._faults)
        excess = max(total.size - float(self._geometry.ordinary[scale]), 1e-9)
        vectors = self._responses(scale).vectors
        rests = [self._spaces[scale].without(total.vector, Directions.free(vector[None])) for vector in vectors]
        explained = [(total.size - rest.size) / excess for rest in rests]
        best = int(np.argmax(explained))
        plausible = abs(rests[best].amounts[0]) <= config.gain_limit
        return self._moves[best][0] if plausible and explained[best] >= config.move_share else None
