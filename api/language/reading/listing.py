"""Where a question goes on to ask for something of another kind: "the level now and its limits"."""

import re
from collections.abc import Callable

_KINDS = {
    "events": r"alarms?|events?|incidents?|upsets?|anomal(?:y|ies)",
    "log": r"log(?:book)?(?: entries)?|entries|shift notes",
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
_KIND = re.compile("|".join(rf"\b(?P<{name}>{words})\b" for name, words in _KINDS.items()), re.IGNORECASE)
_LEAD = r"^\W*(?:also |then |the |its |their |any |list |show me |number of |how many |me )*"
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
_MEASURES = frozenset({"mean", "max", "min", "std", "now", "at"})
_OF_VALUES = _MEASURES | {"trend", "forecast"}


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
    for match in _JOINT.finditer(text):
        if _differs(text[: match.start()], text[match.end() :]) and bears(text[: match.start()]):
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
