"""A source's addresses and units become the plant's, and nothing is converted unsaid."""

import numpy as np
import pytest

from ingest.addresses import Addresses
from ingest.source_config import TagMapping
from twin.errors import UnitMismatch, UnknownTag
from twin.plant import Plant
from twin.sample import SnapshotBatch

from .ledgers import at, batch

MAPPING = {"ns=2;s=F": TagMapping(tag="flow", unit="l/s"), "topic/level": TagMapping(tag="level")}


def test_addresses_become_tags_and_their_values_the_tags_unit(small_plant: Plant) -> None:
    given = batch(at(0, "ns=2;s=F", 2.0), at(0, "topic/level", 40.0), at(1, "ns=2;s=F", 0.0))
    back = Addresses(small_plant, MAPPING).samples(given)
    assert [(sample.tag, round(sample.value, 9)) for sample in back] == [("flow", 7.2), ("level", 40), ("flow", 0)]
    assert given.value.tolist() == [2, 40, 0]


def test_units_with_an_offset_are_shifted(small_plant: Plant) -> None:
    from dataclasses import replace

    warm = replace(small_plant.tags[0], name="warm", unit="degC", high=200.0)
    plant = replace(small_plant, tags=(*small_plant.tags, warm))
    back = Addresses(plant, {"t": TagMapping(tag="warm", unit="degF")}).samples(batch(at(0, "t", 212.0)))
    assert back.value.tolist() == [pytest.approx(100.0)]


def test_units_are_converted_in_whole_snapshots_too(small_plant: Plant) -> None:
    time = np.array(["2026-03-04T08:00", "2026-03-04T08:01"], "datetime64[us]")
    given = SnapshotBatch(
        ("topic/level", "ns=2;s=F", "purity"), time, np.array([[1.0, 1.0, 1.0], [2.0, 2.0, np.nan]])
    )
    back = Addresses(small_plant, MAPPING).snapshots(given)
    assert back.tags == ("level", "flow", "purity")
    assert np.allclose(back.value, [[1, 3.6, 1], [2, 7.2, np.nan]], equal_nan=True)
    assert back.time is given.time


def test_what_is_not_mapped_stays_as_it_is(small_plant: Plant) -> None:
    given = batch(at(0, "purity", 3.0), at(0, "nowhere", 4.0))
    back = Addresses(small_plant, MAPPING).samples(given)
    assert back.tags == ("purity", "nowhere")
    assert back.value is given.value


def test_without_a_mapping_the_batch_itself_comes_back(small_plant: Plant) -> None:
    given = batch(at(0))
    assert Addresses(small_plant, {}).samples(given) is given


def test_many_different_batches_are_still_translated_right(small_plant: Plant) -> None:
    addresses = Addresses(small_plant, {f"a{i}": TagMapping(tag="flow", unit="l/s") for i in range(500)})
    for i in range(500):
        (sample,) = addresses.samples(batch(at(0, f"a{i}", float(i))))
        assert (sample.tag, sample.value) == ("flow", pytest.approx(3.6 * i))


def test_a_mapping_to_no_tag_or_from_no_such_unit_is_refused(small_plant: Plant) -> None:
    with pytest.raises(UnknownTag):
        Addresses(small_plant, {"a": TagMapping(tag="flaw")})
    with pytest.raises(UnitMismatch, match=r"kPa does not convert to m\^3/h, the unit of flow"):
        Addresses(small_plant, {"a": TagMapping(tag="flow", unit="kPa")})
