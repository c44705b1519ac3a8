"""What is looked for in what people wrote, asked and tried, and where."""

import re
from collections.abc import Iterator, Sequence

from api.language.reading.slotwords import Where

_ANSWERS = re.compile(
    r"\b(?:ask(?:ed|ing)?\b|questions?\b|answers?\b|answered\b|you (?:say|said|told)|quer(?:y|ies)|"
    r"(?:put|posed) to you\b)"
)
_SCENARIOS = re.compile(
    r"\b(?:scenarios?|what-?ifs?|simulations?|simulated|rollouts?|experiments?|trials?|counterfactuals?|"
    r"(?:been |was |were |you |we |they |somebody |anybody )tried|tried (?:out|on)|played through)\b"
)
_ALL = re.compile(
    r"\b(?:everything|anything|all) (?:logged|recorded|kept|in the (?:journal|log)|"
    r"written|stored)|whole (?:journal|log)\b"
)
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,120})[\"“”„«»]|(?<!\w)'([^']{2,120})'(?!\w)")
_ABOUT = frozenset(
    """
    about on regarding concerning containing contain contains mention mentions mentioned mentioning re for of
    with word words keyword text subject
    """.split()  # noqa: SIM905 - a list of words
)
"""Words that what is looked for stands behind."""
_GRAMMAR = _ABOUT | frozenset(
    """
    played play plays a an the this that these those there here it its they them their he his she her we us our
    i me my you your who whom whose what which when where why how whether if as at by in into to from over under
    during since until till before after between within and or but not no nor so then too also as well either
    both than like via per up down out off is are was were be been being am do does did done has have had having
    can could will would shall should may might must let lets get gets got give gave given go goes went gone
    come came take took make made put puts keep kept say says said saying tell tells told telling know knows see
    sees saw seen show shows showed shown list lists listed read reads reading check checks look looks looked
    looking search searches searched find finds found finding grep pull open print display bring fetch dig write
    writes wrote writing written note notes noted noting log logs logged logging logbook record records recorded
    recording report reports reported reporting document documented enter enters entered entry entries entrys
    remark remarks remarked comment comments commented jot jots jotted leave leaves left add added complain
    complained describe described state stated stating stand stands stood book books journal journals diary
    history memo memos message messages shift shifts crew crews night nights nite day days late early morning
    evening afternoon week weeks weekend month today yesterday tonight hour hours time times now last latest
    past previous recent recently lately ever yet again already still just only even maybe perhaps operator
    operators colleague colleagues people person guy guys lads man team somebody someone anybody anyone nobody
    everybody everyone others other anything something nothing everything thing things stuff any some all every
    each much many more most lot few one ones please kindly thanks hey hi hello ask asks asked asking question
    questions answer answers answered scenario scenarios simulation simulations try tries tried trial trials
    experiment experiments whatif whatifs ran run runs running plant factory twin special important new
    interesting worth handed go goes belong belongs regard subject topic phrase regarding dealing deal deals
    dealt far concern concerned quick exactly actually possible wondering wonder want need like would there's
    talk talks talking talked speak speaks that's what's who's whats didn don doesn isn wasn
    haven hasn anywhere somewhere refer refers referring
    related relating
    """.split()  # noqa: SIM905 - a list of words
)
"""Words of a question about the log that are not looked for."""
_LINKS = frozenset("of the in at on to a an and".split())  # noqa: SIM905 - a list of words
"""Words inside what is looked for."""
_TOKEN = re.compile(r"[^\W_][\w'’./-]*[^\W_]|[^\W_]")
_LENGTH = re.compile(r"\d+(?:h|d|hrs?|min)?$", re.IGNORECASE)
_BREAK = re.compile(r"[?!,;:()]|\.(?:\s|$)|\s{2,}|\s[-–—]\s")
_LONGEST = 120

Run = tuple[int, int]


def where(text: str) -> Where | None:
    """Entries of the shift log, questions asked, or scenarios tried."""
    low = text.lower()
    if _ALL.search(low):
        return "all"
    if _SCENARIOS.search(low):
        return "scenarios"
    return "answers" if _ANSWERS.search(low) else None


def looked_for(text: str, names: Sequence[Run] = ()) -> str:
    """The words looked for; empty: everything. Times are blanked out of the text, `names` are places of names in it.

    What is quoted; else the first words that are none of the grammar of such questions, behind "about" and the like
    where they stand behind one.
    """
    quoted = _QUOTED.search(text)
    if quoted:
        return (quoted[1] or quoted[2]).strip()
    runs = list(_runs(text, names))
    about = [run for run in runs if _behind_about(text, run)]
    for start, end in about or runs:
        return text[start:end].strip(" .'’")[:_LONGEST]
    return ""


def _runs(text: str, names: Sequence[Run]) -> Iterator[Run]:
    """Stretches of words that say something, small words inside them."""
    run: list[re.Match[str]] = []
    links: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        apart = run and _BREAK.search(text, (links or run)[-1].end(), token.start())
        if apart:
            yield from _whole(run)
            run, links = [], []
        if _tells(token, names, first=not run):
            run, links = [*run, *links, token], []
        elif run and token[0].lower() in _LINKS and len(links) < 2:
            links.append(token)
        else:
            yield from _whole(run)
            run, links = [], []
    yield from _whole(run)


def _whole(run: Sequence[re.Match[str]]) -> Iterator[Run]:
    if run:
        yield run[0].start(), run[-1].end()


def _tells(token: re.Match[str], names: Sequence[Run], *, first: bool) -> bool:
    """Whether a word is looked for: part of a name, or no word of the grammar."""
    if any(start <= token.start() and token.end() <= end for start, end in names):
        return True
    word = token[0].lower().replace("’", "'").removesuffix("'s")
    if _LENGTH.fullmatch(word):
        return not first
    return word not in _GRAMMAR


def _behind_about(text: str, run: Run) -> bool:
    before = re.findall(r"[\w'’]+", text[: run[0]].lower())
    while before and before[-1] in _LINKS - {"on", "of"} | {"any", "some", "our", "that", "something", "anything"}:
        before.pop()
    return bool(before) and before[-1] in _ABOUT
