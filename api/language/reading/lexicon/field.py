"""Words of the field: what tags measure, what stands in a plant, how both are cut short. No plant's own names."""

import re
from collections.abc import Mapping

QUANTITIES: Mapping[str, str] = {
    "pressure": "pressure",
    "temperature": "temperature",
    "level": "level",
    "flow": "flow",
    "power": "power",
    "load": "power",
    "speed": "speed",
    "conductivity": "conductivity",
    "concentration": "concentration",
    "composition": "concentration",
    "voltage": "voltage",
    "weight": "weight",
    "mass": "weight",
    "torque": "torque",
    "density": "density",
    "viscosity": "viscosity",
    "humidity": "humidity",
    "vibration": "vibration",
    "turbidity": "turbidity",
    "ph": "ph",
    "oxygen": "oxygen",
}
"""What a tag measures, by the word for it."""

UNIT_QUANTITIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), quantity)
    for pattern, quantity in (
        (r"(?:[kMhm]?Pa|k?pascal|m?bar[ag]?|psi[ag]?|ksi|atm|torr|mmHg|inHg|inH2O)$", "pressure"),
        (r"(?:deg ?[CFK]|°[CF]|K|kelvin|degrees?_?\w*|celsius|fahrenheit)$", "temperature"),
        (r"(?:m3|m³|m\*\*3|l|L|ml|hl|gal|gallon|kg|g|t|ton|tonne|lb|bbl|ft3|[kN]?scm|Nm3|Sm3|mol|kmol)/\w+$", "flow"),
        (r"(?:k?scmh|[sc]?cfm|scfh|gpm|gph|lpm|cmh)$", "flow"),
        (r"(?:[kM]?W|hp|kVA)$", "power"),
        (r"(?:rpm|1/min|rev/min)$", "speed"),
        (r"[muµ]?S/c?m$", "conductivity"),
        (r"(?:mol ?%|[muµ]?g/[lL]|kg/m3|ppm|ppb|mol/[lL]|vol ?%|wt ?%)$", "concentration"),
        (r"[mk]?V$", "voltage"),
        (r"m?A$", "current"),
        (r"(?:mm|cm|m)/s$", "vibration"),
        (r"(?:NTU|FNU)$", "turbidity"),
    )
)
"""What a tag measures, by its unit alone; a share in % says nothing."""

SPELLED: Mapping[str, tuple[str, ...]] = {
    "temp": ("temperature",),
    "temps": ("temperature",),
    "temperatures": ("temperature",),
    "press": ("pressure",),
    "pressures": ("pressure",),
    "lvl": ("level",),
    "levels": ("level",),
    "flows": ("flow",),
    "flowrate": ("flow",),
    "flowrates": ("flow",),
    "valves": ("valve",),
    "vlv": ("valve",),
    "setpoints": ("setpoint",),
    "setting": ("setpoint",),
    "sp": ("setpoint",),
    "spt": ("setpoint",),
    "sep": ("separator",),
    "rx": ("reactor",),
    "rxr": ("reactor",),
    "rctr": ("reactor",),
    "cw": ("cooling", "water"),
    "hx": ("heat", "exchanger"),
    "dp": ("differential", "pressure"),
    "percent": ("%",),
    "pct": ("%",),
}
"""Short forms, put in full in names and questions alike."""

EQUIPMENT = frozenset(
    """
    pump boiler furnace turbine tank vessel exchanger column evaporator reactor separator compressor condenser
    stripper chiller dryer drier crystallizer centrifuge filter mixer blower fan kiln mill digester clarifier silo
    conveyor distillation absorber scrubber cooler heater reboiler pasteurizer homogenizer fermenter extruder agitator
    stirrer capacitor motor generator tower drum economiser economizer deaerator flare booster bagfilter preheater
    superheater desuperheater gasifier humidifier dehumidifier hopper crusher thickener decanter electrolyser
    electrolyzer accumulator vaporizer vaporiser incinerator calciner autoclave
    """.split()  # noqa: SIM905 - a list of words
)
"""What stands in plants: named and not there, it is an unknown name."""
