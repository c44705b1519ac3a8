"""What is looked for in what people wrote, asked and tried, and where."""

import re

from api.language.reading.slotwords import Where

_ANSWERS = re.compile(
    r"\b(?:ask(?:ed|ing)?\b|questions?\b|answers?\b|answered\b|you (?:say|said|told)|quer(?:y|ies))"
)
_SCENARIOS = re.compile(
    r"\b(?:scenarios?|what-?ifs?|simulations?|simulated|rollouts?|experiments?|trials?|counterfactuals?)\b"
)
_ALL = re.compile(
    r"\b(?:everything|anything|all) (?:logged|recorded|kept|in the (?:journal|log)|"
    r"written|stored)|whole (?:journal|log)\b"
)
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,120})[\"“”„«»]|(?<!\w)'([^']{2,120})'(?!\w)")
_ABOUT = re.compile(
    r"\b(?:about|mention(?:s|ed|ing)?|regarding|concerning|containing|contains?|re:|re\b|"
    "dealt with|deal with|on the subject of|with the words?|the words?|"
    r"for|of|with|on)\s+(?:the words? |an? |the |any |our |some |keyword |text )*(?=\S)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:report(?:ed)?|mention(?:ed|s)?|note(?:d)?|document(?:ed)?|record(?:ed)?|"
    "wr[io]te|written|log(?:ged)?|complain(?:ed)? about|jot(?:ted)?(?: down)?|"
    r"search(?: the)?(?: \w+)? (?:logs?|notes?|logbook|shift log|journal|book)(?: for)?|"
    r"grep|log(?:s|book)?|notes?|entries|find|asked)\s+(?:for |about |any |an? |the |"
    r"our |some )*(?=\S)",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    "^(?:(?:log|logs|logbook|shift|shifts|book|entries|entry|notes?|remarks?|comments?|"
    "down|in|the|of|on|by|for|about|with|it|that|this|them|us|me|night|day|late|"
    "early|crew|operators?|people|colleagues|anything|something|everything|please|was|"
    "were|is|are|made|left|any|all|handover|and|there|here|to|from|during|you|i|we|"
    "yet|so far|again|earlier|before|ever|up|at|asked|tried|run|written|wrote|recorded|"
    r"twin|plant|factory|special|important|new|interesting)\b\W*)*$",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[?!,;:]|\.(?:\s|$)|\s{2,}|\b\d+ ?(?:h|d|hrs?|hours?|days?)\b|\b(?:in(?:to)? (?:the )?(?:log|logs|"
    r"logbook|shift|book|notes|"
    r"journal)|since|during|until|between|yesterday|today|please)\b",
    re.IGNORECASE,
)


def where(text: str) -> Where | None:
    """Entries of the shift log, questions asked, or scenarios tried."""
    low = text.lower()
    if _ALL.search(low):
        return "all"
    if _SCENARIOS.search(low):
        return "scenarios"
    return "answers" if _ANSWERS.search(low) else None


def looked_for(text: str) -> str:
    """The words looked for; times are blanked out, names are not. Empty: everything."""
    quoted = _QUOTED.search(text)
    if quoted:
        return (quoted[1] or quoted[2]).strip()
    for pattern in (_ABOUT, _OBJECT):
        for match in pattern.finditer(text):
            words = _cut(text[match.end() :])
            if words:
                return words
    return ""


def _cut(text: str) -> str:
    end = _ENDS.search(text)
    words = (text[: end.start()] if end else text).strip(" .'\"")
    words = re.sub(
        r"\s+(?:in|on|at|by|from|of|for|over|this|the|or|and|we|i|are|is|there|lately|"
        "recently|so far|yet|ever|before|again)$",
        "",
        words,
        flags=re.IGNORECASE,
    )
    return "" if _EMPTY.match(words) else words
