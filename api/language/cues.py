"""Cue words: what in a sentence tells which kind of question it is."""

import re

from api.language.amounts import AMOUNT
from api.language.plans import Statistic


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


WHAT_IF = _words(
    r"what if|if (?:we|i|you|one|somebody|someone|the|it|they|operators?)\b|suppos\w+|assum\w+|imagine|simulat\w+|"
    r"would have\b|what would\b|would\b.*\bhave\b|how would\b|had (?:we|i|the|somebody|they)\b|"
    r"counterfactual|scenario|"
    r"(?:effect|impact|influence|consequences?) of\b|instead of\b|with \d|when (?:we|i)\b"
)
PAST = _words(r"had\b|would have\b|would've\b|have (?:happened|been|helped|looked|gone)\b")
NOT_MADE = _words(
    r"(?:had|have|has|did|do|would)(?: we| i| they| the \w+| operators?)?(?: not|n't)\b|hadn't|haven't|"
    r"didn't|never\b|(?:nobody|no one) (?:had|has|would have)\b"
    r"|without (?:the |that |this |our )?(?:moves?|changes?|setpoint change|cut|raise|step|adjustment)"
)
ORDER = re.compile(
    r"^\s*(?:please |now |can you |could you |kindly )*(?:set|cut|raise|lower|reduce|increase|decrease|"
    r"put|drop|halve|double|stop|"
    r"shut|close|open|turn|switch|bump|lift|move|change|adjust)\b",
    re.IGNORECASE,
)
MOVE_VERB = _words(
    r"cut|reduc\w+|lower\w*|decreas\w+|rais\w+|increas\w+|chang\w+|mov\w+|set\b|open\w*|clos\w+|turn\w* (?:up|down)"
)
EXPLAIN = _words(
    r"why\b|explains?\b|caus(?:e|ed|es|ing)\b|root cause|reasons?\b|how come|what (?:made|led|triggered|"
    r"drove|started)\b|"
    r"what(?:'s| is| was) behind|walk me through|details?\b|tell me more|more about|moved? first|first mover|"
    r"(?:which|what) (?:sensor|tag) (?:moved|started|left|went|was first)|dig into|diagnos\w+"
)
HELP = _words(
    r"how do you work|help\b|what (?:can|could|may|should) (?:you|i)(?: do| ask| answer| say)\b|what are you able|"
    r"how (?:do|can) i (?:use|ask)|"
    r"what do you know|who are you|hello\b|hi\b|hey\b|good (?:morning|evening|afternoon)\W*$|thank"
)
ABOUT = _words(
    r"tell me about\b|which (?:tags|sensors|signals)\b.*\b(?:on|in|at|belong)\b|(?:what|which) (?:levers?|"
    r"knobs?|handles?|"
    r"tags?|sensors?|setpoints?|signals?|assets?|"
    r"units?)\b.*\b(?:are there|can|could|may|do you|exist)|"
    r"what can (?:i|we|one|an operator) (?:move|set|change|adjust)|list (?:of )?(?:all |the )*(?:tags|"
    r"sensors|setpoints|assets)|"
    r"describe (?:the )?(?:plant|factory|process)|what (?:kind of )?(?:plant|factory) is|"
    r"tell me about (?:the|this) (?:plant|factory)|"
    r"(?:explain|tell me) what\b.*\b(?:is|means)\b|what does\b.*\bmean|meaning of|"
    r"range of the\b(?!.*\b(?:last|yesterday|today|since))|what (?:are|"
    r"is) the (?:alarm |trip )?(?:limits?|range|unit)\b"
)
MOVES = _words(
    r"what did\s+(?:\w+\s+)*?(?:adjust|change|move|touch|tweak)\b|moves?\b(?! first)|setpoint changes?|"
    r"set-?point moves|changes? (?:made|to)\b|operator(?:'s|s'|"
    r"s)? (?:actions?|changes?|moves?|interventions?)|"
    r"interventions?|adjustments?|knobs?\b|(?:what|which) (?:was|were|got|has been|have been) (?:changed|"
    r"moved|adjusted)|"
    r"(?:operators?|anybody|anyone|someone|somebody|who|they|we|crew|shift)(?: \w+)? (?:have |has |had )?"
    r"(?:made?|do|did|done|chang\w+|adjust\w*|touch\w*|moved?|turn\w*|set|tweak\w*)\b"
)
FORECAST = _words(
    r"will\b|about to\b|expect\b|forecast|predict\w*|going to\b|gonna\b|expect(?:ed)? (?:to|in|over)\b|"
    r"outlook|heading\b|"
    r"likely to\b|rest of (?:the|this) (?:shift|day)"
)
EVENTS = _words(
    r"act(?:ing|ed)? up\b|miss(?:ed)?\b|flag\w*|act(?:ing|ed)? up\b|miss(?:ed)?\b|flag\w*|events?\b|"
    r"unusual|anomal\w+|abnormal\w*|strange\w*|odd\b|oddit\w+|weird\w*|alarms?\b|alerts?\b|"
    r"problems?\b|issues?\b|incidents?\b|"
    r"upsets?\b|troubles?\b|wrong\b|faults?\b|deviations?\b|disturbances?\b|irregular\w*|suspicious|"
    r"what(?:'s| has| did)? ?happen\w*|anything happen\w*|happened\b|happen\b|misbehav\w+|calm\b|quiet\b|"
    r"noteworthy|remarkable|"
    r"should (?:i|we) know|(?:did|have|has) (?:you|the twin) (?:see|seen|notice\w*|spot\w*|detect\w*|find|found)|"
    r"(?:go|went|gone|going) on\b|concern\w*|glitch\w*|hiccups?"
)
STATUS = _words(
    r"is (?:it|everything|the plant|the factory|all) (?:ok|okay|fine|normal|alright|good|well|stable)|"
    r"status|how (?:is|are) (?:it|everything|things|we|the plant|the factory)|how's (?:it|everything|"
    r"the plant|the factory)|overview|"
    r"health\b|state of the|running (?:ok|okay|fine|well|smoothly|normally)|(?:everything|all|"
    r"are we) (?:ok|okay|fine|normal|alright|good|well)\b|"
    r"situation|what(?:'s| is) going on|report\b|summary|summar\w+"
)
STATISTICS: tuple[tuple[Statistic, re.Pattern[str]], ...] = (
    (
        Statistic.RANGE,
        _words(r"range\b|min(?:imum)? and max|between which|extremes|how (?:much|far) did\b.*\b(?:vary|swing|move)"),
    ),
    (Statistic.MEAN, _words(r"averag\w*|avg\b|mean\b|typical\w*|on average")),
    (Statistic.MAX, _words(r"max\w*|peak\w*|highest|how high|top\b|largest|greatest")),
    (Statistic.MIN, _words(r"min\b|minim\w+|lowest|smallest|how low|bottom(?:ed)? out")),
    (
        Statistic.STD,
        _words(r"std\b|standard deviation|variab\w+|variance|how (?:stable|steady|noisy)|fluctuat\w+|spread\b"),
    ),
    (
        Statistic.TREND,
        _words(
            r"show\b|plot|chart|draw\b|graph|display|trend\w*|histor\w+|curve|evol\w+|develop\w*|over time|behav\w+"
        ),
    ),
    (
        Statistic.NOW,
        _words(
            r"now\b|current\w*|at the moment|at present|presently|latest|live\b|how (?:is|are)\b|what(?:'s| is|"
            r" are)\b|where (?:is|are)\b|what'?s up\b"
        ),
    ),
)
THRESHOLD = re.compile(
    r"\b(?P<word>exceed\w*|above|over|beyond|higher than|more than|greater than|reach\w*|hit|past|below|"
    r"under|less than|lower than)"
    rf"\s+(?:the )?{AMOUNT.pattern}",
    re.IGNORECASE,
)
BELOW = _words(r"below|under|less|lower")
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5}
ORDINALS |= dict.fromkeys(("last", "latest", "newest", "most recent"), -1)
ORDINAL = _words(
    rf"(?P<which>{'|'.join(ORDINALS)})(?: \w+)? (?:event|anomaly|alarm|problem|issue|incident|upset|fault|"
    rf"deviation|one)\b"
)
HORIZON = re.compile(
    r"\b(?:(?:after|within|over|horizon of|(?:for|over|of) the next) (?P<n>\d+(?:\.\d+)?) ?(?P<unit>h|"
    r"hours?|hrs?|min|minutes?)\b"
    r"|(?P<n2>\d+(?:\.\d+)?) ?(?P<unit2>h|hours?|hrs?|min|minutes?) (?:later|after|afterwards|ahead))",
    re.IGNORECASE,
)  # fmt: skip
FOLLOW = re.compile(
    r"^\s*(?:and|what about|how about|make (?:it|that)|same|also|now|ok(?:ay)?)\b|^\W*why\W*$", re.IGNORECASE
)
