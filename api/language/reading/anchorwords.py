"""Words by which a sentence names an event or a logged move that it tells time by."""

import re

from twin.event import Severity

ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5}
ORDINALS |= dict.fromkeys(("last", "lst", "latest", "newest", "most recent", "previous", "final"), -1)
SEVERITIES = {
    "high": Severity.HIGH, "severe": Severity.HIGH, "serious": Severity.HIGH, "grave": Severity.HIGH,
    "critical": Severity.HIGH, "major": Severity.HIGH, "medium": Severity.MEDIUM, "moderate": Severity.MEDIUM,
    "low": Severity.LOW, "minor": Severity.LOW,
}  # fmt: skip
ADJECTIVES = (
    "unusual", "strange", "odd", "big", "bad", "process", "sensor", "plant", "unexplained", "abnormal", "severity",
    "flagged", "open", "whole",
)  # fmt: skip

_WHICH = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DETERMINER = r"(?:(?:the|that|this|our|their|his) )?"
_BEGAN = (
    r"(?: (?:went off|came (?:in|up)|started|began|begins|occurred|happened|opened|was (?:raised|flagged|detected)|"
    r"hit(?: us)?))?"
)
_NAME = r"(?!(?:if|we|i|they|you|when|and|or|had|have|would|to|by|is|was|were|after|before)\b)[\w./-]+ "
EVENT = re.compile(
    rf"{_DETERMINER}(?:(?P<which>{_WHICH}) )?(?:(?P<count>two|2|pair of) )?(?P<words>(?:{_NAME}){{0,4}}?)"
    r"(?:event|alarm|incident|upset|trip|anomal(?=y|ies)|problem|deviation|disturbance|fault|excursion|alert|issue)"
    rf"(?:y|(?P<plural>ies|s))?\b(?! (?:limits?|log|list|setpoint|level)\b){_BEGAN}",
    re.IGNORECASE,
)
EVENT_ID = re.compile(
    rf"{_DETERMINER}(?:event|alarm|incident|anomaly) (?:number |no\.? ?|id |#)?"
    r"(?P<id>(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]*[-_\d][\w-]*)",
    re.IGNORECASE,
)
ON_SOMETHING = re.compile(r" (?:on|in|at|of|around|with|for|about) (?:the |our )?", re.IGNORECASE)

_UP = r"raised|increased|lifted|bumped(?: up)?|upped|opened|boosted|pushed up|turned up|stepped up|put up"
_DOWN = (
    r"cut(?: back| down)?|lowered|reduced|decreased|dropped|closed|throttled(?: back)?|trimmed|turned down|"
    r"stepped down|brought down|halved"
)
_EITHER = r"moved|changed|adjusted|touched|set|put|altered|tweaked|stepped|shifted|modified|doubled"
UP = re.compile(rf"(?:{_UP}|increase|raise|rise|step up)\b", re.IGNORECASE)
DOWN = re.compile(rf"(?:{_DOWN}|reduction|drop|decrease)\b", re.IGNORECASE)
SAME_IN_PAST = frozenset({"cut", "set", "put", "cut back", "cut down", "put up"})
HYPOTHETICAL = re.compile(r"\b(?:happens?|would|will|could|might|may|if|effect|does|shall|should)\b", re.IGNORECASE)
"""In a sentence with one of these "when we cut the feed" is no past."""

_VERB = rf"(?P<verb>{_UP}|{_DOWN}|{_EITHER})"
_WHO = (
    r"(?:we|they|i|you|he|she|somebody|someone|(?:the |our )?(?:operators?|(?:\w+ )?shift|crew|board|panel)"
    r"(?: (?:operator|guys))?)"
)
MOVED = re.compile(rf"{_WHO} (?:had |have |has |last |just ){{0,2}}{_VERB} ", re.IGNORECASE)
WAS_MOVED = re.compile(
    rf"{_DETERMINER}(?P<words>(?:{_NAME}){{1,6}}?)(?:was|were|got|had been|has been) (?:last )?{_VERB}\b",
    re.IGNORECASE,
)
MOVE_NOUN = re.compile(
    rf"(?:the|that|this|our|their) (?:(?P<which>{_WHICH}) )?(?P<words>(?:{_NAME}){{0,5}}?)"
    r"(?P<noun>cut|reduction|decrease|increase|raise|change|move|step(?: up| down)?|adjustment|tweak|intervention)\b"
    r"(?! (?:to|by) (?:zero|\d))",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r" (?P<way>by|to) (?:about )?(?P<n>[-+]?\d+(?:[.,]\d+)*)(?: ?(?P<unit>%|[^\s?.,;]*[/°³^][^\s?.,;]*|k?pa|m?bar|"
    r"psi|deg\w*|k?scmh|rpm|points?|percent|k|c|m3)(?![\w]))?",
    re.IGNORECASE,
)
