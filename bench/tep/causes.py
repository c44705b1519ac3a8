"""Which tags may lead when a disturbance of the Tennessee Eastman Process acts: where it enters, by the flowsheet.

Each is the measurement or the controlled valve at the place of the disturbance (Downs & Vogel 1993, table 8; Bathelt,
Ricker & Jelali 2015, table 2). IDV 20 has no stated cause.
"""

from collections.abc import Mapping

_REACTOR_HEAT = ("reactor_temperature", "reactor_cw_outlet_temperature", "xmv.reactor_cw_valve")
_CONDENSER = ("separator_temperature", "condenser_cw_outlet_temperature", "xmv.condenser_cw_valve")
_STRIPPER_HEAT = ("stripper_temperature", "stripper_steam_flow")
_FEED_A = ("feed_A_flow", "xmv.a_feed_valve")
_FEED_AC = ("feed_AC_flow", "xmv.ac_feed_valve")
_A_TO_C = (*_FEED_A, *_FEED_AC, "reactor_feed_A", "reactor_feed_C", "purge_A", "purge_C")
_INERT = ("reactor_feed_B", "purge_B", "purge_flow", "xmv.purge_valve")
_STICKING = (
    *("recycle_flow", "compressor_work", "separator_level", "separator_underflow", "xmv.separator_underflow_valve"),
    *("stripper_level", "stripper_underflow", "xmv.stripper_underflow_valve", *_STRIPPER_HEAT),
)

CAUSES: Mapping[int, tuple[str, ...]] = {
    1: _A_TO_C,
    2: _INERT,
    **dict.fromkeys((3, 4, 9, 11, 14, 17, 21, 22, 27), _REACTOR_HEAT),
    **dict.fromkeys((5, 12, 15, 18, 28), _CONDENSER),
    **dict.fromkeys((6, 23), _FEED_A),
    **dict.fromkeys((7, 26), _FEED_AC),
    8: (*_A_TO_C, *_INERT),
    **dict.fromkeys((10, 16), _STRIPPER_HEAT),
    13: (*_REACTOR_HEAT, "reactor_pressure"),
    19: _STICKING,
    24: ("feed_D_flow", "xmv.d_feed_valve"),
    25: ("feed_E_flow", "xmv.e_feed_valve"),
}
"""Tags by the number of the disturbance; feeds' temperatures show where the feeds meet, at the reactor."""
