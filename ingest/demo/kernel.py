"""The native Tennessee Eastman kernel at its design step."""

from typing import Self

import numpy as np
from tep_studio.simulation.native import NativeTEPKernel, ffi, lib

STEP_H = 0.0005
"""Euler step and control interval, hours. RK4 is wrong here: the kernel caches its process block by time,
so the second of the two evaluations at t + h/2 would repeat the first one's derivatives."""

MEASUREMENTS, VALVES, STATES, DISTURBANCES = 41, 12, 50, 28

_FLAGS = 0x01 | 0x20 | 0x40 | 0x80
"""Extra sensors; noise and disturbances from separate random streams; walks fixed in time; fractions of a
disturbance. With them a fault does not change the measurement noise."""

_FURTHER_OUTPUTS = (32, 21, 62, 96)


class Kernel:
    """Process without controller: valves and disturbances in, 41 measurements out.

    Attributes:
        time: hours since the start, summed step by step (the noise depends on exactly this sum).
        measured: (41,) the present measurements.
        valves: (12,) positions to apply from the next step on, %.
        disturbances: (28,) fraction of each disturbance, 0 to 1, applied from the next step on.
    """

    def __init__(self, seed: int) -> None:
        self._native = NativeTEPKernel()
        self._handle = self._native._handle  # noqa: SLF001 - the package's own step is five times as slow
        self._state = np.ascontiguousarray(self._native.reset(seed=float(seed), ms_flag=_FLAGS))
        self._slope = np.zeros(STATES)
        self.valves = self._state[-VALVES:].copy()
        self.disturbances = np.zeros(DISTURBANCES)
        self.measured = np.zeros(MEASUREMENTS)
        self.time = 0.0
        self._scratch = [np.zeros(size) for size in _FURTHER_OUTPUTS]
        self._point_at_arrays()
        lib.tep_set_inputs(self._handle, self._valves_c, self._disturbances_c)
        lib.tep_outputs(self._handle, self.time, self._state_c, *self._outputs_c)

    def _point_at_arrays(self) -> None:
        def pointer(array: np.ndarray) -> object:
            return ffi.from_buffer("double[]", array)

        self._state_c, self._slope_c = pointer(self._state), pointer(self._slope)
        self._valves_c, self._disturbances_c = pointer(self.valves), pointer(self.disturbances)
        self._outputs_c = [pointer(self.measured), *map(pointer, self._scratch)]

    def step(self) -> None:
        """Go one step on."""
        handle = self._handle
        lib.tep_set_inputs(handle, self._valves_c, self._disturbances_c)
        lib.tep_derivatives(handle, self.time, self._state_c, self._slope_c)
        self._state += STEP_H * self._slope
        self.time += STEP_H
        lib.tep_outputs(handle, self.time, self._state_c, *self._outputs_c)

    @property
    def trip(self) -> str | None:
        """Why the plant shut itself down, if it did."""
        code, message = self._native.shutdown_status()
        return (message.strip() or f"shutdown code {code:g}") if code else None

    def _memory(self) -> tuple[np.ndarray, ...]:
        return self._state, self.valves, self.disturbances, self.measured

    def snapshot(self) -> bytes:
        """The whole state, both random generators included."""
        size = int(lib.tep_model_size())
        model = ffi.new(f"char[{size}]")
        lib.tep_get_model_bytes(self._handle, model)
        arrays = np.concatenate([*self._memory(), [self.time]])
        return arrays.tobytes() + bytes(ffi.buffer(model, size))

    @classmethod
    def restore(cls, snapshot: bytes) -> Self:
        """The kernel that `snapshot` was taken of; raises ValueError when it is of another build."""
        kernel = cls(seed=1)
        kernel.load(snapshot)
        return kernel

    def load(self, snapshot: bytes) -> None:
        """Take over the state in a snapshot; raises ValueError when it is of another build."""
        memory = self._memory()
        count = sum(array.size for array in memory) + 1
        if len(snapshot) != count * 8 + int(lib.tep_model_size()):
            raise ValueError(f"the snapshot has {len(snapshot)} bytes, this kernel's have another length")
        numbers = np.frombuffer(snapshot, dtype=np.float64, count=count)
        start = 0
        for array in memory:
            array[:] = numbers[start : start + array.size]
            start += array.size
        self.time = float(numbers[-1])
        lib.tep_set_model_bytes(self._handle, ffi.from_buffer(snapshot[count * 8 :]))
