"""The recurrent state-space model with categorical states and two-hot heads, as in DreamerV2 and V3."""

from dataclasses import dataclass

from models.course import Course
from models.world.heads import TwoHotHead
from models.world.latent import CategoricalSpace
from models.world.statespace import StateSpace, fit_network


@dataclass(frozen=True, slots=True)
class DreamerConfig:
    """Sizes and loss weights (Hafner et al. 2021, 2023).

    Attributes:
        deter, hidden: widths of the deterministic path and the hidden layers.
        groups, classes: the stochastic state is so many choices of one among so many.
        bins: of a tag's distribution on the symlog scale.
        free_bits: nats of KL per row that cost nothing.
        dynamics, representation: weights of the KL that teaches the prior, and of the one that teaches the posterior.
        unimix: part of the uniform distribution in every choice.
        memory: rows after which a belief is complete.
    """

    deter: int = 96
    hidden: int = 96
    groups: int = 12
    classes: int = 8
    bins: int = 41
    free_bits: float = 1.0
    dynamics: float = 0.5
    representation: float = 0.1
    unimix: float = 0.01
    memory: int = 40


def build_dreamer(config: DreamerConfig, members: int, tags: int, moves: int) -> StateSpace:
    """An untrained one."""
    space = CategoricalSpace(
        config.groups, config.classes, config.unimix, config.free_bits, config.dynamics, config.representation
    )
    return StateSpace(
        config,
        (members, tags, moves),
        space,
        lambda features: TwoHotHead(members, features, config.hidden, tags, config.bins),
    )


def fit_dreamer(course: Course) -> StateSpace:
    """The weights with the best held-back rollouts."""
    return fit_network(build_dreamer, course, course.config.of(DreamerConfig))
