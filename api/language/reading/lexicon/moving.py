"""Words that move something: upward, downward, to an end, times a factor."""

import re


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


DOWN = _words(
    r"cut|cuts|cutting|reduc\w+|lower\w*|decreas\w+|drop\w*|trim\w*|throttl\w+|shav\w+|down|less|fewer|smaller|"
    r"fall\w*|fell|tak\w+ (?:\w+ )?off|back(?:ed|ing)? off|left out|leav\w+ out|clos(?:e|es|ed|ing)|cool(?:er|ed)?|"
    r"colder|slow\w*|eas\w+ off|dial\w* back|pull\w* back|minus|reduction|scal\w+ back|weaker|tighter|dip\w*|"
    r"(?:further|more) shut"
)
UP = _words(
    r"rais\w+|increas\w+|lift\w*|bump\w*|boost\w*|push\w*|up|more|higher|larger|bigger|greater|ris\w+|rose|"
    r"add\w*|open\w*|"
    r"hotter|warmer|heat\w*|fast\w*|speed\w*|plus|extra|additional|stronger|wider|uplift|hike\w*|"
    r"giv(?:e|es|ing|en)(?! me| us)|gave"
)
SET = _words(
    r"set|sets|setting|put|putting|hold|holding|held|keep|keeping|kept|run|running|ran|were|was|is|be|been|"
    r"chang\w+|mov\w+|bring|brought|adjust\w*|at|to|make|made|turn\w*|switch\w*|tak\w+|operat\w+|return\w*|"
    r"restor\w+|go|goes|went"
)
TO = re.compile(r"(?:\b(?:to|at|as|onto|with|of)|=|→|->)\s*(?:about |around |roughly |only |just |exactly )?$")
BY = re.compile(r"\b(?:by|of|in|a|another|an)\s*(?:about |around |roughly |only |just |another |a |an |further )*$")
BACK = re.compile(r"\bby\s*(?:about |around |roughly |only |just |another |a |an |further )*$")
NOT_MEANT = re.compile(
    r"\b(?:from|instead of|rather than|not|above|below|over|under|exceed\w*|beyond|than|reach\w*|hits?|hitting|"
    r"pass\w*|at least|at most|limit of|within|between|past|event|alarm|xmeas|xmv|stream|number|no\.?|#|top|last|"
    r"next|first)"
    r"\s*(?:the |a |about |around )*$"
)
BESIDE = re.compile(
    r"\s*(?:of a )?(?:cut|reduction|increase|decrease|drop|rise|raise|step|bump|more|less|lower|higher|smaller|"
    r"larger|hotter|colder|warmer|cooler|faster|slower|extra|additional|change|trim|boost)?"
    r"(?:\s*(?:of|in|to|on|for))?(?:\s*(?:the|our))?\s*$"
)
RELATIVE = re.compile(r"\s*(?:of (?:its|the|their)(?: present| current| own)? values?|relative(?:ly)?)\b")
TIME_UNIT = re.compile(
    r"\s*-?(?:hours?|hrs?|h|minutes?|mins?|min|days?|d|weeks?|seconds?|secs?|s|months?|events?|alarms?|times|x|sigma|"
    r"shifts?|nights?|samples?|am|pm|o'clock|%? (?:sure|confiden\w+|probab\w+|chance|of the time))\b(?!/)"
)
TIMES_BEFORE = re.compile(r"(?:\bx|×|\*|\btimes|\bfactor(?: of)?|\bmultipl[^,;]{1,60} by)\s*$")
TIMES_BEHIND = re.compile(r"\s*(?:times|x|×|fold)(?!\w)")
FACTORS: tuple[tuple[re.Pattern[str], float], ...] = (
    (_words(r"halv(?:e|ed|es|ing)"), 0.5),
    (_words(r"doubl(?:e|ed|es|ing)|twice(?: as much| the)?"), 2.0),
    (_words(r"tripl(?:e|ed|es|ing)"), 3.0),
    (_words(r"quadrupl(?:e|ed|es|ing)"), 4.0),
)
LOWEST = _words(
    r"stop(?:s|ped|ping)?|shut(?:s|ting)?(?: (?:off|down))?|(?:switch|turn)(?:ed|ing)? off|"
    r"(?:fully|completely) clos(?:e|ed|ing)|clos(?:e|ed|ing)|to (?:its|the) (?:minimum|lowest)"
)
HIGHEST = _words(
    r"(?:fully|wide|completely) open(?:ed|ing)?|open(?:s|ed|ing)?|max(?:ed|ing)? out|"
    r"to (?:its|the) (?:maximum|highest)|full (?:power|speed|blast)"
)
_AMOUNT = r"(?:about |around |only |just |another |some )?(?P<amount>\d+(?:[.,]\d+)?)[ -]?"
_UNIT = r"(?P<unit>hours?|hrs?|h|minutes?|mins?|min|days?|d|seconds?|secs?|s)\b"
LASTING = (
    re.compile(rf"\bfor {_AMOUNT}{_UNIT}"),
    re.compile(
        r"\b(?:back|undo (?:it|that)|undone|return\w*|revert\w*|restor\w+|reset|over)(?: again| down| up| off|"
        r" to (?:normal|"
        rf"where it was|what it was|the old value|its old value))? after {_AMOUNT}{_UNIT}"
    ),
    re.compile(
        rf"\b{_AMOUNT}{_UNIT}[ -](?:long )?(?=[^,;?]{{0,20}}\b(?:dip|cut|rise|raise|increase|reduction|drop|"
        rf"step|bump|test|trial|"
        r"pulse|change|boost|decrease|excursion)\b)"
    ),
)
"""For how long: "for 2 hours", "and back after an hour", "a 2-hour cut"."""
FULLY = _words(r"fully|full|wide|completely|entirely|all the way|totally|to the stop|as far as")
A_BIT = _words(
    r"(?:an? )?(?:bit|little|touch|tad|notch|smidgen|whisker|trifle|fraction)|slightly|somewhat|part(?:ly|ially|way)|"
    r"half-?way|gently|some"
)
"""How far is not said."""
CHANGED_BY = re.compile(r"\s*(?:change|step|move|adjustment|shift|swing|perturbation)\b")
"""Behind an amount: a change whose direction is not said."""
RAMPED = _words(r"ramp\w*|gradual\w*|linearly|step by step|little by little|bit by bit")
CLAUSE = re.compile(r",|;|\bif\b|\band\b|\bthen\b|\bwhile\b|\bbut\b")
IT = re.compile(r"\b(?:it|them|that|this)\b")
EITHER = re.compile(r"[^.;?]*?\b(?:what|how|would|will|does|do|which|why|when)\b")
