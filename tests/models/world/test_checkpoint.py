import numpy as np
import pytest

from models import checkpoint
from models.checkpoint import load, load_part, save
from twin.errors import CheckpointError

from .conftest import STEP, make_plant, tag


@pytest.fixture
def path(model, tmp_path):
    target = tmp_path / "model.safetensors"
    save(model, target)
    return target


def test_a_loaded_model_predicts_bit_for_bit_the_same(model, path, tank):
    window = tank.window()
    moves = np.tile(window.select(model.card.moves).values[-1], (20, 1))
    (one, seen), (other, again) = model.observe(window), load(path, tank.plant).observe(window)
    assert np.array_equal(seen.predicted, again.predicted)
    assert np.array_equal(seen.noise, again.noise)
    assert np.array_equal(model.imagine(one, moves).paths, load(path, tank.plant).imagine(other, moves).paths)


def test_the_card_survives(model, path, tank):
    assert load(path, tank.plant).card == model.card


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.99])
def test_a_half_written_file_is_refused(path, tank, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(CheckpointError, match="damaged"):
        load(path, tank.plant)


def test_no_file_is_said_to_be_no_file(tank, tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load(tmp_path / "none.safetensors", tank.plant)


def test_a_failed_write_leaves_the_old_file(model, path, tank, monkeypatch):
    def broken(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint.os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        save(model, path)
    assert load(path, tank.plant).card == model.card


def test_a_checkpoint_may_be_read_as_any_other_file(path):
    ordinary = path.with_name("ordinary")
    ordinary.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode


def test_another_plant_is_refused_by_name(path):
    with pytest.raises(CheckpointError, match="'Tank', not to 'Boiler'"):
        load(path, make_plant("Boiler"))


def test_a_plant_with_another_tag_is_refused_by_that_tag(path):
    with pytest.raises(CheckpointError, match="lacks extra"):
        load(path, make_plant(extra=(tag("extra", STEP),)))


def test_a_file_that_lacks_a_tensor_is_refused(path, tank):
    description, tensors = checkpoint._read(path)
    lost = next(name for name in tensors if name.startswith("dynamics."))
    kept = {name: tensor for name, tensor in tensors.items() if name != lost}
    path.write_bytes(checkpoint.serialized(kept, metadata={"foretell": description.model_dump_json()}))
    with pytest.raises(CheckpointError, match=f"incomplete: {lost}"):
        load(path, tank.plant)


def test_a_part_travels_with_the_model(model, path, tank):
    save(model, path, {"detector": {"limit": np.array([1.0, np.inf]), "about": np.frombuffer(b"week", np.uint8)}})
    part = load_part(path, "detector")
    assert part["limit"].tolist() == [1.0, np.inf]
    assert part["about"].numpy().tobytes() == b"week"
    assert load(path, tank.plant).card == model.card


def test_a_part_that_is_not_there_is_refused(path):
    with pytest.raises(CheckpointError, match="no part 'detector'"):
        load_part(path, "detector")


def test_a_file_with_values_that_are_no_numbers_is_refused(path, tank):
    description, tensors = checkpoint._read(path)
    lost = next(name for name in tensors if name.startswith("dynamics."))
    tensors[lost].view(-1)[0] = np.nan
    path.write_bytes(checkpoint.serialized(tensors, metadata={"foretell": description.model_dump_json()}))
    with pytest.raises(CheckpointError, match=f"no numbers in {lost}"):
        load(path, tank.plant)


def test_no_limit_may_be_kept_as_infinity(path, tank):
    description, tensors = checkpoint._read(path)
    tensors["calibration.doubt"].fill_(np.inf)
    path.write_bytes(checkpoint.serialized(tensors, metadata={"foretell": description.model_dump_json()}))
    assert load(path, tank.plant).calibration.doubt == np.inf


def test_a_family_of_a_later_version_is_refused_by_name(model, path, tank):
    description, tensors = checkpoint._read(path)
    other = description.model_copy(update={"card": model.card.model_copy(update={"family": "oracle"})})
    path.write_bytes(checkpoint.serialized(tensors, metadata={"foretell": other.model_dump_json()}))
    with pytest.raises(CheckpointError, match="of the family 'oracle', this version knows"):
        load(path, tank.plant)
