"""The demo plant in closed loop, cloneable in mid-run: the source of true counterfactuals."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Base64Bytes, TypeAdapter

from ingest.demo.controller import RickerController
from ingest.demo.kernel import DISTURBANCES, Kernel
from twin.errors import InvalidInput, UnknownTag

MEASURED = (
    *("feed_a_flow", "feed_d_flow", "feed_e_flow", "feed_ac_flow", "recycle_flow", "reactor_feed_flow"),
    *("reactor_pressure", "reactor_level", "reactor_temperature", "purge_flow", "separator_temperature"),
    *("separator_level", "separator_pressure", "separator_underflow", "stripper_level", "stripper_pressure"),
    *("stripper_underflow", "stripper_temperature", "stripper_steam_flow", "compressor_work"),
    *("reactor_cw_outlet_temperature", "condenser_cw_outlet_temperature"),
    *(f"reactor_feed_{component}" for component in "abcdef"),
    *(f"purge_{component}" for component in "abcdefgh"),
    *(f"product_{component}" for component in "defgh"),
)
_VALVES = {
    "xmv.d_feed_valve": 0,
    "xmv.e_feed_valve": 1,
    "xmv.a_feed_valve": 2,
    "xmv.ac_feed_valve": 3,
    "xmv.purge_valve": 5,
    "xmv.separator_underflow_valve": 6,
    "xmv.stripper_underflow_valve": 7,
    "xmv.reactor_cw_valve": 9,
    "xmv.condenser_cw_valve": 10,
}
OBSERVED = (*MEASURED, *_VALVES)
_VALVE_INDEX = np.array(list(_VALVES.values()))

_TARGET = {
    "sp.production_rate": "production_rate",
    "sp.pct_g": "pct_g",
    "sp.reactor_pressure": "reactor_pressure",
    "sp.reactor_level": "reactor_level",
    "sp.reactor_temperature": "reactor_temperature",
    "sp.separator_level": "separator_level",
    "sp.stripper_level": "stripper_level",
    "sp.ya": "ya",
    "sp.yac": "yac",
    "mv.compressor_recycle": "compressor_recycle",
    "mv.stripper_steam": "stripper_steam",
    "mv.agitator": "agitator",
    "bias.a_feed": "a_feed_bias",
}
MOVABLE = tuple(_TARGET)

LIVING = (8, 10, 11, 12, 16)
"""Random disturbances of a plant that lives: feed composition and temperature, both cooling waters, stripper heat."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    kernel: Base64Bytes
    controller: RickerController
    background: float
    minute: int


_SNAPSHOT = TypeAdapter(_Snapshot)


class Process:
    """The Tennessee Eastman Process with its controller, advanced by whole minutes.

    A minute is 33 1/3 control steps: 33, 33 and 34 in turn, so that three minutes are exactly 100. The same
    seed and the same moves give the same rows bit for bit; the kernel's noise repeats after about 90 hours,
    so long records are made of several processes. Seeds are odd and large.
    """

    def __init__(
        self, kernel: Kernel, controller: RickerController, background: float = 0.0, minute: int = 0
    ) -> None:
        """Go on from a kernel and a controller that belong together, `minute` minutes after the start."""
        self.background = background
        self.minute = minute
        self._kernel = kernel
        self._controller = controller

    @classmethod
    def start(cls, seed: int, background: float = 0.0) -> Self:
        """A plant at its base case; `background` is the fraction of the LIVING disturbances, always on."""
        kernel = Kernel(seed)
        process = cls(kernel, RickerController.start(kernel.measured), background)
        for number in LIVING:
            process.disturb(number, background)
        return process

    @property
    def trip(self) -> str | None:
        """Why the plant shut itself down, if it did; a plant that has tripped does not run on."""
        return self._kernel.trip

    @property
    def levels(self) -> dict[str, float]:
        """What the operator has set, by movable tag."""
        return {tag: getattr(self._controller.targets, name) for tag, name in _TARGET.items()}

    def move(self, tag: str, level: float) -> None:
        """Set a movable tag; it is in force from the next minute on. Raises UnknownTag."""
        try:
            name = _TARGET[tag]
        except KeyError as error:
            raise UnknownTag(f"the demo plant has no movable tag {tag}", field="tag", value=tag) from error
        setattr(self._controller.targets, name, float(level))

    def disturb(self, number: int, fraction: float) -> None:
        """Put disturbance IDV `number` (1 to 28) on at a fraction of its size; 0 takes it off."""
        if not (1 <= number <= DISTURBANCES and 0.0 <= fraction <= 1.0):
            raise InvalidInput(
                f"IDV {number} at {fraction} is not IDV 1 to {DISTURBANCES} at 0 to 1", field="disturbance"
            )
        self._kernel.disturbances[number - 1] = fraction

    def calm(self, number: int) -> None:
        """Put disturbance IDV `number` back to what it is in the background."""
        self.disturb(number, self.background if number in LIVING else 0.0)

    def run(self, minutes: int) -> NDArray[np.float64]:
        """(minutes, tag) values of OBSERVED at the end of each minute; fewer rows when the plant trips."""
        rows = np.empty((minutes, len(OBSERVED)))
        for row in range(minutes):
            for _ in range((self.minute + 1) * 100 // 3 - self.minute * 100 // 3):
                self.step()
            if self.trip:
                return rows[:row]
            self.minute += 1
            rows[row] = self.read()
        return rows

    def step(self) -> None:
        """One control step on, minutes not counted: for who counts rows of his own."""
        kernel = self._kernel
        self._controller.act(kernel.measured.tolist(), kernel.time, kernel.valves)
        kernel.step()

    def read(self) -> NDArray[np.float64]:
        """(tag,) present values of OBSERVED."""
        return np.concatenate([self._kernel.measured, self._kernel.valves[_VALVE_INDEX]])

    def clone(self) -> Self:
        """An independent process with the same past and, moves apart, the same future."""
        kernel = Kernel.restore(self._kernel.snapshot())
        return type(self)(kernel, deepcopy(self._controller), self.background, self.minute)

    def snapshot(self) -> bytes:
        """Everything `restore` needs, as JSON."""
        parts = _Snapshot(self._kernel.snapshot(), self._controller, self.background, self.minute)
        return _SNAPSHOT.dump_json(parts)

    @classmethod
    def restore(cls, snapshot: bytes) -> Self:
        """The process a snapshot was taken of; raises ValueError when it is of another build or damaged."""
        parts = _SNAPSHOT.validate_json(snapshot)
        return cls(Kernel.restore(parts.kernel), parts.controller, parts.background, parts.minute)


def counterfactual(
    process: Process, moves: Sequence[tuple[str, float]], minutes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(baseline, scenario): two clones' rows over the coming minutes, the second with the moves made now.

    Both see the same noise and disturbances, so their difference is the moves' true effect. `process` itself
    does not move. Rows end early where a clone trips.
    """
    baseline, scenario = process.clone(), process.clone()
    for tag, level in moves:
        scenario.move(tag, level)
    return baseline.run(minutes), scenario.run(minutes)
