"""What cues are made of: what in a clause speaks for which intents, and how much.

A cue looks at the masked clause in small letters: names are TAG or ASSET, times TIME (a stretch of the past), MOMENT
(an instant of it) or AHEAD, numbers N. Its weight adds to the intent's score, in nats; a negative one speaks against.
No cue decides alone.
"""

import re
from dataclasses import dataclass

WHEN = r"(?:TIME|MOMENT)"
NOUN = (
    "(?:events?|event frames?|alarms?|alerts?|anomal(?:y|ies|ys)|incidents?|upsets?|"
    "trips?|faults?|problems?|issues?|"
    r"deviations?|disturbances?|troubles?|excursions?|abnormalit(?:y|ies)|irregularit(?:y|ies)|oddit(?:y|ies)|"
    r"concerns?|findings?|hiccups?|glitch(?:es)?|surprises?)"
)
ODD = (
    r"(?:unusual|strange\w*|odd(?:ly)?|weird\w*|abnormal\w*|anomalous|suspicious\w*|funny|fishy|irregular\w*|"
    r"unexpected\w*|remarkable|noteworthy|notable|peculiar|amiss|out of (?:the )?(?:ordinary|line)|interesting|"
    r"unplanned|worrying|bad|off\b|unlogged)"
)
PEOPLE = (
    r"(?:operators?|anybody|anyone|any one|someone|somebody|sb|nobody|no one|who|they|we|i|crew|shift|team|people|"
    r"colleagues?|guys)"
)
CHANGED = (
    r"(?:chang(?:e|es|ed|ing)|adjust\w*|mov(?:e|es|ed|ing)|touch\w*|tweak\w*|turn(?:ed)?|alter\w*|modif\w+|"
    r"fiddl\w+|interven\w+|do|did|done|make|made|set)"
)
TOUCHED = r"(?:changed|moved|adjusted|touched|tweaked|altered|modified|turned|repositioned)"
VERB = (
    r"(?:cut(?:ting)?|reduc\w+|lower(?:s|ed|ing)?|decreas\w+|drop\w*|rais\w+|increas\w+|bump\w*|lift\w*|boost\w*|"
    r"push\w*|open\w*|clos\w+|halv\w+|doubl\w+|tripl\w+|trim\w*|throttl\w+|stop\w*|"
    r"shut\w*|chang\w+|mov\w+|set(?:ting)?|"
    r"put(?:ting)?|turn\w*|step\w*|ramp\w*|crank\w*|adjust\w*|dial\w*|kick\w*|bring|brought|tak\w+|took|try|run|ran|"
    r"pull\w*|add\w*|slow\w*|speed\w*|hold|keep|switch\w*|start\w*|nudg\w+|shift\w*|drive|drove|reset)"
)
SHOW = r"(?:show|plot|chart|graph|draw|display|pull up|curve|visuali[sz]e|see|view|sketch)"
OK = (
    r"(?:ok(?:ay)?|fine|all ?right|good|well|normal(?:ly)?|healthy|smooth(?:ly)?|in order|under control|"
    r"as (?:they|it) should|itself|within limits|stable|steady|happy|sound)"
)
PLANT = r"(?:(?:the |this |our |my |whole )*(?:plant|factory|site|process|facility|unit|works|units)|(?:the )?ASSET)"
HOW = r"how(?:'s|s| is| are| does| do|'re| r)"
WE = r"(?:i|we|you|one|somebody|someone|they|operators?|the operators?|the crew|the shift|the night shift)"
BETTER = (
    r"(?:higher|lower|hotter|colder|cooler|warmer|bigger|larger|smaller|more|less|fewer|better|worse|calmer|quieter|"
    r"busier|steadier|faster|slower|stronger|weaker)"
)
REACH = (
    r"(?:get|bring|keep|push|pull|hold|reach|achieve|avoid|prevent|stabili[sz]\w*|steer|"
    "restore|return|fix|lower|raise|"
    "reduce|increase|decrease|cut|boost|improve|cool|heat|drop|lift|steady|calm|stop|"
    "move|maintain|recover|settle|make|"
    r"help|go about|turn)"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern and what it adds to the scores of intents."""

    pattern: re.Pattern[str]
    weights: dict[str, float]


def cue(pattern: str, **weights: float) -> Cue:
    """A cue for the intents by name."""
    return Cue(re.compile(rf"(?<!\w)(?:{pattern})"), weights)
