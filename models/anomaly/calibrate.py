"""Calibration: what normal operation looks like, from stretches that the world model was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from models.anomaly.calibration import Calibration
from models.anomaly.decision import DecisionConfig
from models.anomaly.frozen import FrozenLimits
from models.anomaly.regime import Operation
from models.anomaly.scores import Geometry, InnovationScorer
from models.anomaly.signatures import Signatures, learn_signatures
from models.anomaly.smoothing import Smoother, SmoothingConfig
from models.anomaly.threshold import Tail, fit_tail, persistent
from models.anomaly.unrest import learn_unrest, squared_sizes
from twin.errors import InvalidInput
from twin.plant import Plant, TagRole
from twin.protocols import WorldModel
from twin.window import Window
from twin.world import Residual

SHRINKAGES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
_LARGEST_GAIN_ERROR = 1.5
_FOLDS = 4
_TRANSMITTERS = (TagRole.MEASURED, TagRole.ANALYSER)
_SETTLED = timedelta(hours=3)
_SIGNATURE = timedelta(hours=2)
_PRIOR_GAIN, _PRIOR_WEIGHT = 0.5, 4.0  # a modelled response is wrong by a half until moves have shown better


def observed(model: WorldModel, window: Window) -> Residual:
    """Residuals of an unbroken stretch; NaN while the belief is still being inferred."""
    _, residual = model.observe(window)
    warm = int(model.card.context / model.card.step)
    sigma = residual.sigma.copy()
    sigma[:warm] = np.nan
    return replace(residual, sigma=sigma)


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """An unbroken stretch of normal operation with its residuals."""

    window: Window
    residual: Residual

    def rows(self, index: slice) -> "Stretch":
        """Part of it."""
        residual = self.residual
        part = Residual(
            residual.tags,
            residual.time[index],
            residual.predicted[index],
            residual.noise[index],
            residual.sigma[index],
        )
        return Stretch(self.window.rows(index), part)


def calibrate(model: WorldModel, windows: Sequence[Window], plant: Plant) -> Calibration:
    """What normal operation looks like to this model.

    Args:
        model: the world model that will be watched with.
        windows: unbroken stretches of normal operation, operators' moves included, that the model was not trained
            on; with the model's tags and moves, on its step.
        plant: the plant file.

    Raises:
        InvalidInput: when there is too little of it to set thresholds by.
    """
    card = model.card
    stretches = _cut([Stretch(window, observed(model, window)) for window in windows], card.context, card.step)
    cadence = np.array([_rows(plant, tag, card.step) for tag in card.tags])
    transmitters = np.array([plant.tag(tag).role in _TRANSMITTERS for tag in card.tags])
    signatures = _signatures(model, stretches, cadence)
    geometry = Geometry.blank(card.tags, card.moves, card.step, cadence, transmitters, signatures)
    widths = np.array([(line.high - line.low) / 2 or 1.0 for line in card.envelope])
    material = [_material(geometry, stretch, widths) for stretch in stretches]
    geometry, held_back = _learned(geometry, material, widths)
    tails = _tails(_calmed(held_back, material, widths), card.step)
    frozen = FrozenLimits.learn(plant, card.tags, [stretch.window for stretch in stretches])
    operation = Operation.learn([stretch.window for stretch in stretches], card.tags)
    return Calibration(geometry, tails, frozen, card.version, operation)


@dataclass(frozen=True, eq=False, slots=True)
class Material:
    """A stretch as the scorer sees it.

    Attributes:
        stretch: window and residuals.
        settled: first row at which the slowest mean has forgotten that it began at 0.
        fresh: (time, tag) innovations from that row on.
        means: (time, scale, tag) their means.
        sizes: (time, move, age) squared sizes of past moves, from the first row on.
    """

    stretch: Stretch
    settled: int
    fresh: NDArray[np.float64]
    means: NDArray[np.float64]
    sizes: NDArray[np.float64]


def _material(geometry: Geometry, stretch: Stretch, widths: NDArray[np.float64]) -> Material:
    sigma = stretch.residual.sigma
    first = int(np.argmax(np.isfinite(sigma).any(axis=1)))
    settled = first + int(_SETTLED / geometry.step)
    fresh, means = Smoother(geometry.smoothing, geometry.step, geometry.cadence).advance(sigma)
    sizes = squared_sizes(stretch.window, geometry.moves, widths)
    return Material(stretch, settled, fresh[settled:], means[settled:], sizes)


def _learned(
    geometry: Geometry, material: list[Material], widths: NDArray[np.float64]
) -> tuple[Geometry, list[NDArray[np.float64]]]:
    """The geometry of all stretches, and each stretch's statistics by the geometry of the others."""
    scales, means = len(geometry.smoothing.scales), [item.means for item in material]
    geometry = replace(geometry, spread=_spread(np.concatenate([item.fresh for item in material])))
    geometry = _shaped(geometry, means)
    geometry = replace(geometry, gain_error=_gain_error(geometry, material))
    held_back = [_statistics(_shaped(geometry, means[:k] + means[k + 1 :]), item) for k, item in enumerate(material)]
    ordinary = np.nanmedian(np.concatenate(held_back)[:, :scales] ** 2, axis=0)
    unrest = learn_unrest(held_back, [item.sizes for item in material], widths)
    return replace(geometry, ordinary=ordinary, unrest=unrest), held_back


def _cut(stretches: list[Stretch], context: timedelta, step: timedelta) -> list[Stretch]:
    """At least four stretches, cut from the longest ones; too short ones are dropped."""
    least = int((context + _SETTLED) / step) + 20
    kept = [stretch for stretch in stretches if len(stretch.window) >= 2 * least]
    while kept and len(kept) < _FOLDS:
        longest = max(kept, key=lambda stretch: len(stretch.window))
        kept.remove(longest)
        half = len(longest.window) // 2
        kept += [longest.rows(slice(0, half)), longest.rows(slice(half, None))]
    if not kept or min(len(stretch.window) for stretch in kept) < least:
        hours = sum(len(stretch.window) for stretch in stretches) * step / timedelta(hours=1)
        needed = _FOLDS * least * step / timedelta(hours=1)
        raise InvalidInput(
            f"{hours:.1f} h of held-back operation are too little to calibrate by; {needed:.1f} h are needed",
            field="calibration",
            value=hours,
            limit=needed,
            unit="h",
        )
    return kept


def _signatures(model: WorldModel, stretches: list[Stretch], cadence: NDArray[np.int64]) -> Signatures:
    longest = max(stretches, key=lambda stretch: len(stretch.window)).window
    lags = int(_SIGNATURE / model.card.step)
    rows = lags + int(model.card.context / model.card.step)
    still = SmoothingConfig(drift=timedelta(days=10_000))
    smoother = partial(Smoother, still, model.card.step, cadence)
    return learn_signatures(model, longest.rows(slice(0, rows)), lags, smoother)


def _rows(plant: Plant, tag: str, step: timedelta) -> int:
    cadence = plant.tag(tag).cadence
    return 1 if cadence is None else max(1, round(cadence / step))


def _shaped(geometry: Geometry, means: list[NDArray[np.float64]]) -> Geometry:
    """The geometry with the spread and correlation of these means."""
    shape = [_shape([part[:, scale] for part in means]) for scale in range(len(geometry.smoothing.scales))]
    return replace(geometry, std=np.stack([s for s, _ in shape]), precision=np.stack([p for _, p in shape]))


def _shape(parts: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Standard deviations and inverse shrunk correlation; the shrinkage is chosen by held-out likelihood."""
    std = _spread(np.concatenate(parts))
    products = np.stack([(part / std).T @ (part / std) for part in parts])
    rows = np.array([len(part) for part in parts])

    def loss(shrinkage: float) -> float:
        worse = 0.0
        for own, count in zip(products, rows, strict=True):
            fitted = _shrunk((products.sum(axis=0) - own) / (rows.sum() - count), shrinkage)
            worse += count * float(np.linalg.slogdet(fitted)[1]) + float(np.trace(np.linalg.solve(fitted, own)))
        return worse

    fitted = _shrunk(products.sum(axis=0) / rows.sum(), min(SHRINKAGES, key=loss))
    return std, np.asarray(np.linalg.inv(fitted), dtype=np.float64)


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(tag,) root mean square over (time, tag) where there is a value, never next to nothing."""
    spread = np.sqrt(np.nanmean(values**2, axis=0))
    return np.asarray(spread.clip(min=1e-3 * float(np.median(spread))), dtype=np.float64)


def _shrunk(correlation: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    return (1.0 - shrinkage) * correlation + shrinkage * np.eye(len(correlation))


def _gain_error(geometry: Geometry, material: list[Material]) -> NDArray[np.float64]:
    """(move,) root mean square of how wrong the modelled responses were, as a multiple of the response."""
    squares = np.full(len(geometry.moves), _PRIOR_WEIGHT * _PRIOR_GAIN**2)
    weights = np.full(len(geometry.moves), _PRIOR_WEIGHT)
    scorer = InnovationScorer(geometry)
    space = scorer.spaces[0]
    for item in material:
        rows = InnovationScorer(geometry).advance(item.stretch.window, item.stretch.residual)
        for row in islice(rows, item.settled, None):
            for move in row.moves:
                if move.age or move.response is None:
                    continue
                response = space.whiten(move.response[0])
                power = float(response @ response)
                if power > 1.0:
                    wrong = float(response @ space.whiten(row.means[0])) / power
                    squares[move.column] += max(wrong**2 - 1.0 / power, 0.0)
                    weights[move.column] += 1.0
    return np.asarray(np.clip(np.sqrt(squares / weights), 0.0, _LARGEST_GAIN_ERROR), dtype=np.float64)


def _statistics(geometry: Geometry, item: Material) -> NDArray[np.float64]:
    """(time, statistic) of a stretch, NaN until the smoother has settled."""
    rows = InnovationScorer(geometry).advance(item.stretch.window, item.stretch.residual)
    values = np.stack([row.read().values for row in rows])
    values[: item.settled] = np.nan
    return values


def _calmed(
    statistics: list[NDArray[np.float64]], material: list[Material], widths: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Statistics over what is usual after moves, which is learned from the other stretches."""
    sizes = [item.sizes for item in material]
    calmed = []
    for k, (own, made) in enumerate(zip(statistics, sizes, strict=True)):
        unrest = learn_unrest(statistics[:k] + statistics[k + 1 :], sizes[:k] + sizes[k + 1 :], widths)
        calmed.append(own / unrest.factors(made))
    return calmed


def _tails(series: list[NDArray[np.float64]], step: timedelta) -> tuple[Tail, ...]:
    decision = DecisionConfig()
    on, off = round(decision.on_delay / step), round(decision.off_delay / step)
    return tuple(
        fit_tail([persistent(values[:, k], on) for values in series], step, off) for k in range(series[0].shape[1])
    )
