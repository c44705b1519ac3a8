"""What texts mean: qualities, and the states that a historian exports in place of a number."""

from collections.abc import Mapping

from twin.sample import Quality

QUALITIES: Mapping[str, Quality] = {
    name: quality for quality in Quality for name in (quality.name.lower(), str(int(quality)))
}

BAD_STATES = (
    "Arc Off-line",
    "Bad",
    "Bad Data",
    "Bad Input",
    "Bad Quality",
    "Bad Total",
    "Bad_Quality",
    "Calc Crash",
    "Calc Failed",
    "Calc Off",
    "Calc Overflow",
    "Calc Timeout",
    "Comm Fail",
    "Configure",
    "DCS Failed",
    "Error",
    "Failed",
    "I/O Timeout",
    "Intf Shut",
    "Invalid Data",
    "No Data",
    "No Good Data",
    "No Result",
    "No Sample",
    "Not Connect",
    "Out of Serv",
    "Over Range",
    "Pt Created",
    "Scan Off",
    "Scan Timeout",
    "Shutdown",
    "Trace Off",
    "Under Range",
    "Unit Down",
)
"""Texts that say that there was no measurement: PI's system digital states and their like, in any case."""


def quality_of(word: object) -> Quality | None:
    """The quality that a word or a number from 0 to 2 stands for; None when it stands for none."""
    if isinstance(word, bool):
        return None
    return QUALITIES.get(str(word).strip().lower()) if isinstance(word, str | int) else None
