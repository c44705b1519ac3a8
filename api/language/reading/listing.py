"""Where a question goes on to ask for something of another kind: "the level now and its limits"."""

import re
from collections.abc import Callable

_KINDS = {
    "events": r"alarms?|events?|incidents?|upsets?|anomal(?:y|ies)",
    "log": r"log(?:book)?(?: entries)?|entries|shift notes",
    "scenarios": r"scenarios|what-?ifs|simulations",
    "moves": r"setpoint changes|operator (?:moves|changes|actions)|moves",
    "cause": r"reasons?|causes?|root cause|explanation",
    "limits": r"limits?|alarm limits?",
    "unit": r"units?",
    "trend": r"trend|tendency",
    "forecast": r"forecast|outlook|prediction",
    "mean": r"average|avg|mean",
    "max": r"peak|max(?:imum)?|highest(?: value)?",
    "min": r"min(?:imum)?|lowest(?: value)?",
    "std": r"standard deviation|std|spread",
    "at": r"(?:value|reading) at",
    "now": r"present value|current value|now|right now",
}
_INTENTS = {
    "events": "events",
    "log": "log",
    "scenarios": "log",
    "moves": "moves",
    "cause": "explain",
    "limits": "about",
    "unit": "about",
    "trend": "trend",
    "forecast": "forecast",
    "mean": "describe",
    "max": "describe",
    "min": "describe",
    "std": "describe",
    "now": "describe",
}
_KIND = re.compile("|".join(rf"\b(?P<{name}>{words})\b" for name, words in _KINDS.items()), re.IGNORECASE)
_LEAD = r"^\W*(?:also |then |the |its |their |any |list |show me |number of |how many |me )*"
_ONLY = re.compile(
    rf"^\W*(?:and |also |plus |then |now |or )*(?:the |its |any |all )*(?:{_KIND.pattern})"
    r"(?: too| as well| please| also)*\W*$",
    re.IGNORECASE,
)
_FIRST = re.compile(f"{_LEAD}(?:{_KIND.pattern})", re.IGNORECASE)
_JOINT = re.compile(
    r"(?:,|;)?\s+(?:and(?: then| after that)?|plus|then|as well as)[,:]?\s+|;\s+|,\s+(?=its\b|their\b)",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"\s+\+\s+|,?\s+plus:?\s+|[,;]?\s+(?:and|then),? (?:after that|while (?:you're|you are) at it|finally|lastly|"
    r"secondly|on top of that|besides)\b,?\s*|(?:,|;) then\s+|,?\s+and (?:also|additionally|"
    r"in addition),?\s+(?:the |its )?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\b(?:between|compar\w*|versus|vs|difference|why|explain|common)\b", re.IGNORECASE)
_OF_IT = re.compile(r"^\W*(?:its|their) ", re.IGNORECASE)
_MEASURES = frozenset({"mean", "max", "min", "std", "now", "at"})
_OF_PLANT = frozenset({"events", "log", "moves", "cause", "scenarios"})
_OF_VALUES = _MEASURES | {"trend", "forecast"}


def kind_only(text: str) -> str:
    """The intent of a part that says no more than its kind: "and the log?", "moves too"; else empty."""
    match = _ONLY.match(text)
    return _INTENTS.get(match.lastgroup or "", "") if match else ""


def listed(text: str, bears: Callable[[str], bool], heads: Callable[[str], bool]) -> tuple[int, int] | None:
    """Where the joint stands before a part that asks for another kind of thing; None without one.

    `bears` tells whether a stretch names something, `heads` whether it begins as a question does.
    """
    for match in _ADDED.finditer(text):
        before, behind = text[: match.start()], text[match.end() :]
        asks = heads(behind) or (_KIND.search(behind) and (heads(before) or _KIND.search(before)))
        if asks and "+" in match[0] and _alike(before, behind):
            continue
        if asks and len(behind.split()) > 1 and (bears(before) or _KIND.search(before)):
            return match.span()
    if _WHOLE.search(text):
        return None
    for match in re.finditer(r",\s+", text):
        before, behind = text[: match.start()], text[match.end() :]
        item = re.split(r",\s+", behind)[0]
        if _measured(before, bears) and _measured(item, bears) and not _alike(before, item):
            return match.span()
    place = _of_plant(text)
    if place is not None:
        return place
    for match in _JOINT.finditer(text):
        before = text[: match.start()]
        if (bears(before) or _OF_IT.match(before)) and _differs(before, text[match.end() :]):
            return match.span()
    return None


def _of_plant(text: str) -> tuple[int, int] | None:
    """“Alarms last night, reason for the first”: a comma before something of the plant's story."""
    for match in re.finditer(r",\s+", text):
        first = _FIRST.match(text[match.end() :])
        known = {found.lastgroup for found in _KIND.finditer(text[: match.start()])}
        if first and known & (_OF_PLANT | _OF_VALUES) and first.lastgroup in _OF_PLANT - known:
            return match.span()
    return None


def _measured(text: str, bears: Callable[[str], bool]) -> bool:
    """Whether a stretch asks one measure of something that it names."""
    kinds = {found.lastgroup for found in _KIND.finditer(text)}
    return len(kinds) == 1 and kinds <= _OF_VALUES and bears(text) and len(text.split()) > 2


def _alike(before: str, behind: str) -> bool:
    """“Flow max + pressure max” is one question about two tags."""
    kinds = [{found.lastgroup for found in _KIND.finditer(part)} for part in (before, behind)]
    return kinds[0] == kinds[1] != set()


def _differs(before: str, behind: str) -> bool:
    """Whether what is asked for behind a joint is of no kind that was asked for before it."""
    first = _FIRST.match(behind)
    known = {found.lastgroup for found in _KIND.finditer(before)}
    if first is None or len(before.split()) < 2 or first.lastgroup in known:
        return False
    return bool(known) or first.lastgroup not in _MEASURES
