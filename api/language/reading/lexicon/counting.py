"""Number words of English, German and Spanish; Chinese ones follow their own rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Phrases = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a language counts in words.

    Attributes:
        words: value of a number word; hundreds, thousands and millions multiply what stands before them.
        lone: words for one that are articles too; they count only before a measure.
        measures: what can be counted with an article: hours, per cent, degrees.
        shares: a third, two quarters.
        halves: words that say a half by themselves.
        joints: words inside a number: "two hundred and five", "treinta y cinco".
        joint_from: the smallest number word that a joint may stand behind.
        phrases: what is said in words of its own: half an hour.
        dozens: a dozen, half a dozen, two dozen.
    """

    words: Mapping[str, int]
    lone: frozenset[str]
    measures: frozenset[str]
    shares: Mapping[str, float]
    halves: frozenset[str]
    joints: frozenset[str]
    joint_from: int
    phrases: Phrases
    dozens: re.Pattern[str]

    def plural(self, share: str) -> bool:
        """Whether a share is said in the plural."""
        return share.endswith("s")


def _list(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words.split())}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _phrases(*pairs: tuple[str, str]) -> Phrases:
    return tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), said) for pattern, said in pairs)


def _dozens(half: str, many: str, dozen: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<half>{half})?{many}{dozen}\b", re.IGNORECASE)


_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_ENGLISH = Counting(
    words={
        **_list(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        ),
        **_list("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
        **_SCALES,
        "a": 1,
        "an": 1,
    },
    lone=frozenset({"one", "a", "an", "million", "hundred", "thousand"}),
    measures=_set(
        "hour hours minute minutes min second seconds day days week weeks month percent per pct degree degrees point "
        "kelvin bar kpa mpa psi deg percentage"
    ),
    shares={
        "half": 1 / 2,
        "halves": 1 / 2,
        "third": 1 / 3,
        "thirds": 1 / 3,
        "quarter": 1 / 4,
        "quarters": 1 / 4,
        "fifth": 1 / 5,
        "fifths": 1 / 5,
        "tenth": 1 / 10,
        "tenths": 1 / 10,
    },
    halves=frozenset({"half"}),
    joints=frozenset({"and"}),
    joint_from=100,
    phrases=_phrases(
        (r"half an hour|a half hour|half hour", "30 minutes"),
        (r"an hour and a half|one and a half hours?", "1.5 hours"),
        (r"(?:an?|1) (day|degree|bar|point|percent) and a half", r"1.5 \1"),
        (r"three quarters of an hour", "45 minutes"),
        (r"(?:a )?quarter of an hour", "15 minutes"),
        (r"half a day", "12 hours"),
        (r"half an?(?= (?:bar|degree|percent|kpa|psi|point|kelvin|cubic|lit|gal|ton|m3|kg))", "0.5"),
        (r"(?:a )?couple of(?= (?:hour|minute|day|week|degree|percent|night|shift))", "2"),
        (r"(?:a )?couple(?= (?:hours|minutes|days|weeks|degrees|percent))", "2"),
    ),
    dozens=_dozens("half a ", "(?:a |one |two |three |four |five )?", "dozen"),
)

_GERMAN_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_GERMAN_TENS = _list("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10) | {"dreissig": 30}
_GERMAN_SMALL = {
    **_list("null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"),
    **_list("sechzehn siebzehn achtzehn neunzehn", 16),
    "zwo": 2,
    **_GERMAN_TENS,
    **{
        f"{one}und{tens}": place + 1 + value
        for tens, value in _GERMAN_TENS.items()
        for place, one in enumerate(_GERMAN_ONES)
    },
}
_GERMAN = Counting(
    words={
        **_GERMAN_SMALL,
        **{f"{one}hundert": 100 * (place + 1) for place, one in enumerate(_GERMAN_ONES)},
        **{
            f"{hundred}hundert{small}": 100 * (place + 1) + value
            for place, hundred in enumerate(_GERMAN_ONES)
            for small, value in _GERMAN_SMALL.items()
        },
        **{f"hundert{small}": 100 + value for small, value in _GERMAN_SMALL.items()},
        **{f"{one}tausend": 1000 * (place + 1) for place, one in enumerate(_GERMAN_ONES)},
        "hundert": 100,
        "tausend": 1000,
        "million": 1_000_000,
        "millionen": 1_000_000,
        **dict.fromkeys(_set("ein eine einer einem einen eines"), 1),
    },
    lone=_set("ein eine einer einem einen eines eins null hundert tausend million"),
    measures=_set("stunde minute tag tage woche monat sekunde prozent grad prozentpunkt bar kelvin kpa"),
    shares={"drittel": 1 / 3, "viertel": 1 / 4, "fünftel": 1 / 5, "zehntel": 1 / 10},
    halves=frozenset({"hälfte"}),
    joints=frozenset(),
    joint_from=10**9,
    phrases=_phrases(
        (r"(?:einer?|eine) halben? stunde|halbe stunde", "30 Minuten"),
        (r"anderthalb stunden?|eineinhalb stunden?", "1.5 Stunden"),
        (r"zweieinhalb(?= stunden?)", "2.5"),
        (r"dreiviertelstunde", "45 Minuten"),
        (r"(?:einer?|eine) viertelstunde|viertelstunde", "15 Minuten"),
        (r"(?:einem |ein )?halben? tag", "12 Stunden"),
        (r"ein paar(?= stunden| minuten| tage)", "2"),
    ),
    dozens=_dozens("(?:ein )?halbes ", "(?:ein |zwei |drei |vier |fünf )?", "dutzend"),
)

_SPANISH = Counting(
    words={
        **_list(
            "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
            "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
            "veinticinco veintiséis veintisiete veintiocho veintinueve"
        ),
        **_list("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
        "dieciseis": 16,
        "veintidos": 22,
        "veintitres": 23,
        "veintiseis": 26,
        "cien": 100,
        "ciento": 100,
        "doscientos": 200,
        "trescientos": 300,
        "cuatrocientos": 400,
        "quinientos": 500,
        "seiscientos": 600,
        "setecientos": 700,
        "ochocientos": 800,
        "novecientos": 900,
        "mil": 1000,
        "un": 1,
        "una": 1,
    },
    lone=frozenset({"un", "una", "uno", "cero", "mil"}),
    measures=_set("hora minuto día dia semana mes segundo grado punto bar kelvin por"),
    shares={"tercio": 1 / 3, "tercios": 1 / 3, "cuarto": 1 / 4, "cuartos": 1 / 4, "quinto": 1 / 5, "décimo": 1 / 10},
    halves=frozenset({"mitad"}),
    joints=frozenset({"y"}),
    joint_from=30,
    phrases=_phrases(
        (r"media hora", "30 minutos"),
        (r"una hora y media|hora y media", "1.5 horas"),
        (r"(?:un )?cuarto de hora", "15 minutos"),
        (r"medio día", "12 horas"),
        (r"un par de(?= horas| minutos| días| dias)", "2"),
    ),
    dozens=_dozens("media ", "(?:una |dos |tres |cuatro |cinco )?", "docenas?"),
)

_CHINESE = Counting({}, frozenset(), frozenset(), {}, frozenset(), frozenset(), 0, (), re.compile("$."))

COUNTING: Mapping[str, Counting] = {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "zh": _CHINESE}
