"""A detector's calibration: learned once with a world model, saved beside it, turned into detectors by the budget."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.detector import DetectorConfig, EventDetector
from models.anomaly.frozen import FrozenLimits
from models.anomaly.regime import Operation
from models.anomaly.scores import Geometry, InnovationScorer, IsolationConfig
from models.anomaly.signatures import Signatures
from models.anomaly.smoothing import SmoothingConfig
from models.anomaly.threshold import Tail
from models.anomaly.unlogged import UnloggedMoves, unsmoothed
from models.anomaly.unrest import Unrest
from models.checkpoint import load_part
from twin.errors import CheckpointError
from twin.plant import Plant

DETECTOR = "detector"
"""The part of a checkpoint that holds it."""

_FORMAT = 2


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """What normal operation looks like to one version of a world model.

    Attributes:
        geometry: spread, correlation and signatures of the innovations.
        tails: upper tail of each statistic on held-back normal operation.
        frozen: how often each tag repeats itself.
        version: the world model's.
        operation: where the plant stood; None in a calibration of before there were new regimes.
    """

    geometry: Geometry
    tails: tuple[Tail, ...]
    frozen: FrozenLimits
    version: str
    operation: Operation | None = None

    def detector(
        self, plant: Plant, false_alarms_per_week: float, config: DetectorConfig | None = None
    ) -> EventDetector:
        """A detector in its initial state, with thresholds for this budget."""
        return EventDetector(
            plant,
            partial(InnovationScorer, self.geometry),
            self.tails,
            self.geometry.precision[0],
            step=self.geometry.step,
            version=self.version,
            false_alarms_per_week=false_alarms_per_week,
            frozen=self.frozen,
            unlogged=self._unlogged(plant),
            operation=self.operation,
            config=config,
        )

    def _unlogged(self, plant: Plant) -> UnloggedMoves:
        geometry = self.geometry
        means = geometry.signatures.move[0] / geometry.spread
        responses = unsmoothed(means, geometry.smoothing, geometry.step, geometry.cadence)
        ranges = np.array([(plant.tag(move).low, plant.tag(move).high) for move in geometry.moves]).reshape(-1, 2)
        return UnloggedMoves(geometry.moves, responses, geometry.precision[0], ranges, geometry.step)

    def parts(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays, for the model's checkpoint."""
        geometry = self.geometry
        arrays: dict[str, NDArray[Any]] = {
            "cadence": geometry.cadence,
            "spread": geometry.spread,
            "std": geometry.std,
            "precision": geometry.precision,
            "ordinary": geometry.ordinary,
            "bias": geometry.signatures.bias.astype(np.float32),
            "move": geometry.signatures.move.astype(np.float32),
            "transmitters": geometry.transmitters,
            "gain_error": geometry.gain_error,
            "widths": geometry.unrest.widths,
            "excess": geometry.unrest.excess,
            "frozen_limit": self.frozen.limit,
            "frozen_low": self.frozen.low,
            "frozen_high": self.frozen.high,
        }
        if self.operation is not None:
            arrays |= {f"operation_{name}": np.asarray(value) for name, value in asdict(self.operation).items()}
        return {**arrays, "about": np.frombuffer(json.dumps(self._about()).encode(), dtype=np.uint8)}

    def _about(self) -> dict[str, object]:
        smoothing = self.geometry.smoothing
        return {
            "format": _FORMAT,
            "version": self.version,
            "tags": self.geometry.tags,
            "moves": self.geometry.moves,
            "step_s": self.geometry.step.total_seconds(),
            "tails": [asdict(tail) for tail in self.tails],
            "isolation": asdict(self.geometry.isolation),
            "smoothing": {
                "scales_s": [scale.total_seconds() for scale in smoothing.scales],
                "drift_s": smoothing.drift.total_seconds(),
                "winsor": smoothing.winsor,
                "settle_s": smoothing.settle.total_seconds(),
            },
        }

    @classmethod
    def load(cls, checkpoint: Path, version: str) -> Self:
        """The calibration that a checkpoint holds beside the model of that version; raises CheckpointError."""
        parts = {name: part.numpy() for name, part in load_part(checkpoint, DETECTOR).items()}
        return cls.from_parts(parts, version)

    @classmethod
    def from_parts(cls, parts: Mapping[str, NDArray[Any]], version: str) -> Self:
        """The calibration that `parts` gave; raises CheckpointError when it is not this model version's."""
        try:
            about = json.loads(np.asarray(parts["about"], dtype=np.uint8).tobytes())
            found = about["version"], about["format"]
        except (KeyError, ValueError) as error:
            raise CheckpointError("the detector's calibration is damaged", field="detector") from error
        if found != (version, _FORMAT):
            raise CheckpointError(
                f"the detector was calibrated for model {found[0]} (format {found[1]}), this is {version} "
                f"(format {_FORMAT})",
                field="detector",
                value=found[0],
                limit=version,
            )
        try:
            return cls._restored(about, {name: np.asarray(part) for name, part in parts.items()})
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"the detector's calibration is incomplete: {error}", field="detector") from error

    @classmethod
    def _restored(cls, about: dict[str, Any], parts: Mapping[str, NDArray[Any]]) -> Self:
        wide = {name: part.astype(np.float64) for name, part in parts.items() if name != "about"}
        smoothing = about["smoothing"]
        geometry = Geometry(
            tags=tuple(about["tags"]),
            moves=tuple(about["moves"]),
            step=timedelta(seconds=about["step_s"]),
            cadence=parts["cadence"].astype(np.int64),
            spread=wide["spread"],
            std=wide["std"],
            precision=wide["precision"],
            ordinary=wide["ordinary"],
            signatures=Signatures(wide["bias"], wide["move"]),
            transmitters=parts["transmitters"].astype(np.bool_),
            gain_error=wide["gain_error"],
            unrest=Unrest(wide["widths"], wide["excess"]),
            smoothing=SmoothingConfig(
                scales=tuple(timedelta(seconds=scale) for scale in smoothing["scales_s"]),
                drift=timedelta(seconds=smoothing["drift_s"]),
                winsor=smoothing["winsor"],
                settle=timedelta(seconds=smoothing["settle_s"]),
            ),
            isolation=IsolationConfig(**about["isolation"]),
        )
        frozen = FrozenLimits(geometry.tags, wide["frozen_limit"], wide["frozen_low"], wide["frozen_high"])
        tails = tuple(Tail(**tail) for tail in about["tails"])
        return cls(geometry, tails, frozen, about["version"], _operation(wide))


def _operation(parts: Mapping[str, NDArray[np.float64]]) -> Operation | None:
    if "operation_limit" not in parts:
        return None
    mean, std, precision = (parts[f"operation_{name}"] for name in ("mean", "std", "precision"))
    return Operation(mean, std, precision, float(parts["operation_limit"]))
