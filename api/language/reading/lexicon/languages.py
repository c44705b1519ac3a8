"""Which language a question is in, and its English for the rules."""

import re
from collections.abc import Mapping
from functools import lru_cache

from api.language.reading.lexicon.chinese import CHINESE
from api.language.reading.lexicon.german import COMPOUNDED, GERMAN
from api.language.reading.lexicon.mending import Mender
from api.language.reading.lexicon.pivot import MASK, MASKS, Lexicon
from api.language.reading.lexicon.spanish import SPANISH
from api.language.reading.numerals import Language, numerals, spelled_in_digits
from api.language.reading.spelling import HAN, folded
from api.language.reading.vocabulary import Mention, Vocabulary
from api.language.reading.words import KNOWN, ORDINARY

LEXICONS: Mapping[Language, Lexicon] = {"de": GERMAN, "es": SPANISH, "zh": CHINESE}
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = (
    KNOWN
    | {"the", "of", "in", "on", "to", "for", "from", "and", "is", "was", "did", "what", "how", "why"}
    | {"lo", "hi", "lim", "lims", "temp", "lvl", "avg", "press", "prs", "fcst", "sp"}
) - {"max", "min"}
"""What English has to itself; "max" and "min" are everybody's."""
_SPANISH_SIGNS = re.compile(r"[¿¡ñ]|\b(?:qué|cómo|cuál|cuánt[oa]s?)\b", re.IGNORECASE)
_GERMAN_SIGNS = re.compile(r"[äöüß]", re.IGNORECASE)
_SHARE_OF_HAN = 0.15
_MOST_MASKS = 256
_SHIFT = re.compile(r"\b([^\W\d_]{3,12}?)schicht\b", re.IGNORECASE)
_SHIFTS = {"nacht": "night", "frueh": "early", "fruh": "early", "spaet": "late", "spat": "late", "tag": "day"}


def language_of(text: str) -> Language:
    """The language of a question, by script and stop words; English unless another is clear."""
    letters = sum(letter.isalpha() for letter in text)
    if letters and len(HAN.findall(text)) >= max(1, _SHARE_OF_HAN * letters):
        return "zh"
    words = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    german = sum(map(GERMAN.knows, words)) + 2 * bool(_GERMAN_SIGNS.search(text))
    spanish = sum(map(SPANISH.knows, words)) + 2 * bool(_SPANISH_SIGNS.search(text))
    if max(german, spanish) <= english or german == spanish:
        return "en"
    return "de" if german > spanish else "es"


def to_english(text: str, language: Language, vocabulary: Vocabulary) -> str:
    """The question in the English of the rules; names of tags and assets stay as they are.

    Number words become digits and clear numbers are pointed the English way; "2,745" stays, for the tag's range to
    settle.
    """
    lexicon = LEXICONS.get(language)
    if lexicon is None:
        return text
    text = _mender(vocabulary).text(text) if language == "de" else text
    names = [mention for mention in vocabulary.find(text, mend=language != "zh") if _meant(mention, lexicon)]
    masked, said = _masked(text, names[:_MOST_MASKS])
    masked = _shifts(_pointed(spelled_in_digits(masked, language), language), vocabulary)
    english = lexicon.english(masked)
    return re.sub(f"[{MASKS}]", lambda match: said[ord(match[0]) - ord(MASK)], english)


@lru_cache(8)
def _mender(vocabulary: Vocabulary) -> Mender:
    """For German typed in haste, about a plant."""

    def known(word: str) -> bool:
        return word in _ENGLISH or word in ORDINARY or word in GERMAN.said or spelled_in_digits(word, "de") != word

    return Mender(GERMAN.words, COMPOUNDED, vocabulary.words, known)


def _meant(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a name is one in that language too: found as it is, or no word of the language."""
    if mention.unknown:
        return False
    return mention.exact or not any(lexicon.knows(word) for word in _WORD.findall(mention.text))


def _masked(text: str, names: list[Mention]) -> tuple[str, list[str]]:
    parts: list[str] = []
    said: list[str] = []
    last = 0
    for mention in names:
        if mention.start >= last:
            parts += [text[last : mention.start], f" {chr(ord(MASK) + len(said))} "]
            said.append(mention.text)
            last = mention.end
    return " ".join("".join((*parts, text[last:])).split()), said


def _pointed(text: str, language: Language) -> str:
    """Numbers that can be read in one way only, pointed the English way."""
    parts, last = [], 0
    for numeral in numerals(text, language):
        if numeral.kind == "digits" and len(numeral.values) == 1 and re.search(r"[,\s'’]", numeral.text.strip()):
            parts += [text[last : numeral.start], f"{numeral.value:.15g}"]
            last = numeral.end
    return "".join((*parts, text[last:]))


def _shifts(text: str, vocabulary: Vocabulary) -> str:
    """Nachtschicht as the plant file calls that shift."""

    def called(match: re.Match[str]) -> str:
        stem = folded(match[1])
        own = [shift.name for shift in vocabulary.plant.shifts if folded(shift.name).startswith(stem)]
        return f"{own[0] if own else _SHIFTS.get(stem, match[1])} shift"

    return _SHIFT.sub(called, text)
