"""Which checkpoint answers, and its way into memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.registry import ModelRegistry
from twin.clock import Clock, SystemClock
from twin.errors import CheckpointError
from twin.plant import Plant
from twin.protocols import WorldModel
from twin.settings import Settings

if TYPE_CHECKING:
    from models.anomaly.detector import EventDetector

SHIPPED_CHECKPOINT = Path(__file__).parents[2] / "models" / "shipped" / "demo.safetensors"
MODELS = "models"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A world model in memory, with its detector as calibration left it."""

    model: WorldModel
    detector: "EventDetector"

    @property
    def version(self) -> str:
        """The model's."""
        return self.model.card.version


def registry_of(settings: Settings, plant: Plant, clock: Clock | None = None) -> ModelRegistry:
    """The plant's registry; the demo plant's begins with the checkpoint that came with Foretell."""
    root = settings.models_dir or settings.data_dir / MODELS
    now: Callable[[], datetime] = (clock or SystemClock()).now
    return ModelRegistry(root, plant.name, SHIPPED_CHECKPOINT if settings.plant_file is None else None, now)


def load_file(path: Path, plant: Plant, settings: Settings) -> Loaded:
    """World model and detector of a checkpoint, its rollouts on the device that the settings ask for.

    Raises CheckpointError, ConfigurationError for a device that is not there.
    """
    from models.anomaly.calibration import Calibration
    from models.checkpoint import load
    from models.placement import served

    if not path.exists():
        raise CheckpointError(f"there is no checkpoint {path}", field="FORETELL_CHECKPOINT", value=str(path))
    model = served(load(path, plant), settings.device)
    calibration = Calibration.load(path, model.card.version)
    return Loaded(model, calibration.detector(plant, settings.false_alarms_per_week))


def load_champion(settings: Settings, plant: Plant) -> Loaded | None:
    """The model that answers: the file that FORETELL_CHECKPOINT names, or the registry's champion.

    None for a plant that has no model yet. Raises CheckpointError.
    """
    if settings.checkpoint is not None:
        return load_file(settings.checkpoint, plant, settings)
    registry = registry_of(settings, plant)
    champion = registry.champion()
    return None if champion is None else load_file(registry.path(champion), plant, settings)
