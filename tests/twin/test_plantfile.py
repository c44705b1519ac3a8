"""The plant file: every mistake is named with file, line, field, value and what was expected."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from twin.errors import PlantFileError
from twin.plant import Gain, Limits, Retention, TagRole
from twin.plantfile import _Asset, _Limits, _Plant, _Tag, load_plant

GOOD = """\
name: dairy
description: A pasteuriser
time_zone: Europe/Copenhagen
step: 1 min
shifts:
  - {name: day, start: 06:00, end: 18:00}
  - {name: night, start: 18:00, end: 06:00}
night_shift: night
assets:
  - {name: tank, description: Milk tank, parent: site}
  - {name: site, description: All of it, aliases: [dairy]}
tags:
  - name: TI1
    asset: tank
    role: measured
    unit: degC
    description: Temperature
    range: [0, 100]
    cadence: 30 s
    handle: TI1.SP
    limits: {lo: 60, hi: 80, trip_hi: 95.5}
    aliases: [milk temperature, 7, no]
  - name: TI1.SP
    asset: tank
    role: setpoint
    unit: degC
    description: Setpoint
    range: [50, 90]
    cadence: on change
    movable: true
    aliases: [temperature]
  - name: FI1
    asset: site
    role: measured
    unit: m3/h
    description: Flow
    range: [0, 5]
    cadence: 1 min
    aliases: [temperature, flow]
"""


def load(folder: Path, text: str) -> object:
    file = folder / "plant.yaml"
    file.write_text(text, encoding="utf-8")
    return load_plant(file)


def test_a_tag_on_change_may_have_a_longest_silence(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(GOOD.replace("cadence: on change", "cadence: on change\n    max_silence: 8 h"), encoding="utf-8")
    plant = load_plant(file)
    assert plant.max_silence(plant.tag("TI1.SP")) == timedelta(hours=8)


def test_everything_in_the_file_is_in_the_plant(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(GOOD, encoding="utf-8")
    plant = load_plant(file)
    assert (plant.name, plant.time_zone.key, plant.step) == ("dairy", "Europe/Copenhagen", timedelta(minutes=1))
    assert [(shift.name, shift.start, shift.end) for shift in plant.shifts] == [
        ("day", time(6), time(18)),
        ("night", time(18), time(6)),
    ]
    temperature = plant.tag("TI1")
    assert (temperature.role, temperature.unit, temperature.low, temperature.high) == (
        TagRole.MEASURED,
        "degC",
        0.0,
        100.0,
    )
    assert temperature.cadence == timedelta(seconds=30)
    assert temperature.limits == Limits(lo=60.0, hi=80.0, trip_hi=95.5)
    assert temperature.handle == "TI1.SP"
    assert plant.tag("TI1.SP").movable
    assert plant.tag("TI1.SP").cadence is None
    assert plant.max_silence(temperature) == max(5 * temperature.cadence, plant.step)
    assert plant.max_silence(plant.tag("TI1.SP")) is None


def test_each_role_may_have_its_retention(tmp_path: Path) -> None:
    plant = load(tmp_path, GOOD + "retention:\n  measured: {samples: 90 d, rollups: 3650 d}\n  mv: {samples: 14 d}\n")
    assert plant.retention == {
        TagRole.MEASURED: Retention(timedelta(days=90), timedelta(days=3650)),
        TagRole.MV: Retention(timedelta(days=14), None),
    }


GAINS = """\
gains:
  - {move: TI1.SP, tag: TI1, sign: positive, gain: 1}
  - {move: TI1.SP, tag: FI1, sign: none}
"""


def test_what_a_move_does_in_the_long_run_may_be_stated(tmp_path: Path) -> None:
    plant = load(tmp_path, GOOD + GAINS)
    assert plant.gains == (Gain("TI1.SP", "TI1", 1, 1.0), Gain("TI1.SP", "FI1", 0))
    assert load(tmp_path, GOOD).gains == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gain: 1}", "gain: -1}", r":41: gains\[0\].gain .*is -1.0, expected a gain of the sign that is stated"),
        ("gain: 1}", "gain: .nan}", r":41: gains\[0\].gain"),
        ("sign: none", "sign: none, gain: 2", r":42: gains\[1\].gain .*is 2.0, expected .*which is none"),
        ("sign: none", "sign: up", r":42: gains\[1\].sign .*is up, expected"),
        ("TI1.SP, tag: TI1,", "FI1, tag: TI1,", r":41: gains\[0\].move .*is FI1, expected the name of a movable tag"),
        ("tag: FI1", "tag: FI9", r":42: gains\[1\].tag .*is FI9, expected the name of a tag that is not movable"),
        ("tag: FI1", "tag: TI1.SP", r":42: gains\[1\].tag .*is TI1.SP, expected .*not movable"),
        ("tag: FI1", "tag: TI1", r":42: gains\[1\].tag .*is TI1, expected one statement about what TI1.SP does"),
    ],
)
def test_a_statement_that_cannot_hold_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GAINS
    with pytest.raises(PlantFileError, match=said):
        load(tmp_path, GOOD + GAINS.replace(old, new))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("samples: 13 d", r"retention.measured.samples is 13 d, expected 14 d or more"),
        ("samples: 30 d, rollups: 20 d", r"retention.measured.rollups is 20 d, expected no less than samples"),
        ("rollups: 20 d", r"retention.measured.rollups is 20 d, expected no less than samples"),
    ],
)
def test_a_retention_that_loses_what_is_needed_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    with pytest.raises(PlantFileError, match=said):
        load(tmp_path, GOOD + f"retention:\n  measured: {{{entry}}}\n")


def test_words_that_yaml_would_turn_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_plant(file).tag("TI1").aliases == ("milk temperature", "7", "no")


def test_two_tags_may_share_an_alias(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(GOOD, encoding="utf-8")
    sharing = [tag.name for tag in load_plant(file).tags if "temperature" in tag.aliases]
    assert sharing == ["TI1.SP", "FI1"]


def test_assets_come_from_the_top(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(GOOD, encoding="utf-8")
    plant = load_plant(file)
    assert [asset.name for asset in plant.assets] == ["site", "tank"]
    assert {tag.name for tag in plant.tags_of("site")} == {"TI1", "TI1.SP", "FI1"}


MISTAKES = {
    "an unknown key": (
        "    unit: degC\n    description: Temperature",
        "    unit: degC\n    colour: red\n    description: x",
        17,
        "tags[0].colour (TI1) is red",
        "no such key",
    ),
    "a unit that is none": ("unit: m3/h", "unit: bogomips", 35, "tags[2].unit (FI1) is bogomips", "engineering unit"),
    "an empty unit": ("unit: m3/h", 'unit: ""', 35, "tags[2].unit (FI1) is ''", "engineering unit"),
    "a range upside down": ("range: [0, 5]", "range: [5, 0]", 37, "tags[2].range (FI1) is [5, 0]", "low below high"),
    "a range of one number": ("range: [0, 5]", "range: [5]", 37, "tags[2].range", "expected"),
    "a number that is none": (
        "range: [0, 5]",
        "range: [0, five]",
        37,
        "tags[2].range[1] (FI1) is five",
        "valid number",
    ),
    "an infinite number": ("range: [0, 5]", "range: [0, .inf]", 37, "tags[2].range[1] (FI1) is .inf", "number"),
    "limits out of order": (
        "lo: 60, hi: 80",
        "lo: 80, hi: 60",
        21,
        "tags[0].limits.hi (TI1) is 60",
        "more than lo, which is 80 degC",
    ),
    "equal limits": ("trip_hi: 95.5", "trip_hi: 80", 21, "tags[0].limits.trip_hi (TI1) is 80", "more than hi"),
    "a limit beyond the range": (
        "trip_hi: 95.5",
        "trip_hi: 120",
        21,
        "tags[0].limits.trip_hi (TI1) is 120",
        "inside the range [0, 100] degC",
    ),
    "a limit that there is not": ("trip_hi: 95.5", "high: 95", 21, "tags[0].limits.high (TI1) is 95", "no such key"),
    "an unknown asset": ("    asset: site", "    asset: roof", 33, "tags[2].asset (FI1) is roof", "site, tank"),
    "an unknown parent": ("parent: site", "parent: roof", 10, "assets[0].parent (tank) is roof", "one of the assets"),
    "an asset that feeds itself": (
        "parent: site}",
        "parent: site, feeds: [tank]}",
        10,
        "assets[0].feeds[0] (tank) is tank",
        "one of the other assets site",
    ),
    "parents in a circle": (
        "All of it, aliases: [dairy]",
        "All of it, parent: tank",
        10,
        "assets[0].parent (tank) is site",
        "circle",
    ),
    "an asset twice": ("name: site", "name: tank", 10, "assets[0].name (tank) is tank", "no other of the assets"),
    "a tag twice": ("name: FI1", "name: ti1", 13, "tags[0].name (TI1) is TI1", "no other of the tags"),
    "an alias that is another tag": (
        "[temperature, flow]",
        "[ti1.sp]",
        39,
        "tags[2].aliases[0] (FI1) is ti1.sp",
        "not the name of the tag TI1.SP",
    ),
    "a handle that is not movable": (
        "handle: TI1.SP",
        "handle: FI1",
        20,
        "tags[0].handle (TI1) is FI1",
        "not movable",
    ),
    "a handle that is not there": (
        "handle: TI1.SP",
        "handle: XV1",
        20,
        "tags[0].handle (TI1) is XV1",
        "no tag of that name",
    ),
    "a movable measurement": (
        "movable: true",
        "movable: true\n    role: measured",
        31,
        "tags[1].role",
        "a second time",
    ),
    "a measurement that is moved": (
        "    cadence: 1 min",
        "    cadence: 1 min\n    movable: true",
        39,
        "tags[2].movable (FI1) is true",
        "only setpoint and mv",
    ),
    "a bad longest silence": (
        "cadence: 30 s",
        "cadence: 30 s\n    max_silence: never",
        20,
        "tags[0].max_silence (TI1) is never",
        "a duration such as",
    ),
    "a role that there is not": ("role: setpoint", "role: knob", 25, "tags[1].role (TI1.SP) is knob", "'setpoint'"),
    "a bad time zone": ("Europe/Copenhagen", "Europe/Atlantis", 3, "time_zone is Europe/Atlantis", "IANA"),
    "a bad time of day": (
        "start: 06:00, end: 18:00",
        "start: 26:00, end: 18:00",
        6,
        "shifts[0].start (day) is 26:00",
        "time of day",
    ),
    "a shift of no length": (
        "start: 06:00, end: 18:00",
        "start: 06:00, end: 06:00",
        6,
        "shifts[0].end (day) is 06:00",
        "another time than the start",
    ),
    "a night that is no shift": ("night_shift: night", "night_shift: late", 8, "night_shift is late", "day, night"),
    "a bad step": ("step: 1 min", "step: 1 moon", 4, "step is 1 moon", "a duration such as"),
    "a bad cadence": ("cadence: 30 s", "cadence: often", 19, "tags[0].cadence (TI1) is often", "on change"),
    "a missing field": (
        "    description: Flow\n",
        "",
        32,
        "tags[2].description (FI1), expected a value",
        "none is given",
    ),
    "a key twice": ("step: 1 min", "step: 1 min\nstep: 2 min", 5, "step is given a second time", "expected once"),
    "a name with a blank": ("name: FI1", "name: FI 1", 32, "tags[2].name (FI 1) is FI 1", "pattern"),
    "no list at all": ("name: dairy", "name: [dairy]", 1, "name is a list of 1", "string"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_field_and_value(tmp_path: Path, mistake: str) -> None:
    old, new, line, said, expected = MISTAKES[mistake]
    assert old in GOOD
    with pytest.raises(PlantFileError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    first = caught.value.detail.splitlines()[0]
    assert first.startswith(f"{tmp_path / 'plant.yaml'}:{line}: {said}"), first
    assert expected in first


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("range: [0, 5]", "range: [5, 0]").replace("parent: site", "parent: roof")
    with pytest.raises(PlantFileError) as caught:
        load(tmp_path, text)
    lines = [int(line.split(":")[1]) for line in caught.value.detail.splitlines()]
    assert lines == [10, 37]
    assert caught.value.field == "assets[0].parent"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("tags: [", ":1: this is not YAML"),
        ("a: b: c", "not YAML"),
        ("- 1", "the file is a list of 1"),
    ],
)
def test_a_file_that_is_no_plant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PlantFileError, match=said):
        load(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlantFileError, match=r"nowhere\.yaml cannot be read"):
        load_plant(tmp_path / "nowhere.yaml")


PAGE = (Path(__file__).parents[2] / "docs" / "plant-file.md").read_text(encoding="utf-8")


def test_the_example_in_the_documentation_is_a_plant(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(PAGE.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert load_plant(file).tag("TI101").handle == "TIC101.SP"


def test_every_key_and_every_role_is_documented() -> None:
    keys = {*_Plant.model_fields, *_Asset.model_fields, *_Tag.model_fields, *_Limits.model_fields, *TagRole}
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


KPIS = (
    GOOD
    + """\
kpis:
  - {name: heat, unit: kW, description: Heat in the milk, formula: "1.1 * {FI1} * ({TI1} - 4)"}
"""
)


def test_a_kpi_is_a_formula_over_tags(tmp_path):
    kpi = load(tmp_path, KPIS).kpis[0]
    assert (kpi.name, kpi.unit, kpi.formula.tags) == ("heat", "kW", ("FI1", "TI1"))
    assert load(tmp_path, GOOD).kpis == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{FI1}", "{FI9}", r":41: kpis\[0\].formula .*is FI9, expected .*there is no tag of that name"),
        ("{FI1}", "abs({FI1})", r":41: kpis\[0\].formula .*expected arithmetic"),
        ("{FI1} * ({TI1} - 4)", "3", r":41: kpis\[0\].formula .*expected a formula with at least one"),
        ("unit: kW", 'unit: ""', r":41: kpis\[0\].unit"),
    ],
)
def test_a_wrong_kpi_is_named_with_its_line(tmp_path, old, new, said):
    with pytest.raises(PlantFileError, match=said):
        load(tmp_path, KPIS.replace(old, new))
