"""The plant's vocabulary: which words mean which tag or asset."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from api.language.reading.coordination import Coordination, Mention
from api.language.reading.lexicon.field import EQUIPMENT, QUANTITIES
from api.language.reading.names import Names, is_plain, quantity_of
from api.language.reading.spelling import HAN, Key, Speller, Token, words_of
from api.language.reading.words import CODE, FILLER, NOUNS, ORDINARY
from twin.errors import AmbiguousTag, UnknownTag
from twin.plant import Plant, Tag

__all__ = ["Mention", "Vocabulary"]

LONGEST = 8
"""Words that a name has at most."""
MOST_WORDS = 200
"""Words of a sentence that are looked at."""
NEAR = 60
"""How alike a name is that is shown beside an unknown one; from `ALIKE` on it may have been meant, both in %."""
ALIKE = 85
MOST_BLANKS = 4
_TRIED = 12
_LINKS = frozenset({"of", "in", "at", "on", "inside", "for", "from"})
_ARTICLES = frozenset({"the", "our", "this", "that", "my"})
_PLACED = frozenset(QUANTITIES) | {"valve", "setpoint"}
_MOVED = re.compile(
    r"\b(?:rais(?:e|ed|ing)|lower(?:ed|ing)?|increas(?:e|ed|ing)|decreas(?:e|ed|ing)|reduc(?:e|ed|ing)|"
    r"cut(?:ting)?|open(?:ed|"
    r"ing)?|clos(?:e|ed|ing)|throttl(?:e|ed|ing)|set|put|turn(?:ed)?|drop(?:ped)?|bump(?:ed)?|lift(?:ed)?|"
    r"push(?:ed)?|speed|"
    r"slow(?:ed)?|chang(?:e|ed)|mov(?:e|ed)|adjust(?:ed)?|run|boost(?:ed)?|trim(?:med)?) (?:down |up )?(?:the "
    r"|our |this )?$",
    re.IGNORECASE,
)
_OPENED = re.compile(r"\b(?:open|clos|throttl|shut)\w* (?:down |up )?(?:the |our |this |a )?$", re.IGNORECASE)
_AMOUNT = re.compile(r"\W*(?:\w+ )?(?:by|to|up|down|at) [-+]?\d", re.IGNORECASE)
_HOW_IS = re.compile(r"\bhow(?:'s|s| is| are| was| were| did| has) (?:the |our )$", re.IGNORECASE)
_FARES = re.compile(
    r"\W*(?:$|(?:been |gone )?(?:doing|running|behaving|looking|performing|today|now|right now|this|last|"
    r"yesterday|tonight)\b)",
    re.IGNORECASE,
)
_VALUE_OF = re.compile(
    r"\b(?:mean|average|avg|peak|max(?:imum)?|min(?:imum)?|highest|lowest|trend|forecast|limits?|range|value|reading)"
    r"(?: value)? (?:of|for) (?:the |our )$",
    re.IGNORECASE,
)
_AGGREGATED = re.compile(
    r"\b(?:mean|average|avg|peak|max(?:imum)?|min(?:imum)?|highest|lowest|current) (?:of |for )?$", re.IGNORECASE
)
_THE = re.compile(r"\b(?:the|our) $", re.IGNORECASE)
_EVENT = re.compile(r"(?:ev|evt|event|inc|alarm)[-_]?\d", re.IGNORECASE)
_VAGUE = frozenset({"setpoint", "valve"})
_MEASURED = (NOUNS | frozenset(QUANTITIES)) - {"load", "speed", "oxygen", "mass", "weight"}


class Vocabulary:
    """Names, aliases and descriptions of one plant's tags and assets."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self._names = Names(plant)
        self._coordination = Coordination(plant, self._names)
        self._speller = Speller(self._names.words)
        series = "|".join(sorted(map(re.escape, self._names.series))) or "$."
        self._numbered = re.compile(rf"\b(?:{series})[ (-]*\d+(?![\d:])\)?", re.IGNORECASE)
        self._phrases = self._names.phrases()
        self._han = sorted(self._names.han, key=len, reverse=True)
        self._singles = {name for tag in plant.tags for name in (tag.name, *tag.aliases) if len(name) == 1}

    @property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return self._names.words

    def find(self, text: str, *, movable: bool = False, mend: bool = True) -> list[Mention]:
        """Every mention in the sentence, in order.

        With `movable` an ambiguous one means what can be moved. Without `mend` only names as they are count, in
        any language: nothing is spelled right, nothing is unknown.
        """
        tokens = self._speller.tokens(text)[:MOST_WORDS]
        if not mend:
            tokens = [replace(token, readings=((token.word,),)) for token in tokens]
        taken = list(self._in_han(text))
        free = [not any(m.start < t.end and t.start < m.end for m in taken) for t in tokens]
        taken += self._whole(text, tokens, free)
        if mend:
            taken += self._partial(text, tokens, free)
            taken += self._codes(text, taken)
        taken.sort(key=lambda mention: mention.start)
        unnamed = [token for token, is_free in zip(tokens, free, strict=True) if is_free]
        narrowed = [self._narrowed(mention, movable=movable) for mention in taken]
        settled = self._coordination.settled(text, unnamed, narrowed)
        return [self._narrowed(mention, movable=movable) for mention in settled]

    def tag(self, phrase: str, *, movable: bool = False) -> Tag:
        """The one tag that a phrase names; raises UnknownTag with the nearest names, AmbiguousTag with all."""
        if phrase in self.plant:
            return self.plant.tag(phrase)
        mentions = [mention for mention in self.find(phrase, movable=movable) if mention.asset is None]
        if not mentions:
            raise self.unknown(phrase)
        return self.one(mentions[0])

    def one(self, mention: Mention) -> Tag:
        """The tag of a mention; raises UnknownTag, AmbiguousTag."""
        if not mention.tags:
            raise self.unknown(mention.text)
        if len(mention.tags) > 1:
            raise AmbiguousTag(
                f"{mention.text!r} could be {', '.join(mention.tags[:-1])} or {mention.tags[-1]}",
                field="tag",
                value=mention.text,
                candidates=mention.tags,
            )
        return self.plant.tag(mention.tags[0])

    def inside(self, asset: str, *, unit: str | None = None, quantity: str | None = None) -> tuple[str, ...]:
        """What is measured in an asset in that unit, or of that quantity: "below 40 % in the separator"."""
        wanted = quantity or quantity_of(unit or "")
        measuring = set(self._names.measuring(wanted)) if wanted else set()
        return tuple(
            tag.name
            for tag in self.plant.tags_of(asset)
            if is_plain(tag) and (tag.name in measuring or (not wanted and tag.unit == unit))
        )

    def unknown(self, phrase: str) -> UnknownTag:
        """The error that says so, with the nearest names."""
        near = self._near(phrase)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        other = (set(words_of(phrase)) & EQUIPMENT) - self._names.words
        meant = () if other else self._near(phrase, cutoff=ALIKE)
        return UnknownTag(f"the plant has no tag {phrase!r}{hint}", field="tag", value=phrase, candidates=meant)

    def _near(self, phrase: str, cutoff: float = NEAR) -> tuple[str, ...]:
        """The nearest names; of a code with a cutoff above `NEAR` only those a letter or digit off."""
        if cutoff > NEAR and CODE.fullmatch(phrase):
            code = "".join(words_of(phrase))
            off = (name for name in self._phrases if abs(len(name) - len(code)) <= MOST_BLANKS)
            close = (name for name in off if OSA.distance(name.replace(" ", ""), code, score_cutoff=1) <= 1)
            return tuple(dict.fromkeys(self._phrases[name] for name in close))[:3]
        spelled = " ".join(word for token in self._speller.tokens(phrase) for word in token.readings[0])
        found = process.extract(
            spelled, list(self._phrases), scorer=fuzz.token_sort_ratio, score_cutoff=cutoff, limit=12
        )
        return tuple(dict.fromkeys(self._phrases[match[0]] for match in found))[:3]

    def _in_han(self, text: str) -> Iterator[Mention]:
        """Names in writing without blanks, the longest first."""
        if not self._han or not HAN.search(text):
            return
        taken: list[tuple[int, int]] = []
        for name in self._han:
            for match in re.finditer(re.escape(name), text):
                if all(match.end() <= start or end <= match.start() for start, end in taken):
                    taken.append(match.span())
                    tags, assets = self._names.han[name]
                    asset = min(assets) if assets and not tags else None
                    yield Mention(*match.span(), match[0], tuple(self._names.ordered(tags)), asset)

    def _whole(self, text: str, tokens: Sequence[Token], free: list[bool]) -> Iterator[Mention]:
        """Whole names, the longest first."""
        sayable = [fits and self._names.may_say(token) for fits, token in zip(free, tokens, strict=True)]
        for first, last in _grams(sayable):
            if all(free[first:last]) and (mention := self._named(text, tokens[first:last])):
                free[first:last] = [False] * (last - first)
                yield mention

    def _named(self, text: str, tokens: Sequence[Token]) -> Mention | None:
        if _is_small(text, tokens[0]) or tokens[-1].word in FILLER or _spans(tokens):
            return None
        start, end = tokens[0].start, tokens[-1].end
        said = text[start:end]
        if said.isdigit() and re.search(r"[A-Za-z][-_.]?$", text[:start]):
            return None
        if len(tokens) == 1 and len(said) == 1:
            lone = said in self._singles and not (said in "AI" and start == 0)
            return Mention(start, end, said, tuple(self._names.tags((tokens[0].word,)))) if lone else None
        tags: dict[str, None] = {}
        assets: dict[str, None] = {}
        exact = said in self.plant
        for key in _keys(tokens):
            named = self._names.tags(key)
            housed = self._names.assets(key)
            tags.update(dict.fromkeys(named or ([] if housed else self._names.made(key))))
            assets.update(dict.fromkeys(housed))
            exact = exact or bool((tags or assets) and words_of(said) == key)
            if (tags or assets) and (exact or not any(token.guessed for token in tokens)):
                break
        if not tags and len(assets) != 1:
            return None
        asset = next(iter(assets), None)
        chosen = tuple(self._names.ordered(tags))
        return Mention(start, end, said, chosen, None if tags else asset, exact, home=asset if tags else None)

    def _partial(self, text: str, tokens: Sequence[Token], free: Sequence[bool]) -> Iterator[Mention]:
        """Free words that are part of a name ("the pressure"), or look like the name of a tag that is not there."""
        for run in _runs(tokens, free):
            words = [token for token in run if token.word not in FILLER]
            said = {word for token in words for word in token.readings[0]}
            start, end = run[0].start, run[-1].end
            vague = said <= _VAGUE and not ("valve" in said and _OPENED.search(text[:start]))
            part = said <= self._names.ends and _THE.search(text[:start]) is not None
            if vague or not (part or said & (_MEASURED | EQUIPMENT) or _in_place_of_a_name(text, start, end)):
                continue
            yield self._part(text[start:end], start, words)

    def _part(self, said: str, start: int, words: Sequence[Token]) -> Mention:
        end, exact = start + len(said), not any(token.guessed for token in words)
        for key in _keys(words):
            tags = self._names.measuring(key[0]) if len(set(key)) == 1 else []
            if tags := tags or self._names.containing(frozenset(key)):
                return Mention(start, end, said, tuple(tags), exact=exact)
            if assets := self._names.assets_containing(frozenset(key)):
                only = assets[0] if len(assets) == 1 else None
                return Mention(start, end, said, asset=only, exact=exact, near=() if only else tuple(assets))
        return Mention(start, end, said, near=self._near(said))

    def _codes(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Instrument codes, and numbered names as this plant has them, that nothing in it answers to."""
        places = [(mention.start, mention.end) for mention in taken]
        for match in (*CODE.finditer(text), *self._numbered.finditer(text)):
            if not _EVENT.match(match[0]) and not any(
                start < match.end() and match.start() < end for start, end in places
            ):
                places.append(match.span())
                key = frozenset(words_of(match[0]))
                tags = tuple(self._names.containing(key)) if any(word.isdigit() for word in key) else ()
                near = () if tags else self._near(match[0])
                yield Mention(match.start(), match.end(), match[0], tags, near=near)

    def _narrowed(self, mention: Mention, *, movable: bool) -> Mention:
        """A plain word ("the pressure") means what is measured; in a move, what an operator can reach."""
        if len(mention.tags) < 2:
            return mention
        tags = [self.plant.tag(name) for name in mention.tags]
        chosen = [tag for tag in tags if (_reachable(tag) if movable else is_plain(tag))] or tags
        if not movable or not all(map(_reachable, chosen)):
            return replace(mention, tags=tuple(tag.name for tag in chosen))
        handles = dict.fromkeys(name for tag in chosen if (name := _reachable(tag)))
        return replace(mention, tags=tuple(handles) if len(handles) > 1 else (chosen[0].name,))


def _in_place_of_a_name(text: str, start: int, end: int) -> bool:
    """Whether words stand where a question has a name: "raise the … by 5 %", "how is the …"."""
    before, behind = text[:start], text[end:]
    moved = _MOVED.search(before) is not None and _AMOUNT.match(behind) is not None
    ends = _FARES.match(behind) is not None
    asked = ends and (_HOW_IS.search(before) is not None or _AGGREGATED.search(before) is not None)
    return moved or asked or _VALUE_OF.search(before) is not None


def _is_small(text: str, token: Token) -> bool:
    """Whether it is one of the small words, and no beginning of a code: AT-301."""
    return token.word in FILLER and re.match(r"[-_.]?\d", text[token.end : token.end + 2]) is None


def _spans(tokens: Sequence[Token]) -> bool:
    """Whether the words reach over an "on" between two names, or end in an article.

    "effect of the A feed on reactor pressure", "effect on the purge of a cut".
    """
    words = [token.word for token in tokens]
    on = any(word == "on" and not {*tokens[place].readings[0]} & _PLACED for place, word in enumerate(words[1:]))
    return on or (len(words) > 2 and words[-1] == "a" and words[-2] in FILLER)


def _reachable(tag: Tag) -> str | None:
    return tag.name if tag.movable else tag.handle


def _keys(tokens: Sequence[Token]) -> Iterator[Key]:
    """The words as each may be read, the likeliest first."""
    if not any(token.mended for token in tokens):
        yield tuple(token.word for token in tokens)
        return
    for tried, readings in enumerate(product(*(token.readings for token in tokens))):
        if tried == _TRIED:
            return
        yield tuple(word for reading in readings for word in reading)


def _grams(sayable: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Every stretch of words that names are made of, longest first."""
    reach = [0] * len(sayable)
    for place in range(len(sayable) - 1, -1, -1):
        reach[place] = (
            min(1 + (reach[place + 1] if place + 1 < len(sayable) else 0), LONGEST) if sayable[place] else 0
        )
    for length in range(max(reach, default=0), 0, -1):
        for first, longest in enumerate(reach):
            if length <= longest:
                yield first, first + length


def _runs(tokens: Sequence[Token], free: Sequence[bool]) -> Iterator[list[Token]]:
    """Stretches of free words that are no ordinary ones; "of the" and the like inside them."""
    run: list[Token] = []
    for token, is_free in zip(tokens, free, strict=True):
        numbered = token.word.isdigit() and run and run[-1].word.isalpha() and run[-1].word not in _LINKS
        if is_free and (_special(token) or numbered):
            run.append(token)
        elif not (run and is_free and (token.word in _LINKS or token.word in _ARTICLES)):
            yield from _ended(run)
            run = []
        elif token.word in _LINKS or run[-1].word in _LINKS:
            run.append(token)
        else:
            yield from _ended(run)
            run = []
    yield from _ended(run)


def _special(token: Token) -> bool:
    """Whether it says what is measured or what stands there, or is no ordinary word."""
    words = {word for reading in token.readings for word in reading}
    ordinary = token.word in ORDINARY or token.word.isdigit() or token.word == "%" or len(token.word) < 3
    return bool(words & (_MEASURED | EQUIPMENT)) or not ordinary


def _ended(run: list[Token]) -> Iterator[list[Token]]:
    """The run without small words at its end; ordinary words behind what is measured are no part of it."""
    while run and (run[-1].word in _LINKS or run[-1].word in _ARTICLES):
        run = run[:-1]
    if run:
        links = [place for place, token in enumerate(run) if token.word in _LINKS]
        last = max((place for place, token in enumerate(run) if _telling(token)), default=len(run) - 1)
        numbered = last + 1 < len(run) and run[last + 1].word.isdigit()
        yield run if links else run[: last + 2 if numbered else last + 1]


def _telling(token: Token) -> bool:
    return any(word in _MEASURED or word in EQUIPMENT for word in token.readings[0])
