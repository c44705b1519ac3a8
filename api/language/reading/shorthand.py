"""Words of questions as people type them: chat short forms and typing errors of cue and time words, written out.

Words that any name of the plant has are left as they are; those are the vocabulary's to mend.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from api.language.reading.amounts import digits
from api.language.reading.lexicon.field import SPELLED
from api.language.reading.spelling import words_of
from api.language.reading.words import KNOWN, ORDINARY
from twin.plant import Plant

_FORMS = {
    short: full.replace("_", " ")
    for short, _, full in (
        pair.partition("=")
        for pair in """
    lst=last nite=night nght=night nigth=night yday=yesterday ystd=yesterday yest=yesterday ystdy=yesterday
    yst=yesterday 2day=today tday=today tmrw=tomorrow tmr=tomorrow 2nite=tonight tonite=tonight wknd=weekend
    mornin=morning hrs=hours hr=hour mins=minutes wks=weeks wk=week prev=previous wat=what wht=what waht=what
    wats=what's whats=what's hows=how's wheres=where's whos=who's wen=when whch=which hw=how y=why u=you ur=your
    r=are abt=about bout=about pls=please plz=please w=with w/=with wi=with w/o=without b4=before btw=between
    btwn=between rn=right_now atm=at_the_moment avg=average ave=average avrg=average cmp=compare diff=difference
    evts=events evt=event evnts=events alrms=alarms alrm=alarm anomalys=anomalies probs=problems prob=problem
    dont=don't didnt=didn't wasnt=wasn't isnt=isn't hadnt=hadn't wouldnt=wouldn't couldnt=couldn't wont=won't
    havent=haven't hasnt=hasn't wed=we'd theyd=they'd gimme=give_me lemme=let_me wanna=want_to gonna=going_to
    woulda=would_have coulda=could_have shoulda=should_have sb=somebody smth=something sth=something
    anythign=anything chg=change chgs=changes chng=change chngs=changes incr=increase decr=decrease inc=increase
    dec=decrease cuz=because thru=through til=until till=until ppl=people ops=operators op=operator cn=can
    runnin=running comin=coming goin=going doin=doing dubble=double forcast=forecast unusal=unusual
    problms=problems limts=limits thx=thanks ty=thanks q=question info=information sp=setpoint stpt=setpoint
    setpt=setpoint pct=percent hi=hi explane=explain trnd=trend vs.=versus shft=shift sumthing=something nxt=next
    tht=that lats=last lsat=last evnt=event tody=today hwo=how incidnets=incidents levl=level teh=the hte=the
    adn=and nad=and fcst=forecast frcst=forecast mny=many nw=now nr=number nbr=number nmbr=number idk=i_don't_know
    howmany=how_many abv=above gud=good midnite=midnight sevr=severe sev=severe mdnight=midnight anny=any
    sinc=since wot=what wos=was blw=below alm=alarm alms=alarms tnite=tonight ystrday=yesterday hrly=hourly
    """.split()  # noqa: SIM905 - a list of pairs
    )
}
_CUES = frozenset(
    """
    about above acknowledge adjusted after afternoon against alarm alarms alert alerts alright anomalies anomaly
    anything average averaged because before behaving below between caused causes change changed changes changing
    climbing compare compared comparison compressor current currently cutting decrease decreased decreasing describe
    deviation deviations difference different double doubled drift drifting drop dropped dropping during earlier
    effect entries evening event events everything exceed exceeded expect explain explained explanation falling
    first forecast friday happen happened happening happens heading higher highest history incident incidents
    increase increased increasing instead interesting last latest limit limits lower lowered lowering lowest maximum
    mean meaning measured medium midnight minimum minute minutes monday month morning moves next night nobody noon
    normal notice number operator operators overnight overview peak people percent plant please plot points predict
    prediction previous problem problems question raise raised raising range reason recommend record recorded reduce
    reduced reducing reduction report reset rising running samples saturday scenario scenarios second setpoint
    setpoints severe shift should show silent simulate since something spread stable standard started status steady
    strange stuff suddenly suggest sunday suppose suspicious tags tendency third through thursday today together
    tomorrow tonight trend trips trouble tuesday typical understand unexpected units unusual upset upsets value
    values variation versus wednesday weekend weekly what which while without would wrong written yesterday could
    happening anybody somebody anyone someone deviation response operation standing logbook handover diagnose weird
    abnormal serious summary summarise reading readings hours coming going moving opened closed opening closing
    help cooler hotter warmer colder wrote count counted touch touched between
    """.split()  # noqa: SIM905 - a list of words
)
_ORDINARY = frozenset(
    """
    even evens seven plan plans planned planet tend tends star stars rang cost costs host port ports form forms trail
    trails angel casual united unties silver trial quite steal lime slept spent spend ride rode sift lift gift rice
    price prices raining rain train trains grain brain praise fist firs fast past post boast roast coast meal means
    lean learn clean court county mount could mould would bould shoed sold hold told then than thin thus that what
    chat hat heat wheat show shows slow snow now tow two how who hot hoe was saw form from dog god diary dairy united
    calm claim clam blame flame exam expert export except accept expand extent defect affect effort afford cause
    pause clause course house horse worse nurse purse verse averse reverse store story stare state stats taste waste
    paste haste latest lattes sunny money honey monkey donkey turkey weekly weakly weeks seeks need feed seed deed
    heed speed bleed breed greed creed agreed won blow three chance chances movie movies reaction reactions resort
    mouth world word words worlds warm worm ward swarm below own threw throw grown crown brown drown tower power
    lower flower shower slower worth north south truth youth month monthly dearth health wealth wrist writ wrap
    noise voice choice advice device service sight light right fight might tight nigh night knight height weight
    eight freight sale safe save same sane wake make cake take bake lake table cable able stable enable fable
    desert dessert dinner winner inner lunch launch bunch hunch event prevent invent vent rent cent tent bent dent
    dry cold draft count country counter quiet quit quote note vote mode model code node rode hour our pour sour
    tour your production string strings token tokens strong spring key keys
    """.split()  # noqa: SIM905 - a list of words
)
"""Ordinary words that are a slip away from a cue, or from each other."""
_WORD = re.compile(r"(?<![\w.'-])[A-Za-z][A-Za-z']*(?:/o|/)?(?![\w-]|\.\w)|(?<![\w.])(?:2day|2nite|b4)(?!\w)")
_LETTERS = {"p": "pressure", "t": "temperature", "l": "level", "f": "flow"}
_LETTERED = frozenset({"feed", "product", "pump", "stream", "component", "boiler", "sp", "line", "tank", "unit"})
"""What has letters as names: feed A, product F, pump P."""
_LETTER = re.compile(
    r"(?<![\w.'-])(?P<p1>[PTLF]) (?:of |in )?(?:the )?(?P<before>[a-z]{2,})(?![\w.-])|"
    r"(?<![\w.'-])(?P<after>[a-z]{2,}) (?P<p2>[ptlf])(?![\w.'-])"
)
_VOWELS = re.compile(r"[aeiou]")
_FRACTIONS = {"half": "50", "third": "33.3", "quarter": "25", "fifth": "20", "tenth": "10"}
_BEGIN = frozenset("last this next what how when why the any and yesterday tomorrow right since show".split())  # noqa: SIM905
"""Words that another one runs into."""
KEYS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_LEAST = 5
_SHORTEST = 3
_KNOWN_FROM = 6
_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ly", "est")
_LONG = 8


class Shorthand:
    """Writes out what is short or mistyped; made once for a plant's own words."""

    def __init__(self, own: Iterable[str]) -> None:
        self._own = frozenset(own)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(_CUES):
            self._by_letter[word[0]].append(word)
        self._short: dict[str, list[str]] = defaultdict(list)
        for word in sorted(known for known in KNOWN - _CUES if len(known) >= _KNOWN_FROM):
            for place in range(1, len(word)):
                self._short[word[:place] + word[place + 1 :]].append(word)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(_CUES):
            self._by_sound[_sound(word)].append(word)
        self._by_letters: dict[str, list[str]] = defaultdict(list)
        for word in sorted(_CUES | {known for known in KNOWN if len(known) > 2}):
            self._by_letters["".join(sorted(word))].append(word)
        self._by_consonants: dict[str, list[str]] = defaultdict(list)
        for word in sorted(_CUES | {known for known in KNOWN if len(known) > _SHORTEST}):
            if (short := word[0] + _VOWELS.sub("", word[1:])) != word and not set(short) & set("aeiou"):
                self._by_consonants[short].append(word)
        self._mended = lru_cache(4096)(self._nearest)

    def written_out(self, text: str) -> str:
        """The text with short forms and typing errors of ordinary words mended."""
        return _WORD.sub(self._full, _LETTER.sub(self._quantity, text))

    def _quantity(self, match: re.Match[str]) -> str:
        """“rx p”, “P reactor”: a letter beside what the plant has for the quantity that it stands for."""
        word, letter = (match["after"], match["p2"]) if match["after"] else (match["before"], match["p1"])
        ours = word.lower() in self._own or word.lower() in SPELLED
        return f"{word} {_LETTERS[letter.lower()]}" if ours and word.lower() not in _LETTERED else match[0]

    def _full(self, match: re.Match[str]) -> str:
        word = match[0]
        low = word.lower()
        if low.rstrip("/") in self._own and not (low in _FORMS and len(low) > 2):
            return word
        if low in _FORMS and not (len(low) == 1 and word.isupper()):
            return _FORMS[low]
        if (
            low in KNOWN
            or low in _CUES
            or low in self._own
            or not low.isalpha()
            or low in _ORDINARY
            or low in ORDINARY
        ):
            return word
        if len(word) < _SHORTEST or _is_form(low) or (word.isupper() and len(word) < _LONG):
            return word
        return self._mended(low) or word

    def _nearest(self, word: str) -> str | None:
        """The cue word one slip away (two in a long word), if there is just one; it begins with the same letter.

        Letters that changed places are mended in any known word.
        """
        if self._near_own(word):
            return None
        if (apart := _apart(word)) is not None:
            return apart
        bare = self._by_consonants.get(word, [])
        if len(bare) == 1:
            return bare[0]
        swapped = [full for full in self._by_letters["".join(sorted(word))] if OSA.distance(word, full) == 1]
        if len(swapped) == 1:
            return swapped[0]
        if len(found := set(self._short.get(word, ()))) == 1:
            return found.pop()
        slack = 2 if len(word) >= _LONG else 1
        least = _LEAST if len(word) < _LEAST else len(word) - slack
        near = [
            (OSA.distance(word, cue, score_cutoff=slack), cue)
            for cue in self._by_letter[word[0]]
            if least <= len(cue) <= len(word) + slack
        ]
        fits = sorted((distance, cue) for distance, cue in near if distance <= slack and not _inflected(word, cue))
        if not fits or (len(word) < _LEAST and not _dropped(word, fits[0][1])):
            long = len(word) >= _LEAST and len(_sound(word)) >= _SHORTEST
            alike = [
                cue for cue in self._by_sound.get(_sound(word), ()) if long and abs(len(cue) - len(word)) <= slack + 1
            ]
            return alike[0] if len(alike) == 1 else None
        return fits[0][1] if len(fits) == 1 or fits[0][0] < fits[1][0] else _likeliest(word, fits)

    def _near_own(self, word: str) -> bool:
        """Whether the plant's own words have one that is as near: the vocabulary mends it."""
        slack = 2 if len(word) >= _LONG else 1
        return len(word) >= _LEAST and any(
            own[:1] == word[0] and OSA.distance(word, own, score_cutoff=slack) <= slack for own in self._own
        )


def _is_form(word: str) -> bool:
    """Whether it is an ordinary word with an ending: "counting", "closer", "explains"."""
    stems = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    known = KNOWN | _CUES
    return any(
        len(stem) > 2
        and ((stem in known and word != f"{stem}d" and not word.endswith("eing")) or f"{stem}e" in known)
        for stem in stems
    )


def _dropped(word: str, cue: str) -> bool:
    """Whether the word is the cue with one letter left out."""
    return any(cue[:place] + cue[place + 1 :] == word for place in range(1, len(cue)))


def _likeliest(word: str, found: Sequence[tuple[int, str]]) -> str | None:
    """Of cues as near the one that has just the word's letters ("comming" is "coming"), then one letter more."""
    nearest = [cue for distance, cue in found if distance == found[0][0]]
    for fits in (
        [cue for cue in nearest if set(cue) == set(word)],
        [cue for cue in nearest if _dropped(word, cue)],
        [cue for cue in nearest if any(_slipped(one, other) for one, other in _changed(word, cue))],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def _changed(word: str, cue: str) -> list[tuple[str, str]]:
    """The letters in which two words of one length differ."""
    pairs = zip(word, cue, strict=True) if len(word) == len(cue) else ()
    return [pair for pair in pairs if pair[0] != pair[1]]


def _slipped(letter: str, other: str) -> bool:
    """Whether two letters are neighbours on a keyboard."""
    return any(abs(row.find(letter) - row.find(other)) == 1 for row in KEYS if letter in row and other in row)


def _sound(word: str) -> str:
    """Its first letter and the consonants behind it, none of them twice in a row: "hapend" and "happened"."""
    return re.sub(r"(.)\1+", r"\1", word[0] + _VOWELS.sub("", word[1:]))


def _apart(word: str) -> str | None:
    """Two words run together, or a letter typed twice: "lastnight", "cutt"."""
    for place in range(len(word) - 2, 2, -1):
        first, last = word[:place], word[place:]
        if first in _BEGIN and last != "ever" and (last in KNOWN or last in _CUES):
            return f"{first} {last}"
    single = {word[:place] + word[place + 1 :] for place in range(1, len(word)) if word[place] == word[place - 1]}
    known = [one for one in single if len(one) > 2 and one in KNOWN]
    return known[0] if len(known) == 1 and len(word) < _LONG else None


def _inflected(word: str, cue: str) -> bool:
    """Another form of the word is no typing error: plurals, endings."""
    stem = 4
    return word[:stem] == cue[:stem] and (
        word in {f"{cue}s", f"{cue}d", f"{cue}ed", f"{cue}ly"} or cue in {f"{word}s", f"{word}d", f"{word}ly"}
    )


_HEATED = re.compile(
    r"\b(?:(heat|warm)(?: up)?|cool(?: down)?) (?P<what>(?:the |our )?(?:\w+ ){0,2}?\w+?)(?: temperature)?"
    r"(?: up| down)? (?P<to>by|to) (?=\d)",
    re.IGNORECASE,
)


_HOW_MUCH = re.compile(
    r"\b(how (?:much|many)) (\S+(?: \S+){0,2}?) (?:is|was|are|were) (?:there )?(in (?:the|our) )", re.IGNORECASE
)
"""“How much D is in the product”: how much is the D in the product."""


def _by_temperature(match: re.Match[str]) -> str:
    """“Cool the reactor down by 3 degrees”: lower its temperature."""
    return f"{'raise' if match[1] else 'lower'} {match['what']} temperature {match['to']} "


def plain(text: str) -> str:
    """One kind of quotes, dashes, blanks and set points, and numbers that are words as digits."""
    text = re.sub(r"[‘’`´]", "'", text).replace("−", "-").replace("\u00a0", " ").replace("\u202f", " ")
    text = re.sub(r"\bset[- ]points?\b", "setpoint", text, flags=re.IGNORECASE)
    text = re.sub(r"\bshift[- ]?(?:book|log|diary|journal)\b", "logbook", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b(?:a )?(?:couple|pair) of (?=hours?|minutes?|days?|nights?|weeks?|shifts?)",
        "2 ",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"^(\W*)night (?=(?:vs|versus|against)\b)", r"\1last night ", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:(?:a|1) )?half[ -](?:an? )?hour\b", "30 minutes", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:an?|1) quarter of an hour\b", "15 minutes", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:three|3) quarters of an hour\b", "45 minutes", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b(next|in|last|past) (?:to|too|tow) (?=hours?\b|days?\b|shifts?\b|nights?\b|weeks?\b)", r"\1 2 ", text
    )
    text = re.sub(
        r"\bhalf an? (?=(?:degrees?|points?|percent|%|bar|kpa|mbar|psi|kelvin|celsius|m3|metre|meter|litre|"
        r"gallon)\b)",
        "0.5 ",
        text,
        flags=re.IGNORECASE,
    )
    text = _HEATED.sub(_by_temperature, text)
    text = re.sub(
        r"\b(yesterday|today|tonight|last (?:night|shift|week))s (?=\w)", r"\1's ", text, flags=re.IGNORECASE
    )
    text = _HOW_MUCH.sub(r"\1 is the \2 \3", text)
    text = re.sub(r"\b(?:an?|1|one) degree and a half\b", "1.5 degrees", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:an|1|one) hour and a half\b|\b1 and a half hours\b", "1.5 hours", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(\d+) and a half (?=hours?|days?)", r"\1.5 ", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b((?:check|see|know|tell me|find out|say|sure|wonder(?:ing)?|curious|ask|look up|"
        r"verify)(?: for me)?) if\b",
        r"\1 whether",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"\b(?:an?|one) (?=(?:hour|minute|day|percent|degree)s?\b)", "1 ", text, flags=re.IGNORECASE)
    text = re.sub(
        rf"\b(by|a|an) (?:a |an |one )?({'|'.join(_FRACTIONS)})\b(?! an? )(?! (?:of|event|alarm|shift|hour|day))",
        lambda match: f"by {_FRACTIONS[match[2].lower()]} %",
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+", " ", digits(text)).strip()


def shorthand_of(plant: Plant) -> Shorthand:
    """The plant's; made once."""
    return _of_words(frozenset(_own_words(plant)))


@lru_cache(8)
def _of_words(own: frozenset[str]) -> Shorthand:
    return Shorthand(own)


def _own_words(plant: Plant) -> Iterable[str]:
    names = [name for tag in plant.tags for name in (tag.name, *tag.aliases)]
    names += [name for asset in plant.assets for name in (asset.name, *asset.aliases)]
    return {word for name in names for word in words_of(name)}
