"""Colours and words: grey is ordinary, colour is abnormal, and never stands without a shape or a word (ISA-101).

The colours keep a contrast of 3 on Grafana's light and dark ground, and are told apart by the colour-blind.
"""

from collections.abc import Mapping

from dashboards.sdk import builder, dashboard

Meaning = Mapping[str, tuple[str, str]]
"""A value's word, with a shape where it is abnormal, and its colour."""

ORDINARY, HIGH, MEDIUM, LOW = "#8793a3", "#c44200", "#b07700", "#7d7800"
MEASURED, PREDICTED = "#0072b2", "#8793a3"
BASELINE, SCENARIO, TRUTH = "#8793a3", "#0072b2", "#b07700"
SERIES = ("#0072b2", "#8793a3", "#b07700", "#8a5a9e", "#4f8f6b", "#5db3e8")

SEVERITY: Meaning = {
    "low": ("● low", LOW),
    "medium": ("▲ medium", MEDIUM),
    "high": ("◆ high", HIGH),
}
STATE: Meaning = {
    "open": ("◆ open", HIGH),
    "acknowledged": ("▲ acknowledged", MEDIUM),
    "shelved": ("shelved", ORDINARY),
    "over": ("over", ORDINARY),
}
FEEDBACK: Meaning = {
    "true": ("it was so", ORDINARY),
    "false_alarm": ("▲ false alarm", MEDIUM),
    "known": ("known", ORDINARY),
}
VERDICT: Meaning = {
    "supported": ("supported", ORDINARY),
    "extrapolating": ("▲ extrapolating", MEDIUM),
    "refused": ("◆ refused", HIGH),
}
QUALITY: Meaning = {
    "good": ("good", ORDINARY),
    "uncertain": ("▲ uncertain", MEDIUM),
    "bad": ("◆ bad", HIGH),
}
DRIFT: Meaning = {"0": ("no drift", ORDINARY), "1": ("▲ drift", MEDIUM)}
CONNECTED: Meaning = {"0": ("◆ away", HIGH), "1": ("connected", ORDINARY)}
ALIVE: Meaning = {"true": ("connected", ORDINARY), "false": ("◆ away", HIGH)}
DEAD: Meaning = {"true": ("◆ dead", HIGH), "false": ("alive", ORDINARY)}
ALERT: Meaning = {"firing": ("◆ firing", HIGH), "resolved": ("resolved", ORDINARY)}
STATUS: Meaning = {
    "answered": ("answered", ORDINARY),
    "no_events": ("no events", ORDINARY),
    "no_data": ("▲ no data", MEDIUM),
    "no_permission": ("▲ not allowed", MEDIUM),
    "outside_retention": ("▲ outside retention", MEDIUM),
    "ask_back": ("asked back", ORDINARY),
    "refused": ("◆ refused", HIGH),
    "not_understood": ("◆ not understood", HIGH),
}


def words(meaning: Meaning) -> list[dashboard.ValueMapping]:
    """Value mappings that say each value in words, in its colour."""
    options = {
        value: dashboard.ValueMappingResult(text=text, color=colour, index=index)
        for index, (value, (text, colour)) in enumerate(meaning.items())
    }
    return [dashboard.ValueMap(options=options)]


def fixed(colour: str) -> builder.FieldColor:
    """One colour for every value."""
    return builder.FieldColor().mode(dashboard.FieldColorModeId.FIXED).fixed_color(colour)


def by_threshold() -> builder.FieldColor:
    """The colour of the threshold that a value has reached."""
    return builder.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS)


def rising(*steps: tuple[float, str]) -> builder.ThresholdsConfig:
    """Grey below the first step, then each step's colour from its value on."""
    made = [dashboard.Threshold(value=None, color=ORDINARY)]
    made += [dashboard.Threshold(value=value, color=colour) for value, colour in steps]
    return builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(made)


def within(low: float, high: float) -> builder.ThresholdsConfig:
    """Grey between `low` and `high`, abnormal outside."""
    steps = [(None, MEDIUM), (low, ORDINARY), (high, MEDIUM)]
    made = [dashboard.Threshold(value=value, color=colour) for value, colour in steps]
    return builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(made)
