"""Numbers as people write them: digits pointed and grouped in any of the usual ways, words, fractions.

This is the one reader of numbers in the language room: questions and the check of answers both go by it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.language.reading.lexicon.counting import COUNTING, Counting

Language = Literal["en", "de", "es", "zh"]

_SIGNS = "-+−–"
_BLANKS = " \u00a0\u2009\u202f'’"
_DIGITS = re.compile(
    rf"""(?P<sign>(?<![\w.,%)])[{_SIGNS}][ ]?)?
    (?P<body>(?<![\d.,])(?:
        [1-9]\d{{0,2}}(?:(?P<blank>[{_BLANKS}])\d{{3}})(?:(?P=blank)\d{{3}}){{0,4}}(?![\d])(?:[.,]\d{{1,12}}(?!\d))?
      | \d{{1,15}}(?:[.,]\d{{1,12}}){{0,5}}
      | [.,]\d{{1,12}}
    ))
    (?:
        [eE](?P<exponent>[-+−]?\d{{1,3}})(?![\d\w])
      | [ ]?[x×·*][ ]?10\^?(?P<power>[-+−]?\d{{1,3}}|[⁻⁺]?[⁰¹²³⁴-⁹]{{1,3}})
    )?
    """,
    re.VERBOSE,
)
_SUPER = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_OVER = re.compile(r"(?<![\w./,])(\d{1,3})[ ]?[/⁄][ ]?([1-9]\d{0,2})(?![\w./]|,\d)")
_SIMPLE = {"½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3}
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(
    r"(?:百分之)?(?:[零〇一二两三四五六七八九十百万半]|千(?![帕瓦克]))+"
    r"(?:分之[一二两三四五六七八九十]+)?(?:点[零〇一二三四五六七八九]+)?"
)
_SCALES = frozenset({100, 1000, 1_000_000})
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000}
_HAN_COUNTED = re.compile(
    r"\s*(?:个?(?:半?小时|钟头|百分点)|天|分钟?|秒|周|星期|月|度|点|倍|成|%|千[帕瓦克]|兆[帕瓦]|帕|巴|摄氏|班|夜|晚|次|开)"
)
_HAN_ORDINAL = re.compile(r"[第周期拜上下]|前(?=一[晚天夜])|[后近](?=一[次个])")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text.

    Attributes:
        text: as written.
        values: what it says, the likelier first; two when "2,745" can be a thousand or a decimal.
        decimals: places behind the point in the likelier reading; 0 for words.
        kind: digits, word, or fraction for a share such as "a third" and "3/4".
        signed: whether a sign stands before it.
    """

    text: str
    start: int
    end: int
    values: tuple[float, ...]
    decimals: int = 0
    kind: Literal["digits", "word", "fraction"] = "digits"
    signed: bool = False

    @property
    def value(self) -> float:
        """The likelier reading."""
        return self.values[0]


def numerals(text: str, language: Language = "en", words: Language | None = None) -> list[Numeral]:
    """Every number of the text, in order; digits inside names, dates and clock times too.

    `language` says how digits are pointed, `words` in which language number words are, that one if None.
    """
    found: list[Numeral] = []
    for numeral in (*_overs(text), *_pointed(text, language), *_worded(text, words or language)):
        if not any(numeral.start < other.end and other.start < numeral.end for other in found):
            found.append(numeral)
    return sorted(found, key=lambda numeral: numeral.start)


def readings(numeral: str, language: Language = "en") -> tuple[float, ...]:
    """What a numeral in digits can say, the likelier first; raises ValueError for none."""
    match = _DIGITS.fullmatch(numeral.strip())
    if match is None:
        raise ValueError(f"{numeral!r} is not a number")
    values = _values(match, language)
    if not values:
        raise ValueError(f"{numeral!r} is not a number")
    return values


def spelled_in_digits(text: str, language: Language = "en") -> str:
    """The text with number words and shares of hours in digits: "half an hour" is 0.5 hour."""
    lexicon = COUNTING[language]
    for pattern, replacement in lexicon.phrases:
        text = pattern.sub(replacement, text)
    parts, last = [], 0
    for numeral in _worded(text, language):
        if numeral.kind == "word":
            parts += [text[last : numeral.start], f"{numeral.value:.12g}"]
            last = numeral.end
    return "".join((*parts, text[last:]))


def _pointed(text: str, language: Language) -> Iterator[Numeral]:
    for match in _DIGITS.finditer(text):
        values = _values(match, language)
        if values:
            decimals = _decimals(match["body"], values[0] if match["sign"] is None else abs(values[0]))
            yield Numeral(match[0], match.start(), match.end(), values, decimals, signed=match["sign"] is not None)


def _values(match: re.Match[str], language: Language) -> tuple[float, ...]:
    exponent = match["exponent"] or match["power"] or "0"
    power = int(exponent.translate(_SUPER).replace("−", "-"))
    sign = -1.0 if match["sign"] and match["sign"][0] != "+" else 1.0
    bodies = _unpointed(match["body"], language, plain=power == 0)
    return tuple(sign * float(f"{body}e{power}") for body in bodies)


def _unpointed(body: str, language: Language, *, plain: bool) -> tuple[str, ...]:
    """The digits with a decimal point only; nothing when the separators make no number."""
    body = re.sub(rf"[{_BLANKS}]", "", body)
    signs = [sign for sign in body if sign in ".,"]
    if not signs:
        return (body,)
    if len(set(signs)) == 2:
        return _mixed(body, signs)
    head, *tails = re.split(r"[.,]", body)
    grouped = all(len(tail) == 3 for tail in tails) and 1 <= len(head) <= 3 and head[0] != "0"
    if len(signs) > 1:
        return (head + "".join(tails),) if grouped else ()
    point, thousand = f"{head or '0'}.{tails[0]}", head + tails[0]
    if not grouped or not plain:
        return (point,)
    if language in {"en", "zh"}:
        return (thousand,) if signs[0] == "," else (point,)
    return (point, thousand) if signs[0] == "," else (thousand, point)


def _mixed(body: str, signs: list[str]) -> tuple[str, ...]:
    last = signs[-1]
    whole, _, part = body.rpartition(last)
    groups = re.split(r"[.,]", whole)
    if last in signs[:-1] or any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3:
        return ()
    return (f"{''.join(groups)}.{part}",)


def _decimals(body: str, value: float) -> int:
    tail = re.search(r"[.,](\d+)$", body)
    return 0 if tail is None or (value == int(value) and len(tail[1]) == 3 and value >= 1000) else len(tail[1])


def _overs(text: str) -> Iterator[Numeral]:
    for match in _OVER.finditer(text):
        value = int(match[1]) / int(match[2])
        if 0 < value < 1:
            yield Numeral(match[0], match.start(), match.end(), (value,), kind="fraction")
    for place, letter in enumerate(text):
        if letter in _SIMPLE:
            yield Numeral(letter, place, place + 1, (_SIMPLE[letter],), kind="fraction")


def _worded(text: str, language: Language) -> Iterator[Numeral]:
    if language == "zh":
        yield from _han(text)
        return
    lexicon = COUNTING[language]
    words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        numeral, used = _counted(text, words, place, lexicon)
        if numeral:
            yield numeral
        place += max(used, 1)


Words = list[tuple[str, int, int]]


def _counted(text: str, words: Words, place: int, lexicon: Counting) -> tuple[Numeral | None, int]:
    value, used = _summed(text, words, place, lexicon)
    behind = (
        words[place + used][0] if used and place + used < len(words) and _close(text, words, place + used) else ""
    )
    lone = used == 1 and words[place][0] in lexicon.lone
    start = words[place][1]
    if dozen := lexicon.dozens.match(text, start):
        return Numeral(
            dozen[0], start, dozen.end(), (12.0 * (0.5 if dozen["half"] else max(value, 1)),), kind="word"
        ), len(dozen[0].split())
    if used and behind in lexicon.shares and (value == 1 or not lone or lexicon.plural(behind)):
        end = words[place + used][2]
        share = value * lexicon.shares[behind]
        if 0 < share < 1:
            return Numeral(text[start:end], start, end, (share,), kind="fraction"), used + 1
    if words[place][0] in lexicon.halves:
        end = words[place][2]
        return Numeral(text[start:end], start, end, (0.5,), kind="fraction"), 1
    if not used or (lone and behind not in lexicon.measures):
        return None, 0
    end = words[place + used - 1][2]
    return Numeral(text[start:end], start, end, (float(value),), kind="word"), used


def _summed(text: str, words: Words, place: int, lexicon: Counting) -> tuple[int, int]:
    """The number that the words from `place` on say, and how many of them: two hundred and twenty-five."""
    total, current, last, used, at = 0, 0, 0, 0, place
    while at < len(words) and (used == 0 or _close(text, words, at)):
        word = words[at][0]
        value = lexicon.words.get(word)
        if used and word in lexicon.joints and last >= lexicon.joint_from and at + 1 < len(words):
            ahead = lexicon.words.get(words[at + 1][0], 0)
            if 0 < ahead < last and _close(text, words, at + 1):
                at += 1
                continue
        if value is None or (used and not _follows(value, last)):
            break
        if value in _SCALES and (used == 0 or value > last or last < 100):
            current = max(current, 1) * value
            if value >= 1000:
                total, current = total + current, 0
        else:
            current += value
        at, last, used = at + 1, value, at + 1 - place
    return total + current, used


def _follows(value: int, last: int) -> bool:
    """Whether a number word continues the one before: "twenty five", "five hundred", "hundred five"."""
    if value in _SCALES:
        return last < value
    if last in {1000, 1_000_000}:
        return value < last
    return (last % 100 == 0 and last >= 100 and value < 100) or (20 <= last < 100 and last % 10 == 0 and value < 10)


def _close(text: str, words: Words, at: int) -> bool:
    return text[words[at - 1][2] : words[at][1]] in {" ", "-"}


def _han(text: str) -> Iterator[Numeral]:
    for match in _HAN.finditer(text):
        said = match[0]
        percent = said.startswith("百分之")
        whole, _, part = said.removeprefix("百分之").partition("分之")
        if part:
            share = _han_value(part) / max(_han_value(whole), 1)
            yield Numeral(said, match.start(), match.end(), (share,), kind="fraction")
        elif percent and whole:
            yield Numeral(said, match.start(), match.end(), (_han_value(whole),), kind="word")
        elif said in {"半", "一半"}:
            yield Numeral(said, match.start(), match.end(), (0.5,), kind="fraction")
        elif (
            not _HAN_ORDINAL.match(text, max(match.start() - 1, 0))
            and said != "万一"
            and _HAN_COUNTED.match(text, match.end())
        ):
            yield Numeral(said, match.start(), match.end(), (_han_value(said),), kind="word")


def _han_value(said: str) -> float:
    whole, _, part = said.partition("点")
    total, current = 0.0, 0.0
    for sign in whole:
        if sign == "半":
            total += 0.5
        elif sign == "万":
            total, current = (total + current) * 10_000, 0.0
        elif sign in _HAN_SCALES:
            total, current = total + max(current, 1.0) * _HAN_SCALES[sign], 0.0
        else:
            current = current * 10 * (current > 0) + _HAN_DIGITS[sign]
    places = "".join(str(_HAN_DIGITS[sign]) for sign in part)
    return total + current + (float(f"0.{places}") if places else 0.0)
