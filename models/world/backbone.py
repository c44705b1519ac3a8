"""The linear family: the backbone alone, its penalty chosen in open loop."""

from collections.abc import Sequence

from models.dataset import Batch
from models.validation import open_loop_errors, rms
from models.world.linear import LinearBackbone, LinearConfig
from models.world.ridge import fit_backbone


def choose_backbone(
    train: Sequence[Batch], segments: Batch, context: int, config: LinearConfig, members: int, seed: int
) -> LinearBackbone:
    """The ensemble of backbones with the penalty that is best in open loop on the held-back segments."""

    def error(penalty: float) -> float:
        backbone = fit_backbone(train, config, penalty, 1, seed)
        return float(rms(open_loop_errors(backbone, segments, context)))

    best = min(config.penalties, key=error)
    return fit_backbone(train, config, best, members, seed)
