"""The demo plant: repeatable, cloneable, and the same plant as the package's."""

import dataclasses

import numpy as np
import pytest
from tep_studio import TennesseeEastmanProcess
from tep_studio.control import RickerMultiLoopController

from ingest.demo.kernel import STEP_H
from ingest.demo.process import MEASURED, MOVABLE, OBSERVED, Process, counterfactual
from ingest.demo.schedule import ORDINARY
from twin.errors import InvalidInput, UnknownTag
from twin.plant import Plant

SEED = 4243534565


def test_the_same_seed_and_moves_repeat_bit_for_bit() -> None:
    def rows() -> list[np.ndarray]:
        process = Process.start(SEED, background=0.1)
        first = process.run(40)
        process.move("sp.reactor_level", 78.0)
        return [first, process.run(40)]

    once, again = rows(), rows()
    assert np.array_equal(once[0], again[0])
    assert np.array_equal(once[1], again[1])


def test_another_seed_gives_another_plant() -> None:
    assert not np.array_equal(Process.start(SEED).run(5), Process.start(SEED + 2).run(5))


def test_a_clone_that_makes_no_move_repeats_its_twin(process: Process) -> None:
    clone = process.clone()
    assert np.array_equal(process.run(120), clone.run(120))


def test_a_clone_leaves_its_twin_alone(process: Process) -> None:
    undisturbed = process.clone().run(30)
    clone = process.clone()
    clone.move("sp.reactor_pressure", 2745.0)
    clone.disturb(4, 1.0)
    clone.run(30)
    assert np.array_equal(process.run(30), undisturbed)


def test_a_clone_with_a_move_goes_another_way(process: Process) -> None:
    baseline, scenario = counterfactual(process, [("sp.reactor_pressure", 2745.0)], 240)
    effect = (scenario - baseline)[:, OBSERVED.index("reactor_pressure")]
    assert effect[0] != 0
    assert effect[-60:].mean() == pytest.approx(40.0, abs=4.0)
    assert process.minute == 90


def test_a_counterfactual_carries_no_measurement_noise(process: Process) -> None:
    baseline, scenario = counterfactual(process, [("mv.agitator", 51.0)], 5)
    level = OBSERVED.index("stripper_level")
    assert np.abs(np.diff(baseline[:, level])).max() > 0.1
    assert np.abs((scenario - baseline)[:, level]).max() < 0.01


def test_a_snapshot_brings_back_the_same_future(process: Process) -> None:
    process.move("bias.a_feed", 0.9)
    snapshot = process.snapshot()
    future = process.run(60)
    restored = Process.restore(snapshot)
    assert restored.minute == 90
    assert restored.levels["bias.a_feed"] == 0.9
    assert np.array_equal(restored.run(60), future)


def test_a_damaged_snapshot_is_refused(process: Process) -> None:
    with pytest.raises(ValueError):
        Process.restore(process.snapshot()[:-40])


def test_it_is_the_plant_and_controller_of_the_package() -> None:
    """An hour with setpoint moves half-way, against the package's own classes."""
    minutes, move_at = 60, 30
    reference = TennesseeEastmanProcess(solver_method="Euler", fixed_step=STEP_H, ms_flag=0xE1)
    measured, _ = reference.reset(seed=777.0)
    controller = RickerMultiLoopController(enable_overrides=True)
    controller.reset(measured, time=0.0)
    setpoints = {tag.removeprefix("sp."): ORDINARY[tag][0] for tag in MOVABLE if tag.startswith("sp.")}
    controller.setpoints = dataclasses.replace(controller.setpoints, **setpoints)
    process = Process.start(777)
    step = 0
    for minute in range(minutes):
        if minute == move_at:
            controller.setpoints = dataclasses.replace(controller.setpoints, reactor_temperature=121.4, pct_g=50.0)
            process.move("sp.reactor_temperature", 121.4)
            process.move("sp.pct_g", 50.0)
        row = process.run(1)[0, : len(MEASURED)]
        while step < (minute + 1) * 100 // 3:
            action, _ = controller.compute_action(measured, time=reference.time)
            measured = reference.advance(action, control_interval=STEP_H).measurements
            step += 1
        assert row == pytest.approx(measured, rel=1e-6)


def test_three_minutes_are_a_hundred_control_steps() -> None:
    process = Process.start(SEED)
    process.run(3)
    assert process.clone()._kernel.time == pytest.approx(100 * STEP_H, abs=1e-12)
    process.run(57)
    assert process._kernel.time == pytest.approx(1.0, abs=1e-9)


def test_a_trip_is_seen_and_ends_the_run(process: Process) -> None:
    process.disturb(6, 1.0)
    rows = process.run(12 * 60)
    assert process.trip
    assert 4 * 60 < len(rows) < 10 * 60
    assert process.minute == 90 + len(rows)


def test_a_living_plant_moves_by_itself() -> None:
    temperature, noise = OBSERVED.index("stripper_temperature"), 0.01
    still, living = (Process.start(SEED, background).run(300)[:, temperature] for background in (0.0, 0.1))
    assert np.abs(living - still).max() > 10 * noise


def test_a_fault_is_calmed_to_the_background(process: Process) -> None:
    undisturbed = process.clone()
    process.disturb(11, 1.0)
    process.calm(11)
    assert np.array_equal(process.run(30), undisturbed.run(30))


def test_only_movable_tags_are_moved(process: Process) -> None:
    with pytest.raises(UnknownTag):
        process.move("reactor_pressure", 2700.0)


@pytest.mark.parametrize(("number", "fraction"), [(0, 0.5), (29, 0.5), (4, 1.5), (4, -0.1)])
def test_only_disturbances_there_are_can_be_put_on(process: Process, number: int, fraction: float) -> None:
    with pytest.raises(InvalidInput):
        process.disturb(number, fraction)


def test_the_plant_file_names_what_the_process_has(demo_plant: Plant) -> None:
    assert tuple(tag.name for tag in demo_plant.observed) == OBSERVED
    assert tuple(tag.name for tag in demo_plant.movable) == MOVABLE


def test_the_plant_starts_at_the_centre_of_ordinary_operation() -> None:
    assert Process.start(SEED).levels == {tag: centre for tag, (centre, _) in ORDINARY.items()}


def test_ordinary_levels_lie_well_inside_the_setpoints_ranges(demo_plant: Plant) -> None:
    for name, (centre, half) in ORDINARY.items():
        tag = demo_plant.tag(name)
        assert 1.5 * half <= centre - tag.low <= 3 * half
        assert 1.5 * half <= tag.high - centre <= 3 * half


def test_ordinary_operation_lies_inside_the_instruments_ranges(demo_plant: Plant, process: Process) -> None:
    rows = process.run(240)
    for column, name in enumerate(OBSERVED):
        tag = demo_plant.tag(name)
        assert tag.low < rows[:, column].min(), name
        assert rows[:, column].max() < tag.high, name
