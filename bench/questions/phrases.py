"""Training phrases of the intent model: sentences with slots, filled with names, amounts and times."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from twin.query import INTENTS

FOLDER = Path(__file__).parent / "items" / "train"

_NAMES = {
    "en": ["reactor pressure", "TI-204", "the kettle temperature", "boiler drum level", "FIC101", "steam flow", "pH",
           "vat 3 weight", "XMEAS 12", "cooling water valve", "the A feed", "inlet temp", "sp.furnace_temperature"],
    "de": ["Reaktordruck", "TI-204", "die Vorlauftemperatur", "Füllstand B2", "FIC101", "der Dampfdurchfluss",
           "Sauerstoff im Becken 1", "die Drehzahl der Pumpe"],
    "es": ["la presión del reactor", "TI-204", "la temperatura de entrada", "el nivel del tanque", "FIC101",
           "el caudal"],
    "zh": ["反应器压力", "TI-204", "进料流量", "锅炉温度", "FIC101", "储罐液位"],
}  # fmt: skip
_ASSETS = {
    "en": ["reactor", "separator", "boiler 2", "mill", "evaporator", "K-500", "north tank"],
    "de": ["Reaktor", "Kessel 2", "Belebungsbecken", "Verdichter", "Rührwerk"],
    "es": ["reactor", "separador", "horno 2", "tanque"],
    "zh": ["反应器", "分离器", "二号锅炉", "压缩机"],
}
_PAST = {
    "en": ["last night", "yesterday", "today", "this shift", "since 06:00", "in the last 6 hours", "on Monday",
           "this morning", "between 22:00 and 02:00", "on the night of the 3rd", "last week", "lst nite", "overnight",
           "over the weekend", "the night before", "during the late shift", "2 hours before the last event"],
    "de": ["letzte Nacht", "gestern", "heute", "in dieser Schicht", "seit 06:00", "in den letzten 6 Stunden",
           "am Montag", "heute früh", "zwischen 22:00 und 02:00", "letzte Woche"],
    "es": ["anoche", "ayer", "hoy", "en este turno", "desde las 06:00", "en las últimas 6 horas", "el lunes",
           "esta mañana", "la semana pasada"],
    "zh": ["昨晚", "昨天", "今天", "这个班", "06:00以来", "过去6小时", "周一", "今天早上", "上周"],
}  # fmt: skip
_AT = {
    "en": ["at 02:00", "at 3 am", "around 14:30", "at 02:13 last night", "an hour ago", "yesterday at noon"],
    "de": ["um 02:00", "gegen 14:30 Uhr", "gestern um 3 Uhr", "vor 2 Stunden"],
    "es": ["a las 02:00", "hacia las 14:30", "ayer a las 3", "hace 2 horas"],
    "zh": ["02:00", "凌晨2点", "昨天下午3点", "两小时前"],
}
_AHEAD = {
    "en": ["in the next 4 hours", "in 2 hours", "tomorrow", "by noon", "until the end of the shift", "tonight"],
    "de": ["in den nächsten 4 Stunden", "in 2 Stunden", "morgen", "bis Mittag"],
    "es": ["en las próximas 4 horas", "en 2 horas", "mañana", "hasta el mediodía"],
    "zh": ["接下来4小时", "两小时后", "明天", "到中午"],
}
_DURATION = {
    "en": ["2 hours", "90 minutes", "half an hour"],
    "de": ["2 Stunden", "90 Minuten"],
    "es": ["2 horas", "90 minutos"],
    "zh": ["2小时", "90分钟"],
}
_NTH = {
    "en": ["first", "second", "last"],
    "de": ["ersten", "zweiten", "letzten"],
    "es": ["primer", "segundo", "último"],
    "zh": ["第一个", "第二个", "最后一个"],
}
_AMOUNTS = ["10 %", "40 kPa", "5 degC", "1.5 bar", "3 m3/h", "20 rpm", "0.2 mg/l"]
_VALUES = ["2745 kPa", "2,850 kPa", "60 %", "118.5 degC", "7", "3.2 bar", "165 F"]
_IDS = ["ev-20261122-01", "evt-0330-a"]
_NAMED = {"tag": "TAG", "tag2": "TAG", "asset": "ASSET"}
_TIMED = {"past": "TIME", "past2": "TIME", "at": "MOMENT", "ahead": "AHEAD"}
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_UNMASKED = 0.15


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence with slots, and what kind of question it is."""

    source: str
    language: str
    intent: str
    text: str


def phrases(folder: Path = FOLDER) -> tuple[Phrase, ...]:
    """Every phrase of the folder's files, in order; raises ValueError for an intent that there is not."""
    return tuple(phrase for path in sorted(folder.glob("*.yaml")) for phrase in _read(path))


def filled(phrase: Phrase, tags: Sequence[str], assets: Sequence[str]) -> str:
    """The sentence with its slots filled, its names from these; the same for the same phrase."""
    draw = _draw(phrase, 0)
    first, second = draw.sample(tags, 2)
    named = {"tag": first, "tag2": second, "asset": draw.choice(assets)}
    return phrase.text.format_map({**_slots(phrase.language, draw), **named})


def masked(phrase: Phrase, turn: int = 0) -> str:
    """The sentence as the reader masks it: times in English only; from turn 1 on some slots are missed."""
    draw = _draw(phrase, turn)
    masks = _NAMED | (_TIMED if phrase.language == "en" else {})
    slots = dict(_slots(phrase.language, draw))
    for name in slots:
        if turn == 0 or draw.random() > _UNMASKED:
            slots[name] = masks.get(name, slots[name])
    return _NUMBER.sub("N", phrase.text.format_map(slots))


def _draw(phrase: Phrase, turn: int) -> random.Random:
    return random.Random(f"{phrase.source} {phrase.text} {turn}")


def _read(path: Path) -> Iterator[Phrase]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for intent, languages in content["phrases"].items():
        if intent not in INTENTS:
            raise ValueError(f"{path.name}: {intent!r} is no intent")
        for language, lines in languages.items():
            for text in lines.splitlines():
                yield Phrase(content["source"], language, intent, text)


def _slots(language: str, draw: random.Random) -> Mapping[str, str]:
    first, second = draw.sample(_NAMES[language], 2)
    past, other = draw.sample(_PAST[language], 2)
    return {
        "tag": first,
        "tag2": second,
        "asset": draw.choice(_ASSETS[language]),
        "past": past,
        "past2": other,
        "at": draw.choice(_AT[language]),
        "ahead": draw.choice(_AHEAD[language]),
        "dur": draw.choice(_DURATION[language]),
        "nth": draw.choice(_NTH[language]),
        "amt": draw.choice(_AMOUNTS),
        "num": draw.choice(_VALUES),
        "id": draw.choice(_IDS),
    }
