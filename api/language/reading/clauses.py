"""Clauses: a sentence can ask several things, and can say much round what it asks."""

import re
from collections.abc import Callable, Sequence

from api.language.reading.listing import listed

_WH = r"(?:what|whats|what's|why|how|where|which|who|when|whether)"
_AUX = (
    r"(?:is|are|was|were|did|does|do|has|have|had|will|would|could|can|should)"
    " (?:the|it|its|there|they|we|i|you|any|anything|anybody|anyone|someone|somebody|"
    r"that|this|everything|all|our|operators?)\b"
)
_ASK = (
    r"(?:tell me|compare|show|explain|give me|list|plot|forecast|predict|simulate|count|describe|summari[sz]e|"
    r"let me know|say (?:what|why|how|whether|if)|any\b|anything|was\b|were\b|did\b|is\b|are\b|will\b)"
)
_OF_WHAT = r"(?:for|at|in|by|since|on|from|to|with) (?:what|which|how)\b(?: \S+){3}"
"""A question that begins with a preposition and goes on: "for what share of the day"."""
_LEAD = r"(?:also |then |please |now |finally |afterwards |secondly |besides |if so,? |if not,? |if yes,? )*"
_HEAD = re.compile(rf"^\W*{_LEAD}(?:{_WH}\b|{_AUX}|{_ASK}|{_OF_WHAT})", re.IGNORECASE)
_JOINT = re.compile(
    rf"(?:,|;|\s[-–—])?\s+(?:and|then|plus|also|but|as well as)\s+(?={_LEAD}(?:{_WH}\b|{_AUX}|{_ASK}|"
    rf"{_OF_WHAT}|what[- ]if\b))",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(
    r"[,;]?\s+(?:and )?then\s+(?=(?:this|last|that|the|today|yesterday|mon|tues|wednes|thurs|fri|sat|sun)\w*\b)",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s+and\s+|,\s+", re.IGNORECASE)
_AT = re.compile(
    r"\bat (?:about |around )?(?:\d{1,2}[:.]\d\d|\d{1,2}(?: ?[ap]\.?m\b)|noon|midnight|midday|half past \w+|\d{4}\b)",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:now|currently|at the moment|today|yesterday|last night|this (?:morning|shift))\W*$", re.IGNORECASE
)
_AHEAD = re.compile(
    r"^(?:in|over|within|during|for) (?:the (?:next|coming) )?\d+(?:\.\d+)? ?(?:hours?|h|minutes?|min)\b\W*$|"
    r"^(?:tomorrow|tonight|by noon|"
    r"in the next \d+ hours?)\W*$",
    re.IGNORECASE,
)
_SET_AGAINST = re.compile(r"\b(?:between|compar\w*|versus|vs|difference|from|against|than)\b", re.IGNORECASE)
_TAG_QUESTION = re.compile(
    r"^\W*(?:when|where|who|whom|how much|by how much|by whom)\b\W*(?:,|$|\?|between\b|at\b|exactly\b)", re.IGNORECASE
)
"""“Who moved it, and when”: no question of its own."""
_ASKING = re.compile(rf"\b{_WH}\b", re.IGNORECASE)
_INTEREST = re.compile(
    r"\b(?:(?:is|are|'s) (?:what|all|the one|the ones)(?: that)? (?:i|we|matters?|interests?|counts?|"
    r"concerns?)|(?:i|we)(?:'m| am|'re| are)? (?:only |mostly |just |mainly )?"
    r"(?:care about|interested in|after|looking at|worried about|concerned (?:about|with)))\b",
    re.IGNORECASE,
)
"""Says what an answer shall be about."""
_WANTED = re.compile(
    r"\b(?:i|we)(?:'d| would| just| only)* (?:need|want|like|require|have to (?:have|know|report))\b", re.IGNORECASE
)
_COMMA = re.compile(rf"(?:,|\s[-–—:])\s+(?=(?:{_WH}\b|{_AUX}|any\b))", re.IGNORECASE)
_OPEN = re.compile(
    r"^\W*(?:please |so |and |also |then )*(?:what|how|why|which|who|where|is|are|was|were|did|any)\b", re.IGNORECASE
)
_STOPS = re.compile(r"(?<=[?!;])\s+|(?<=\w\w[.])\s+(?=\S)|(?<=[\d%)][.])\s+(?=[A-Za-z])|[\n;]+")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|approx|no|nr|vs|resp|etc|dr|mr|mrs)\.$", re.IGNORECASE)
PREMISE = re.compile(
    r"\b(?:what[- ]if|if (?:we|i|you|one|the|it|they|nobody|no one|somebody|someone|"
    r"operators?|only)|suppos\w+|say (?:we|the|i|they)\b|assum\w+|imagin\w+|"
    r"simulat\w+|had (?:we|i|they|the|nobody)|say we|pretend|when (?:we|i) (?:\w+ ){0,3}by)\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"^\W*(?:and |then |so |but )*(?:then )?(?:(?:tell me |show me |say |explain )?(?:what|how|where)(?:'s|'d)? "
    "(?:would|will|does|do|happens?|then|about|is the (?:effect|impact|influence)|"
    "are the (?:effects?|consequences)|else|becomes|might|could|ends?|follows?)|"
    r"(?:(?:tell|show|give) me )?(?:what|how|where)\b.{1,60}\bwould\b|"
    r"(?:tell|show|give) me\b.{1,60}\b(?:afterwards?|then|after that)\b|consequences?\b|"
    "would|will (?:it|that|this)|could|does (?:it|that)|what then|effect|impact|"
    r"is (?:it|that) safe)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^\W*(?:please |now |then |and |kindly |can you |could you |would you )*(?:set|cut|"
    "raise|lower|reduce|increase|decrease|put|drop|"
    r"halve|double|open|close|turn|bump|lift|move|change|adjust|ramp|step|bring|let(?:'s| us))\b",
    re.IGNORECASE,
)
_UNDO = re.compile(
    r"^\W*(?:please |now )*(?:undo|revers[ei]\w*|revert|take back|cancel out|imagine away)\b", re.IGNORECASE
)
_SHOWN = re.compile(r"^\W*(?:then )?(?:show|tell|give|plot|what|how|where)\b", re.IGNORECASE)
_IMAGINED = re.compile(
    r"\b(?:undo\w*|revers\w+|revert\w*|tak(?:e|ing) back|without|had|nobody|no\b|with (?:the|our)|"
    r"set|cut|raise|lower|open|close|drop|increase|decrease|reduce|by \d|to \d|at \d)\b|"
    r"\d ?(?:%|k?pa|m?bar|psi|deg|°|points?|rpm|kg|m3|t/h|l/)",
    re.IGNORECASE,
)
"""Words before a colon that say what is moved, or imagined away."""
_COURTESY = re.compile(
    r"^\W*(?:(?:hello|hi|hey|hiya|yo|dear|good|morning|afternoon|evening|day|thanks?|"
    "thank|you|thx|please|pls|cheers|there|bother|disturb|to|new|here|i'm|im|all|"
    "everyone|twin|factory|plant|foretell|in advance|so much|very much|a lot|many|ok|"
    "okay|great|sorry|excuse me|one more|question|"
    r"quick|just|a|again|bye|regards|best|kind|perfect|super|understood|got it|"
    r"(?:\d+|a couple of|a few|some) (?:things|questions|points)|first|second|things?|questions)\W*)+$",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"^\W*(?:i|we|my|our|he|she|they|there (?:was|were|is)|the|it|it's|i'm|i've|we've|"
    "we're|this|that|nobody|somebody|someone|"
    r"yesterday|today|last|after|before|because|since|as)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:tell me|let me know|(?:like|want|need|love|curious|interested|"
    r"eager)(?: \w+){0,2} (?:to )?(?:know|see|hear|learn|find out)|"
    r"wonder(?:ing|ed)?|could you|can you|would you|do you know|my question|please|what|why|how)\b",
    re.IGNORECASE,
)
_MEASURE = r"average|avg|mean|peak|max(?:imum)?|highest|min(?:imum)?|lowest|standard deviation|std|trend|spread|range"
_TAIL = re.compile(
    r"^\W*(?:and |or |so )?(?:(?:would|could|can|do|did|is|was|were|are|has|have|how|"
    r"when|what|who|tell|say|then|by|whom)\b\W*)?"
    "(?:(?:you|it|that|there|they|any|at|all|possible|have|know|tell|me|check|please|so|"
    "do|done|see|happening|the|result|results|quickly|much|exactly|"
    "then|else|or|not|is|this|us|we|was|were|what|when|how|far|by|since|happen|happened|"
    r"help|ok|confirm|verify|can|no|yes|right|correct|true|one|ones|please|again|fast)\b\W*)*$",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\b(?:it|its|that|then|there|those|after|before|since (?:then|that))\b", re.IGNORECASE)
_LENGTH = re.compile(
    r"^\W*(?:please )?(?:take|use|look(?:ing)?|say|make it|over|for|within|horizon:?|that's|assume|only|"
    r"just)\b\W*(?:\w+\W+){0,2}?"
    r"\d+(?:\.\d+)? ?(?:h|hrs?|hours?|min|minutes?|days?)\b(?:\W+(?:\w+\W*){0,4})?$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^.{12,}?\b(?:to|and|please) (?:know|learn|hear|see|say|tell me|check) (?=(?:what|"
    r"where|how|whether|why|which|when|who)\b)|"
    r"^.*?\b(?:like|want|need|love|curious|interested|eager|"
    r"keen)(?: \w+){0,3}? (?:to )?(?:know|see|hear|learn|find out|understand|"
    r"ask)(?: from you| you)?\W+"
    r"(?=\S+ \S+)|^.*\bwonder(?:ing|ed)?(?: if you could tell me| whether you know)?\W+(?=\S+ \S+)"
    r"|^(?=(?:\S+ ){6})(?!.*\b(?:undo|if(?! (?:you|that|this|it(?:'s| is)?|i may|possible)\b)|no|suppose|"
    r"imagine|assum\w+|without|had|nobody|"
    r"simulate)\b[^:]*:)[^:\d]*[a-z]:\s+(?=\S+ \S+)"
    r"|^.*\b(?:my question is|question for you|tell me(?! about| more| something)|"
    "let me know|check for me|look up(?: for me)?|(?:have|need|want|must|ought|supposed)(?: to)? (?:write down|"
    "note down|note|fill in|put down|"
    "report|enter|hand in|copy down|look up|give|present|state)|"
    r"find out(?: for me)?)[ ,:]+(?=\S+ \S+ \S+)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    rf"(?=(?:[^\s:]+ ){{2}})[^?:]{{8,}}(?::|\s[-–—]+|,(?= which (?:is|was)\b)|,? but)\s+"
    rf"(?:which (?:is|was) )?(?=\S+ \S+ \S)(?={_WH}\b|{_AUX}|"
    r"(?:please )?(?:tell|show|give|list|compare|plot) )",
    re.IGNORECASE,
)
"""Words before a colon, a dash or "which is", behind which the question stands."""
_TRAILING = re.compile(
    r"[,.]?\s+(?:so )?if (?:you|that|it) (?:know|can|could|have|would|happen|is|'s|do|don't|isn't)\b.*$|"
    r"[,.]\s+(?:that|it|this)(?: would|'d| will|'ll) be "
    r"(?:great|nice|helpful|lovely|good|perfect|super|kind|a (?:great )?help|all|appreciated)\b.*$"
    r"|[,.]?\s+(?:because|as|since) (?:i|we|my|our|the (?:boss|manager|customer|"
    r"authorities|report|meeting|morning meeting))\b.*$"
    r"|[,.]?\s+for (?:my|our|the) (?:boss|manager|customer|authorities|report|"
    "shift report|meeting|morning meeting|records?|files?|presentation|slides|"
    r"colleagues?)\b.*$"
    r"|[,.]?\s+so (?:that )?(?:i|we) (?:can|could|may|have|know)\b.*$|"
    ",? if (?:you (?:don't mind|could|can|would|please)|possible|that is|"
    r"it's not)\b[^,.?]*",
    re.IGNORECASE,
)


_ENUMERATED = re.compile(
    r"^\W*(?:and |then )?(?:first(?:ly)?(?: of all)?|second(?:ly)?|third(?:ly)?|fourth|finally|lastly|"
    r"number \d|\d|[a-d])(?:[,:)]|\.(?!\d))\s+(?=\S+ \S)",
    re.IGNORECASE,
)
"""“First, the level now. Second, …”: its place in a list is no part of a question."""
_COUNTED = re.compile(
    r"(?:^|(?<=[.!?] ))[^.:?!\d]{0,40}\b(?:\d+|a couple of|a few|some) "
    r"(?:quick |short |small )?(?:questions|things|requests)"
    r"(?: (?:for|from|to) (?:me|you|us|check|know))?(?: please)?(?: today)?:\s+",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(r"\binstead\b|\bwhat about (?:by |with |at |to )?[-+]?\d|\bthe same\b", re.IGNORECASE)
"""An outcome of another amount is a question of its own."""


def split(text: str, bears: Callable[[str], bool]) -> tuple[str, ...]:
    """The questions of a text, in order; at least one.

    A premise and the question about it stay together, so do the arms of "between … and …" and of a comparison, and
    coordinated names. `bears` tells whether a stretch holds a name, a time or an amount: a statement that does
    belongs to the question behind it, one that does not is left out, as are greetings.
    """
    parts = [
        one
        for sentence in _sentences(_COUNTED.sub("", _CLOCKS.sub(_each_at, text)))
        for whole in _coordinated(sentence)
        for part in _timed(whole)
        for item in _listed(part, bears)
        for one in _each(_ENUMERATED.sub("", item))
    ]
    asked = [part for part in parts if not _COURTESY.match(part)] or parts[:1]
    joined = _with_statements(asked, bears)
    return tuple(joined) or (text.strip(),)


def gist(text: str) -> str:
    """The clause without the words that lead up to what it asks and those that say what it is asked for."""
    start, end = gist_place(text)
    return text[start:end]


def gist_place(text: str) -> tuple[int, int]:
    """Where the gist stands: text[start:end]."""
    lead = _LEADING.match(text)
    start = lead.end() if lead else 0
    aside = _ASIDE.match(text, start)
    start = aside.end() if aside and not (PREMISE.search(aside[0]) or _IMAGINED.search(aside[0])) else start
    trailing = _TRAILING.search(text, start)
    return start, trailing.start() if trailing and len(text[start : trailing.start()].split()) > 1 else len(text)


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for part in _STOPS.split(text):
        if found and _SHORT.search(found[-1]):
            found[-1] += f" {part}"
        elif part.strip(" .,;"):
            found.append(part.strip())
    return found


def _coordinated(sentence: str) -> list[str]:
    cut = 0
    parts: list[str] = []
    for match in sorted((*_JOINT.finditer(sentence), *_COMMA.finditer(sentence)), key=lambda found: found.start()):
        before, behind = sentence[cut : match.start()], sentence[match.end() :]
        if match.start() >= cut and _parts(before, behind, plain=match.re is _COMMA):
            parts.append(before)
            cut = match.end()
    parts.append(sentence[cut:])
    return [part.strip(" ,") for part in parts if part.strip(" ,")]


def _timed(part: str) -> list[str]:
    """“At 02:00 and at 04:00”, “now and in 2 hours”, “last week's events, then this week's”: each of them."""
    if PREMISE.search(part) or _ORDER.match(part):
        return [part]
    for match in _SEQUENCE.finditer(part):
        return [part[: match.start()], *_timed(part[match.end() :])]
    for match in () if _SET_AGAINST.search(part) else _AND.finditer(part):
        before, behind = part[: match.start()], part[match.end() :]
        apart = _AT.search(before) and _AT.search(behind)
        if apart or (_PRESENT.search(before) and _AHEAD.match(behind)):
            return [before, *_timed(behind)]
    return [part]


def _listed(part: str, bears: Callable[[str], bool]) -> list[str]:
    """“The level now and its limits” asks for two kinds of things of one subject."""
    if PREMISE.search(part) or _ORDER.match(part):
        return [part]
    place = listed(part, bears, lambda text: _HEAD.match(text) is not None)
    return [part[: place[0]], *_listed(part[place[1] :], bears)] if place else [part]


_LIST = re.compile(
    rf"\b(?:{_MEASURE})(?:(?:,| ?&| ?/| and|, and| plus) (?:the |its )*(?:{_MEASURE}))+\b(?! (?:of )?and)",
    re.IGNORECASE,
)


_CLOCKS = re.compile(r"\bat \d{1,2}:\d\d(?:(?:, and |, | and )\d{1,2}:\d\d)+", re.IGNORECASE)


def _each_at(match: re.Match[str]) -> str:
    """“At 02:00, 03:00 and 04:00”: at each of them."""
    return " and ".join(f"at {clock}" for clock in re.findall(r"\d{1,2}:\d\d", match[0]))


def _each(part: str) -> list[str]:
    """“The average and the peak of the pressure” asks two things; lowest and highest are one, a range."""
    match = _LIST.search(part)
    said = re.findall(rf"\b(?:{_MEASURE})\b", match[0], re.IGNORECASE) if match else []
    if match is None or (len(said) == 2 and {one.lower()[:3] for one in said} in ({"min", "max"}, {"low", "hig"})):
        return [part]
    head, tail = part[: match.start()], part[match.end() :]
    return [f"{head}{one}{tail}" for one in said]


def _parts(before: str, behind: str, *, plain: bool) -> bool:
    """Whether a joint divides two questions."""
    if _TAG_QUESTION.match(behind) and _ASKING.search(before):
        return False
    if re.fullmatch(r"\W*(?:why|how come)\W*", before, re.IGNORECASE):
        return True
    if (
        len(before.split()) < 2
        or _COURTESY.match(before)
        or re.search(r"\b(?:between|from|both|whether|not only)\W*$", before)
    ):
        return False
    if re.match(r"\W*(?:and )?how (?:do|does|did|would)\b", before, re.IGNORECASE) and behind.startswith("compare"):
        return False
    if _UNDO.match(before) and _SHOWN.match(behind):
        return False
    if (PREMISE.search(before) or _ORDER.match(before)) and _OUTCOME.match(behind) and not PREMISE.search(behind):
        return _OTHERWISE.search(behind) is not None
    if re.search(
        r"\b(?:explain|understand|know|tell me|show me|see|both)\s+(?:\w+\s+)?(?:what|why|how|when|who)\s*$",
        before,
        re.IGNORECASE,
    ):
        return False
    if plain:
        return _OPEN.match(gist(before)) is not None and not PREMISE.search(before)
    return not _unfinished(before)


def _unfinished(before: str) -> bool:
    """A lead ("I just came in", "could you check") that asks nothing yet."""
    if _HEAD.match(before) or _ORDER.match(before) or PREMISE.search(before):
        return (
            re.fullmatch(r"\W*(?:please )?(?:tell me|show me|let me know|say|explain)\W*", before, re.IGNORECASE)
            is not None
        )
    return _TELLING.match(before) is not None and not (_ASKED.search(before) or _WANTED.search(before))


def _with_statements(parts: Sequence[str], bears: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    kept = ""
    for part in parts:
        if (
            (found and PREMISE.search(found[-1]) and _OUTCOME.match(part) and not _apart(part))
            or (_ORDER.match(found[-1] if found else "") and _OUTCOME.match(part) and not _apart(part))
            or (found and (_TAIL.match(part) or _LENGTH.match(part)))
        ):
            found[-1] = f"{found[-1]} {part}"
        elif found and _INTEREST.search(part) and not part.rstrip().endswith("?"):
            found = [f"{one} {part}" if PREMISE.search(one) else one for one in found]
        elif _states(part):
            kept = f"{kept} {part}".strip() if bears(part) else kept
        else:
            leans = not bears(part) or _LEANS.search(part)
            found.append(f"{kept} {part}".strip() if leans else part)
            kept = ""
    return found or ([" ".join(parts)] if parts else [])


def _apart(part: str) -> bool:
    """Whether an outcome is one of another premise."""
    return PREMISE.search(part) is not None or _OTHERWISE.search(part) is not None


def _states(part: str) -> bool:
    return (
        not part.rstrip().endswith("?")
        and not _HEAD.match(part)
        and _TELLING.match(part) is not None
        and len(part.split()) > 3
        and not (_ASKED.search(part) or _WANTED.search(part))
        and not PREMISE.search(part)
        and re.search(
            r"\b(?:is|was|were|are|am|have|has|had|did|came|come|started|'m|'ve|went|saw|got|"
            r"think)\b|'[smd]\b|n't\b",
            part,
        )
        is not None
    )
