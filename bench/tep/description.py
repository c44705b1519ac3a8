"""What meta.json says of the Tennessee Eastman Process: names, units, noise, scales, cadences."""

from collections.abc import Iterator, Mapping

from ingest.demo.process import MOVABLE
from ingest.demo.schedule import ORDINARY

PLANT = "modified Tennessee Eastman Process, tep-studio 0.2.0, Ricker mode 1, Euler 0.0005 h"

_FLOWS_AND_LEVELS = (
    *(("feed_A_flow", "kscmh"), ("feed_D_flow", "kg/h"), ("feed_E_flow", "kg/h"), ("feed_AC_flow", "kscmh")),
    *(("recycle_flow", "kscmh"), ("reactor_feed_flow", "kscmh"), ("reactor_pressure", "kPa"), ("reactor_level", "%")),
    *(("reactor_temperature", "degC"), ("purge_flow", "kscmh"), ("separator_temperature", "degC")),
    *(("separator_level", "%"), ("separator_pressure", "kPa"), ("separator_underflow", "m3/h")),
    *(("stripper_level", "%"), ("stripper_pressure", "kPa"), ("stripper_underflow", "m3/h")),
    *(("stripper_temperature", "degC"), ("stripper_steam_flow", "kg/h"), ("compressor_work", "kW")),
    *(("reactor_cw_outlet_temperature", "degC"), ("condenser_cw_outlet_temperature", "degC")),
)
_GAS = tuple((f"reactor_feed_{c}", "mol%") for c in "ABCDEF") + tuple((f"purge_{c}", "mol%") for c in "ABCDEFGH")
_PRODUCT = tuple((f"product_{c}", "mol%") for c in "DEFGH")
_VALVES = tuple(
    (f"xmv.{name}", "%")
    for name in (
        *("d_feed_valve", "e_feed_valve", "a_feed_valve", "ac_feed_valve", "purge_valve"),
        *("separator_underflow_valve", "stripper_underflow_valve", "reactor_cw_valve", "condenser_cw_valve"),
    )
)
_OBSERVED = (*_FLOWS_AND_LEVELS, *_GAS, *_PRODUCT, *_VALVES)

_NOISE = (
    *(0.0012, 18, 22, 0.05, 0.2, 0.21, 0.3, 0.5, 0.01, 0.0017, 0.01, 1, 0.3, 0.125, 1, 0.3, 0.115, 0.01, 1.15),
    *(0.2, 0.01, 0.01, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.05, 0.05, 0.01),
    *(0.01, 0.01, 0.5, 0.5),
)
"""XNS of the kernel, one standard deviation; valves carry no noise of their own."""

_SCALE = (
    *(0.0345, 164, 151, 0.256, 1.08, 1.08, 31.6, 3.5, 0.636, 0.166, 2.92, 5.55, 30, 1, 16.1, 44.6, 0.597, 2.41),
    *(25.5, 6.72, 1.3, 4.23, 0.818, 0.927, 0.861, 0.359, 1.2, 0.235, 1.21, 1.38, 1.32, 0.2, 1.5, 0.32, 0.477),
    *(0.259, 0.0115, 0.187, 0.0157, 1.38, 1.42, 2.8, 1.8, 3.39, 1.65, 20.2, 1.65, 1.37, 1.56, 3.61),
)
"""The tags' standard deviations in the default log of family `public`: constants, so that tracks share a unit."""

_MOVE_UNITS = ("m3/h", "mol%", "kPa", "%", "degC", "%", "%", "%", "mol%", "%", "%", "%", "ratio")

_GAS_MINUTES, _PRODUCT_MINUTES = 6, 15


def observed(row_minutes: float) -> Iterator[Mapping[str, object]]:
    """One entry for every column of `obs`."""
    slow = dict.fromkeys(_GAS, _GAS_MINUTES) | dict.fromkeys(_PRODUCT, _PRODUCT_MINUTES)
    noises = (*_NOISE, *(None for _ in _VALVES))
    for tag, noise, scale in zip(_OBSERVED, noises, _SCALE, strict=True):
        name, unit = tag
        minutes = slow.get(tag, row_minutes)
        yield {"name": name, "unit": unit, "noise": noise, "scale": scale, "update_minutes": minutes}


def moved() -> Iterator[Mapping[str, object]]:
    """One entry for every column of `act`."""
    for name, unit in zip(MOVABLE, _MOVE_UNITS, strict=True):
        centre, half = ORDINARY[name]
        yield {"name": name, "unit": unit, "nominal": centre, "lo": centre - half, "hi": centre + half}
