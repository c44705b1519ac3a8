"""What detectors write, read back and said in the reader's language."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.console.events.card import card_markup
from api.console.events.filters import EventFilter
from api.console.events.message import message_of
from api.console.events.states import entries
from api.console.view import View
from api.console.words import Words
from models.anomaly.decision import Alarm, DecisionConfig
from models.anomaly.event import Dating, Event
from models.anomaly.frames import SeverityConfig, build_frame
from models.anomaly.hearing import Gap, Silent
from models.anomaly.moves import PastMove
from models.anomaly.reading import Finding
from models.anomaly.silence_frames import opened, with_gaps
from twin.plant import Asset, Plant, Tag, TagRole

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEGIN = np.datetime64("2026-03-10T11:00", "us")
STEP = timedelta(minutes=3)
NAMES = tuple(f"level{number:x}" for number in range(14))
PLANT = Plant(
    name="works",
    description="",
    time_zone=ZoneInfo("Europe/Berlin"),
    step=STEP,
    night_shift="night",
    shifts=(),
    assets=(Asset("tank", "", None),),
    tags=(
        *(Tag(name, "tank", TagRole.MEASURED, "percent", f"Level; wide: {name}", 0, 100, STEP) for name in NAMES),
        Tag("sp.level", "tank", TagRole.SETPOINT, "percent", "Setpoint", 0, 100, None),
        Tag("mv.valve", "tank", TagRole.MV, "1", "Valve", 0, 1, None),
    ),
)
WHAT = "Level; wide: level0"
OVER, UNDER = f"{WHAT} lag über dem, was das Modell erwartete", f"{WHAT} lag unter dem, was das Modell erwartete"
SILENT = f"{WHAT} (level0) sendete nichts von Di 10. März 12:00 bis 13:00 CET."
ELSEWHERE = "Die Anlage folgt ihren Gesetzen, aber dort, wo sie im Training nie war"


def view(language):
    return View(SimpleNamespace(twin=SimpleNamespace(plant=PLANT)), Words(language))


def said(frame, language="de"):
    return message_of(view(language), frame)


def frame(sigma=4.0, change=np.nan, bias=0.0, sensor=None, **fields):
    event = Event(
        id="one",
        detected=BEGIN,
        alarm=Alarm(DecisionConfig(), STEP),
        finding=Finding(np.array([1.0]), np.array([sigma]), np.array([sigma]), sensor, bias),
        dating=Dating(BEGIN, np.array([BEGIN]), np.array([change])),
        peak=2.0,
        last_high=BEGIN,
    )
    for name, value in {"sensor": sensor, **fields}.items():
        setattr(event, name, value)
    return build_frame(event, PLANT, ("level0",), "v1", SeverityConfig())


def move(tag, before, after):
    return PastMove(tag, 0, BEGIN, before, after, 0, None)


def silence(count, bad=False):
    since = NOW - timedelta(hours=1)
    return opened("tank", [Silent(name, since, STEP, bad) for name in NAMES[:count]], 14, PLANT, NOW)


def ended(frame, gaps=()):
    limits = dict.fromkeys(NAMES, STEP)
    return with_gaps(frame, gaps, NOW, PLANT, limits, NOW)


SETPOINT, VALVE = move("sp.level", 50, 52.5), move("mv.valve", 0.25, 0.5)
GONE = Gap("level0", NOW - timedelta(hours=1), NOW)
CASES = {
    "above": (
        frame(),
        f"{OVER}; kein aufgezeichneter Stelleingriff erklärt das.",
    ),
    "fallen": (
        frame(-4.0, -2.25),
        f"{UNDER}; gefallen um 2,25 %; kein aufgezeichneter Stelleingriff erklärt das.",
    ),
    "setpoint": (
        frame(4.0, 1234.0, move=SETPOINT),
        f"{OVER}; gestiegen um 1230 %; erklärt durch die Sollwertänderung sp.level von 50 % auf 52,5 %.",
    ),
    "valve": (
        frame(move=VALVE),
        f"{OVER}; erklärt durch die Änderung von mv.valve von 0,25 auf 0,5.",
    ),
    "reads": (
        frame(sensor=0, bias=-1.5),
        f"{WHAT}: Der Messumformer zeigt etwa 1,5 % weniger, als der Rest der Anlage erwarten lässt.",
    ),
    "frozen": (
        frame(sensor=0, frozen=42.0),
        f"{WHAT}: Der Messumformer wiederholt seit 42 min denselben Wert.",
    ),
    "regime": (
        frame(-4.25, settled=True),
        f"{ELSEWHERE}: {WHAT} liegt um das 4,2-Fache der gewöhnlichen Schwankung unter dem Gewöhnlichen.",
    ),
    "unlogged": (
        frame(unlogged=move("sp.level", 50, 47.5)),
        "Die Anlage reagiert, als wäre sp.level um etwa 2,5 % gesenkt worden; aufgezeichnet ist das nicht.",
    ),
    "silent": (silence(1), f"{WHAT} (level0) hat seit Di 10. März 12:00 CET nichts gesendet."),
    "two": (
        silence(2, bad=True),
        "2 Tags von tank senden seit Di 10. März 12:00 CET nur schlechte Qualität: level0, level1.",
    ),
    "many": (
        silence(14),
        f"14 Tags von tank haben seit Di 10. März 12:00 CET nichts gesendet: {', '.join(NAMES[:12])} und 2 weitere.",
    ),
    "over": (
        ended(silence(1), [GONE]),
        SILENT,
    ),
    "withdrawn": (
        ended(silence(1)),
        f"Zurückgezogen: Späte Werte füllen die Lücke. {SILENT}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_detector_writes_is_said_in_german_with_every_number(case):
    event, german = CASES[case]
    assert said(event) == german
    assert german in card_markup(view("de"), entries([event], {})[0])


@pytest.mark.parametrize("case", CASES)
def test_in_english_it_is_the_detectors_sentence_with_units_as_people_write_them(case):
    event, _ = CASES[case]
    shown = said(event, "en").replace(" %", " percent").replace("1230", "1.23e+03")
    assert shown.replace("to 13:00", "to Tue 10 Mar 13:00") == event.message


@pytest.mark.parametrize("text", ["Level moved.", "level0 went above what the model expected; somehow.", ""])
def test_what_is_written_otherwise_is_shown_as_it_was_written(text):
    assert said(frame().model_copy(update={"message": text})) == text


def test_a_list_is_searched_for_what_its_reader_sees():
    (entry,) = entries([frame(sensor=0, frozen=42.0)], {})
    chosen = EventFilter(text="messumformer")
    assert chosen.admits(entry, PLANT, said(entry.event))
    assert not chosen.admits(entry, PLANT, said(entry.event, "en"))
