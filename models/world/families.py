"""The dynamics families by name: how each is built, fitted, and what it adds to the card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from models.course import Course, Fitted, HeldOut
from models.dataset import Batch
from models.world.backbone import choose_backbone
from models.world.corrected import CorrectedConfig, CorrectedLine, fit_corrected, score_corrected
from models.world.dreamer import DreamerConfig, build_dreamer, fit_dreamer
from models.world.dynamics import Dynamics
from models.world.linear import LinearBackbone, LinearConfig
from models.world.narx import Narx, NarxConfig
from models.world.narx_fit import fit_narx
from models.world.rssm import RSSMConfig, build_rssm, fit_rssm
from models.world.vm import VM, VMConfig, fit_vm
from twin.errors import InvalidInput


class Module(Dynamics[Any], Protocol):
    """A dynamics family as a torch module, with the config that a checkpoint keeps."""

    config: Any

    def state_dict(self) -> dict[str, Any]:
        """All tensors by name."""
        ...

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> object:
        """The inverse of `state_dict`; raises RuntimeError for other names or shapes."""
        ...

    def eval(self) -> Self:
        """The same, ready to serve."""
        ...


def _nothing(module: object, segments: Batch, context: int) -> dict[str, float]:
    return {}


@dataclass(frozen=True, slots=True)
class Family:
    """One dynamics family.

    Attributes:
        config: dataclass of its sizes, with defaults; kept in the checkpoint.
        build: (config, members, tags, moves) -> untrained module, into which weights can be loaded.
        fit: a course -> trained module, on the CPU, and what it is tested on.
        score: (module, held-back segments, context) -> what it adds to `ModelCard.skill`.
    """

    config: type
    build: Callable[[Any, int, int, int], Module]
    fit: Callable[[Course], Fitted[Module]]
    score: Callable[[Any, Batch, int], dict[str, float]] = _nothing


def fit_linear(course: Course) -> LinearBackbone:
    """The backbone alone."""
    config = course.config
    return choose_backbone(
        course.episodes, course.segments, config.context, config.of(LinearConfig), config.members, config.seed
    )


def held_back(fit: Callable[[Course], Module]) -> Callable[[Course], Fitted[Module]]:
    """The same, tested on the segments that were held back from it."""

    def fitted(course: Course) -> Fitted[Module]:
        module = fit(course)
        return Fitted(module, (HeldOut(module, course.segments),))

    return fitted


FAMILIES: Mapping[str, Family] = {
    "narx": Family(NarxConfig, Narx, fit_narx),
    "linear": Family(LinearConfig, LinearBackbone, held_back(fit_linear)),
    "vm": Family(VMConfig, VM, held_back(fit_vm)),
    "rssm": Family(RSSMConfig, build_rssm, held_back(fit_rssm)),
    "dreamer": Family(DreamerConfig, build_dreamer, held_back(fit_dreamer)),
    "corrected": Family(CorrectedConfig, CorrectedLine.build, held_back(fit_corrected), score_corrected),
}


def family(name: str) -> Family:
    """The family of that name; raises InvalidInput with the names there are."""
    try:
        return FAMILIES[name]
    except KeyError as error:
        raise InvalidInput(
            f"there is no dynamics family {name!r}, only {', '.join(FAMILIES)}",
            field="family",
            value=name,
            limit=list(FAMILIES),
        ) from error
