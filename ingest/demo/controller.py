"""Ricker's decentralised controller of the Tennessee Eastman Process, mode 1.

N. L. Ricker, "Decentralized control of the Tennessee Eastman Challenge Process", J. Proc. Cont. 6 (1996) 205.
Gains and reset times are those of his Simulink model MultiLoop_mode1, as the package tep-studio carries them;
the feedback of %G is off, as there. It reads measurements only.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.demo.kernel import STEP_H

_FLOW_RESET_H = 0.001 / 60
_MINUTE_H = 1 / 60
_COMPOSITION_PERIOD_H = 0.1
_PRODUCTION_RAMP = 0.3 * 22.95 / 24  # m3/h per hour
_PCT_G_RAMP = 50 / 24  # mol% per hour
_HIGH_PRESSURE, _PRESSURE_GAIN = 2900.0, 1.5  # kPa; production index per kPa
_HIGH_LEVEL, _LEVEL_GAIN = 90.0, 2.0  # %; % recycle valve per %


@dataclass(slots=True)
class PI:
    """A discrete PI loop in velocity form that stops at its limits; `reset` in hours."""

    gain: float
    reset: float
    output: float
    low: float = 0.0
    high: float = 100.0
    error: float = 0.0

    def update(self, setpoint: float, measured: float) -> float:
        """The new output, one control interval after the last."""
        error = setpoint - measured
        output = self.output + self.gain * (error - self.error + STEP_H / self.reset * error)
        if output < self.low:
            output = self.low
        elif output > self.high:
            output = self.high
        self.output, self.error = output, error
        return output


@dataclass(slots=True)
class Trim:
    """A PI loop that gives increments only; `reset` in hours."""

    gain: float
    reset: float
    error: float = 0.0

    def update(self, setpoint: float, measured: float, elapsed: float) -> float:
        """The increment after `elapsed` hours."""
        error = setpoint - measured
        increment = self.gain * (error - self.error + elapsed / self.reset * error)
        self.error = error
        return increment


@dataclass(slots=True)
class Ramp:
    """A setpoint that follows its target at a limited rate per hour."""

    value: float
    rate: float

    def follow(self, target: float, elapsed: float) -> float:
        """The setpoint in force after `elapsed` hours."""
        reach = self.rate * elapsed
        self.value = min(target, self.value + reach) if target >= self.value else max(target, self.value - reach)
        return self.value


@dataclass(slots=True)
class Targets:
    """What the operator sets, in the units of the plant file; fields in the order of the movable tags."""

    production_rate: float = 22.95
    pct_g: float = 53.7
    reactor_pressure: float = 2705.0
    reactor_level: float = 75.0
    reactor_temperature: float = 120.4
    separator_level: float = 50.0
    stripper_level: float = 50.0
    ya: float = 55.0
    yac: float = 58.6
    compressor_recycle: float = 22.21
    stripper_steam: float = 47.446
    agitator: float = 50.0
    a_feed_bias: float = 1.0


def _valve(position: float) -> float:
    return min(100.0, max(0.0, position))


@dataclass(slots=True)
class RickerController:
    """Measurements in, 12 valve positions out. All of its memory is in its fields, plain numbers."""

    production_ramp: Ramp
    pct_g_ramp: Ramp
    targets: Targets
    time: float
    production: PI
    reactor_level: PI
    separator_level: PI
    stripper_level: PI
    reactor_pressure: PI
    separator_temperature: PI
    reactor_temperature: PI
    a_feed: PI
    ac_feed: PI
    d_feed: PI
    e_feed: PI
    purge: PI
    separator_flow: PI
    stripper_flow: PI
    ya: Trim
    yac: Trim
    composition_time: float
    a_ratio: float
    ac_ratio: float

    @classmethod
    def start(cls, measured: NDArray[np.float64]) -> Self:
        """Start without a bump on the plant's base case, of which `measured` holds the 41 measurements."""
        return cls(
            production_ramp=Ramp(float(measured[16]), _PRODUCTION_RAMP),
            pct_g_ramp=Ramp(float(measured[39]), _PCT_G_RAMP),
            targets=Targets(),
            time=0.0,
            production=PI(3.2, 2.0, 0.0, low=-30.0, high=30.0),
            reactor_level=PI(0.8, 1.0, 80.1, high=120.0),
            separator_level=PI(-1e-3, 200 * _MINUTE_H, 25.16 / 100),
            stripper_level=PI(-2e-4, 200 * _MINUTE_H, 22.95 / 100),
            reactor_pressure=PI(-1e-4, 20 * _MINUTE_H, 0.337 / 100),
            separator_temperature=PI(-4.0, 15 * _MINUTE_H, 18.114),
            reactor_temperature=PI(-8.0, 7.5 * _MINUTE_H, 41.106),
            a_feed=PI(0.01, _FLOW_RESET_H, 24.644),
            ac_feed=PI(0.003, _FLOW_RESET_H, 61.302),
            d_feed=PI(1.6e-6, _FLOW_RESET_H, 63.053),
            e_feed=PI(1.8e-6, _FLOW_RESET_H, 53.98),
            purge=PI(0.01, _FLOW_RESET_H, 40.064),
            separator_flow=PI(4e-4, _FLOW_RESET_H, 38.10),
            stripper_flow=PI(4e-4, _FLOW_RESET_H, 46.534),
            ya=Trim(2e-4, 1.0),
            yac=Trim(3e-4, 2.0),
            composition_time=-_COMPOSITION_PERIOD_H,
            a_ratio=0.251 / 100,
            ac_ratio=9.35 / 100,
        )

    def act(self, measured: list[float], time: float, valves: NDArray[np.float64]) -> None:
        """Read the 41 measurements at `time` (hours) and set the 12 valve positions (%) in place."""
        to, m = self.targets, measured
        elapsed, self.time = max(0.0, time - self.time), time
        index = self._production_index(m, elapsed)
        pct_g = self.pct_g_ramp.follow(to.pct_g, elapsed)
        d_ratio = (1.5192e-3 * pct_g + 5.9446e-1) * pct_g + 2.7690e-1
        e_ratio = (-1.1377e-3 * pct_g - 8.0893e-1) * pct_g + 9.1060e1
        self._trim_composition(m, time)
        separator_temperature = self.reactor_level.update(to.reactor_level, m[7])
        separator_ratio = self.separator_level.update(to.separator_level, m[11])
        stripper_ratio = self.stripper_level.update(to.stripper_level, m[14])
        purge_ratio = self.reactor_pressure.update(to.reactor_pressure, m[6])
        valves[0] = self.d_feed.update(d_ratio * index, m[1])
        valves[1] = self.e_feed.update(e_ratio * index, m[2])
        valves[2] = self.a_feed.update(self.a_ratio * to.a_feed_bias * index, m[0])
        valves[3] = self.ac_feed.update(self.ac_ratio * index, m[3])
        valves[4] = _valve(to.compressor_recycle - _LEVEL_GAIN * max(0.0, m[7] - _HIGH_LEVEL))
        valves[5] = self.purge.update(purge_ratio * index, m[9])
        valves[6] = self.separator_flow.update(separator_ratio * index, m[13])
        valves[7] = self.stripper_flow.update(stripper_ratio * index, m[16])
        valves[8] = _valve(to.stripper_steam)
        valves[9] = self.reactor_temperature.update(to.reactor_temperature, m[8])
        valves[10] = self.separator_temperature.update(separator_temperature, m[10])
        valves[11] = _valve(to.agitator)

    def _production_index(self, m: list[float], elapsed: float) -> float:
        rate = self.production_ramp.follow(self.targets.production_rate, elapsed)
        index = 100.0 + self.production.update(rate, m[16])
        return index - _PRESSURE_GAIN * max(0.0, m[6] - _HIGH_PRESSURE)

    def _trim_composition(self, m: list[float], time: float) -> None:
        elapsed = time - self.composition_time
        if elapsed < _COMPOSITION_PERIOD_H - 1e-9:
            return
        self.composition_time = time
        a_and_c = m[22] + m[24]
        share_of_a = 100.0 * m[22] / a_and_c if a_and_c else 0.0
        more_a = self.ya.update(self.targets.ya, share_of_a, elapsed)
        self.a_ratio += more_a
        self.ac_ratio += self.yac.update(self.targets.yac, a_and_c, elapsed) - more_a
