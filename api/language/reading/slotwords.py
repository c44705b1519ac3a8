"""Slots that words alone say: an aggregation, an ordinal, a severity, a length, an aspect.

Each reader takes a clause in small letters in which names and times are blanked out; None: nothing of the
kind is said.
"""

import re
from typing import Literal

from twin.query import Aggregation, Length

Severity = Literal["low", "medium", "high"]
Where = Literal["entries", "answers", "scenarios", "all"]
Aspect = Literal["meaning", "limits", "range", "unit", "members", "movable"]
Direction = Literal["raise", "lower", "hold"]
Reason = Literal["other_topic", "write_to_plant", "secrets", "instructions", "unreadable"]

EVENT = (
    r"(?:events?|event frames?|alarms?|alerts?|anomal(?:y|ies)|incidents?|upsets?|trips?|faults?|problems?|issues?|"
    r"deviations?|disturbances?|troubles?|excursions?|ones?|things?)"
)
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
_ORDINALS |= dict.fromkeys(("earliest", "oldest", "opening", "initial"), 1)
_ORDINALS |= dict.fromkeys(("last", "latest", "newest", "most recent", "final"), -1)
_ORDINAL = re.compile(
    rf"\b({'|'.join(_ORDINALS)})(?: \w+){{0,2}}? {EVENT}\b|\b({EVENT}) (?:number |no\.? ?|#)?([1-9])\b(?![-\w:.])"
)


_AGGREGATIONS = tuple(
    (value, re.compile(rf"(?<!\w)(?:{pattern})"))
    for value, pattern in (
        (
            Aggregation.SHARE,
            (r"how long (?:was|were|did|has|is|have|altogether|in total)\b|for how long\b|"
r"how (?:much|many) (?:of the )?(?:time|hours|minutes)\b|how much(?: of)?\s{2,}(?:was|were|did|has|had)\b|"
r"(?:share|fraction|percentage|proportion)\s+(?:of\s+)?(?:with|when|in|that|the|above|below|over|under|during)|"
            "(?:share|fraction|percentage|percent|proportion|part|pct|%|"
r"portion) of (?:the )?(?:time|it|night|day|shift|period|\s{2,})|time spent|"
            r"how much of\b|(?:what|which) (?:share|fraction|percentage|proportion|portion|part)\b"),
        ),
        (Aggregation.STD, r"std\b|stdev|standard deviation"),
        (
            Aggregation.RANGE,
            (r"(?:in|over) (?:what|which) range|range\b|min(?:imum)?(?: value)? (?:and|&|"
r"/) (?:the )?max\w*|(?:high(?:est)?|max\w*|top) (?:minus|less|to) (?:the )?(?:low(?:est)?|min\w*|bottom)|"
            r"spread\b|ups and downs|amplitude|bandwidth|swung\b|how far apart|swing\b(?! (?:up|down))|"
r"max\W{1,3}min\b|min\W{1,3}max\b|max(?:imum)?(?: value)? (?:and|"
            r"&|/) (?:the )?min\w*|"
            r"between (?:which|what)|extremes|highest and lowest|lowest and highest|high and low\b|"
            r"how (?:much|far|widely) did\b.*(?:var|swing|move|wander|fluctuat)\w*"),
        ),
        (
            Aggregation.STD,
            (r"std\b|stdev|standard deviation|variab\w+|varian\w+|how (?:stable|steady|noisy|"
r"volatile)|fluctuat\w+|"
            r"scatter\w*|jitter\w*|wobbl\w*|how much (?:noise|variation)|sigma\b"),
        ),
        (Aggregation.COUNT, (r"(?:how many|number of|count of|count (?:the )?)(?:\s+\w+){0,2}\s+(?:samples?|"
"values?|readings?|data ?points?|points|measurements?)")),
        (Aggregation.MEAN, (r"on (?:the )?average\b|in the mean\b")),
        (
            Aggregation.MAX,
            (r"max\w*|peak\w*|highest|ceiling\b|crest\w*|uppermost|as high as|"
r"(?:high(?:est)?|top) (?:point|mark|value|reading)|record high|how "
            r"(?:high|hi|hot|much at most)|"
r"(?<!on )top(?:ped)?(?: out)?\b|largest|(?:the )?most\b(?! (?:important|likely|probable|recent|of|affected|"
r"striking|serious|severe|unusual))|"
            r"greatest|biggest|at most\b|upper (?:end|"
"extreme)"),
        ),
        (Aggregation.MIN, (r"min(?:im\w+|s|\.)?(?!\w)(?!utes?)|lowest|smallest|floor\b|trough\w*|deepest|as low as|"
        r"how (?:low|cold)|(?:low|"
        r"bottom) (?:point|mark|value|reading)|record low|"
r"bottom(?:ed)?(?: out)?\b|least\b|lower (?:end|extreme)")),
        (Aggregation.MEAN, (r"on the whole\b|by and large|"
        r"averag\w*|avg\b|mean\b(?! by)|typical\w*|on average|median\b|in the middle|ave\b")),
        (Aggregation.FIRST, (r"(?:first|initial|earliest|opening) (?:\w+ )?(?:values?|readings?|samples?|"
r"measurements?|figure)|(?:at|in) the (?:beginning|start)\b|(?:what|which) (?:value|level|"
r"reading)\b.*\b(?:start|begin|beg[au]n|enter|open)\w*\b|"
r"where did\b.*\b(?:start|begin)\b")),
        (Aggregation.LAST, (r"(?:last|final|closing) (?:\w+ )?(?:values?|readings?|samples?|measurements?|"
r"figure)|at the (?:very )?end\b|(?:what|which) (?:value|level|reading)\b.*\b(?:end|finish|leave|close)(?:s|d|ed)?\b|"
r"where did\b.*\b(?:end(?: up)?|finish)\b")),
        (Aggregation.NOW, (r"now\b(?! (?:the|with|for|what|show|let)\b)|current\w*|at the moment|at present|"
r"presently|latest|live\b|rn\b|atm\b|at this moment|this (?:very )?(?:moment|minute|"
"instant)|just now|these days")),
        (Aggregation.SUMMARY, (r"summar\w+|show\b|plot\w*|chart\w*|graph\w*|draw\b|display|curve|histor\w+|"
r"statistics|stats\b|visuali\w+|overview")),
    )
)  # fmt: skip


_MEANS = re.compile(r"(?<=what) (?:\w+ ){0,2}(?:does|do)\b.*\bmean\b(?! (?:value|of|over))|\bmean by\b")
"""Asks for a meaning, not for a mean."""


def aggregation(text: str) -> Aggregation | None:
    """What is asked of a tag's values."""
    text = _MEANS.sub(" ", text)
    return next((value for value, pattern in _AGGREGATIONS if pattern.search(text)), None)


_ALONE = re.compile(rf"^\W*(?:and |what about |how about |explain )*(?:the )?({'|'.join(_ORDINALS)})(?: one)?\W*$")


_CAUSE_OF = re.compile(
    rf"\b(?:reasons?|causes?|explanation|explain|why)(?: (?:for|of|behind))? the (?:very )?({'|'.join(_ORDINALS)})"
    r"(?: one)?(?=\W*$|[,;])"
)


def which(text: str) -> int | None:
    """Which event: 1 the first, -1 the last."""
    match = _ORDINAL.search(text)
    if match is None:
        alone = _ALONE.match(text) or _CAUSE_OF.search(text)
        return _ORDINALS[alone[1]] if alone else None
    return int(match[3]) if match[3] else _ORDINALS[match[1]]


_SEVERITY_WORDS: tuple[tuple[Severity, str], ...] = (
    (
        "high",
        (
            r"\b(?:serious|severe|critical|major|grave|bad|dangerous|high[- ](?:severity|"
            rf"priority)|heavy|big)(?: \w+)? {EVENT}"
            rf"|\bhigh {EVENT}|\b(?:anything|something|nothing|was it|any\w*) (?:really |very |"
            "too )?(?:serious|severe|critical|dangerous|grave|major)|"
            rf"{EVENT}(?: \w+)? (?:of|with) (?:a )?(?:high|severe|serious|critical) severity|"
            r"high sev\b|severity (?:is |was |of |= ?)?high|\b(?:really |very )?(?:serious|severe)(?:ly)?\b"
        ),
    ),
    (
        "medium",
        (
            r"\b(?:medium|moderate|mid)[- ]?(?:severity|priority)?(?: (?:and|or|to) (?:high|"
            rf"severe|serious|worse|higher|above))?(?: \w+)? {EVENT}|"
            "(?:at least|minimum) medium|medium (?:and|or) (?:high|worse|higher|above|up)|"
            "severity (?:is |was |of |= ?)?medium|not (?:just )?minor"
        ),
    ),
    (
        "low",
        (
            rf"\b(?:minor|low[- ]severity|low[- ]priority|small|trivial)(?: \w+)? {EVENT}|"
            rf"\blow {EVENT}|severity (?:of |= ?)?low"
        ),
    ),
)
_SEVERITIES = tuple((value, re.compile(pattern)) for value, pattern in _SEVERITY_WORDS)


def severity(text: str) -> Severity | None:
    """At least so severe."""
    return next((value for value, pattern in _SEVERITIES if pattern.search(text)), None)


_COUNT = re.compile(
    r"\b(?:how many|hw many|number of|tally of|total of|count(?: of| the| up)?\b|"
    rf"how often|how much) (?:\w+ ){{0,3}}?{EVENT}|^\W*(?:and )?how many\W*$|"
    rf"\bhow often\b|\bcount\b.*{EVENT}|{EVENT}\b.*\bcount(?:ed)?\b(?! on)|"
    r"^\W*(?:and |so )?how many (?:was|were|is|are|did|have|has) (?:it|that|there|those|they|these|we)\b"
)


def counted(text: str) -> bool:
    """Whether only their number is asked for."""
    return _COUNT.search(text) is not None


_HORIZON = re.compile(
    r"\b(?:(?<!back )(?<!again )(?<!it )after|within|over|horizon of|for the next|of the next|over the next|"
    "during the next|look(?:ing)? ahead|the next|next|in|take|use) "
    r"(?:the )?(?:next |coming |following )?(?P<n>\d+(?:\.\d+)?)[ -]?(?P<unit>hours?|"
    r"hrs?|h|minutes?|mins?|min|days?|d)\b"
    r"|(?<![\w.])(?P<n2>\d+(?:\.\d+)?)[ -]?(?P<unit2>hours?|hrs?|h|minutes?|mins?|min|"
    r"days?|d)[ -]?(?:later|afterwards?|ahead|on\b|horizon|forecast|out\b|after(?: that|"
    r" the move| it)?\b|from (?:now|then))"
)
_DURATION = re.compile(
    r"\b(?:for|lasting|during) (?:about |only |just |some )?(\d+(?:\.\d+)?)[ -]?(hours?|"
    r"hrs?|h|minutes?|mins?|min|days?|d)\b(?! (?:ahead|later))"
)
_SPELLED: dict[str, Literal["min", "h", "d"]] = {"m": "min", "h": "h", "d": "d"}


def length(number: str, unit: str) -> Length | None:
    """Amount and unit of a length; None for nothing."""
    amount = float(number)
    return Length(amount=amount, unit=_SPELLED[unit[0]]) if amount > 0 else None


def horizon(text: str) -> Length | None:
    """How far ahead, where it is no time phrase: "after 6 hours", "2 h later"."""
    match = _HORIZON.search(text)
    return length(match["n"] or match["n2"], match["unit"] or match["unit2"]) if match else None


def duration(text: str) -> Length | None:
    """For how long: "for 2 hours"."""
    match = _DURATION.search(text)
    return length(match[1], match[2]) if match else None


_ASPECT_WORDS: tuple[tuple[Aspect, str], ...] = (
    ("range", r"\bbe set to\b|\bwhat (?:settings|values) (?:can|may|are)\b|\bbetween (?:which|what) values\b"),
    (
        "movable",
        (
            r"\b(?:movable|moveable|manipulat\w+|levers?|knobs?|handles?)\b|\b(?:can|could|may|"
            r"might|able to|allowed to|permitted to|do)\b"
            "(?: (?:i|we|you|one|an?|the|be|operators?|people|here))* (?:to )?(?:move|moved|set|"
            r"change|changed|adjust\w*|pull|turn|touch|tweak|manipulate)\b|"
            r"\bsetpoints (?:exist|are there|do (?:we|you) have|are available)|(?:which|what|"
            r"list|all|how many)(?: \w+)* setpoints\b"
        ),
    ),
    (
        "limits",
        (
            r"\b(?:lim(?:it)?s?|thresholds?|trip (?:points?|settings?|values?|levels?)|"
            "alarm (?:settings?|levels?|points?|values?)|bounds|boundaries|allowed|permitted|"
            "permissible|"
            r"trips?|alarms?|safe (?:range|window|values?)|maximum allowed|too (?:high|low))\b"
        ),
    ),
    (
        "unit",
        (
            r"\bunits?\b|\bmeasured in\b|\b(?:what|which) dimension|\bin (?:bar|kpa|psi|percent|"
            r"degrees|kelvin|celsius)\b.*\bor\b"
        ),
    ),
    ("range", r"\b(?:range|span|scale|how far|instrument limits|from where to where|lowest and highest)\b"),
    (
        "members",
        (
            r"\b(?:which|what|list|show|all|any|how many|name|give)\b.*\b(?:tags?|sensors?|"
            "signals?|instruments?|measurements?|transmitters?|assets?|equipment|"
            r"points|parts|members|variables|units|things)\b|\b(?:tags?|sensors?|signals?|"
            r"instruments?|measurements?|members|parts)\b|consists? of|belongs? to|made up of|"
            "what(?:'s| is|s)? (?:all )?(?:there )?(?:on|in|at|part of) (?:the )?|composed of|"
            r"includes?\b|contains?\b"
        ),
    ),
)
_ASPECTS = tuple((value, re.compile(pattern)) for value, pattern in _ASPECT_WORDS)


def aspect(text: str) -> Aspect | None:
    """What is to be known of the plant."""
    return next((value for value, pattern in _ASPECTS if pattern.search(text)), None)


_RAISE = re.compile(
    r"\b(?:rais\w+|increas\w+|higher|up\b|boost\w*|lift\w*|more\b|grow|hotter|warmer|"
    r"heat\w*|push\w* up|too low|ris\w+|improve|larger|faster|pick up|step up|speed up|"
    "gain)"
)
_LOWER = re.compile(
    r"\b(?:lower\w*|reduc\w+|decreas\w+|down\b|cut\w*|less\b|drop\w*|cool\w*|colder|"
    r"too (?:high|much|hot)|fall\w*|smaller|shrink|minimi\w+|stop\b.*\b(?:rising|"
    "climbing|going up)|"
    r"relieve|slow\w*|dampen|avoid\b.*\bhigh)"
)
_HOLD = re.compile(
    r"\b(?:hold\w*|keep\w*|steady|stead(?:y|ied|ies)|stable|stabili\w+|constant|"
    r"maintain\w*|calm\w*|settle\w*|stays? (?:put|where|as)|flat|still|"
    r"prevent\b.*\b(?:drift|mov|chang)\w*|even\b|smooth\w*)"
)


def direction(text: str) -> Direction | None:
    """Which way a tag shall go."""
    stop = re.search(
        r"\b(?:stop|prevent|keep|avoid)\b.*\b(?:from )?(rising|climbing|going up|increasing|"
        "falling|dropping|going down|sinking)",
        text,
    )
    if stop:
        return "lower" if re.search(r"ris|climb|up|increas", stop[1]) else "raise"
    up, down = _RAISE.search(text), _LOWER.search(text)
    if up and (down is None or up.start() <= down.start()):
        return "raise"
    if down:
        return "lower"
    return "hold" if _HOLD.search(text) else None
