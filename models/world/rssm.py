"""The recurrent state-space model with Gaussian states (Hafner et al. 2019, PlaNet), without a backbone."""

from dataclasses import dataclass

from models.course import Course
from models.world.heads import GaussianHead
from models.world.latent import GaussianSpace
from models.world.statespace import StateSpace, fit_network


@dataclass(frozen=True, slots=True)
class RSSMConfig:
    """Sizes and loss weights.

    Attributes:
        deter, stoch, hidden: widths of the deterministic path, the stochastic state and the hidden layers.
        free_bits: nats of KL per row that cost nothing (Kingma et al. 2016).
        kl_weight: of the KL beside the likelihood of a row, which is the sum over its tags.
        min_deviation: smallest standard deviation of the stochastic state.
        memory: rows after which a belief is complete.
    """

    deter: int = 96
    stoch: int = 24
    hidden: int = 96
    free_bits: float = 3.0
    kl_weight: float = 1.0
    min_deviation: float = 0.1
    memory: int = 40


def build_rssm(config: RSSMConfig, members: int, tags: int, moves: int) -> StateSpace:
    """An untrained one."""
    space = GaussianSpace(config.stoch, config.min_deviation, config.free_bits, config.kl_weight)
    return StateSpace(
        config, (members, tags, moves), space, lambda features: GaussianHead(members, features, config.hidden, tags)
    )


def fit_rssm(course: Course) -> StateSpace:
    """The weights with the best held-back rollouts."""
    return fit_network(build_rssm, course, course.config.of(RSSMConfig))
