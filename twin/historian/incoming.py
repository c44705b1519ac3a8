"""Batches made ready for keeping: what both historians do to samples before they store them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.plant import Plant
from twin.sample import Quality, SampleBatch


@dataclass(frozen=True, eq=False, slots=True)
class Incoming:
    """Samples in order of tag and time, each (tag, time) once, a value that is not finite NaN and bad.

    Attributes:
        tag: (sample,) positions in plant.tags.
        time: (sample,) datetime64[us], UTC.
        value: (sample,) float64, engineering units.
        quality: (sample,) int16, values of `Quality`.
    """

    tag: NDArray[np.intp]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int16]


def arrange(plant: Plant, batch: SampleBatch) -> Incoming:
    """The batch ready for keeping; of several samples with one (tag, time) the first is taken.

    Raises UnknownTag for a tag that is not of the plant, InvalidInput for a sample without a time.
    """
    position = {tag.name: i for i, tag in enumerate(plant.tags)}
    known = [position[plant.tag(name).name] for name in batch.tags]
    missing = np.flatnonzero(np.isnat(batch.time))
    if len(missing):
        name = batch.tags[batch.tag[missing[0]]]
        raise InvalidInput(f"a sample of {name} has no time", field="time", value=name)
    tag = np.array(known, dtype=np.intp)[batch.tag]
    time = batch.time.astype("M8[us]")
    order = np.lexsort((time, tag))
    tag, time = tag[order], time[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tag[1:] != tag[:-1]) | (time[1:] != time[:-1])
    value = batch.value[order][first]
    finite = np.isfinite(value)
    quality = np.where(finite, batch.quality[order][first], Quality.BAD).astype(np.int16)
    return Incoming(tag[first], time[first], np.where(finite, value, np.nan), quality)
