"""What a source hands to the pipeline."""

from dataclasses import dataclass

from twin.sample import SampleBatch, SnapshotBatch


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A payload, or a part of one, that holds no sample that can be read: it becomes a dead letter.

    Attributes:
        payload: the bytes as they came.
        reason: a few words that are the same for all of a kind, such as "not JSON": they label a metric.
        detail: one sentence that names the field, its value and what was expected.
    """

    payload: bytes
    reason: str
    detail: str


@dataclass(frozen=True, eq=False, slots=True)
class Delivery:
    """Samples that are acknowledged together.

    Attributes:
        samples: what was read; `tags` are the source's own addresses, which `ingest.yaml` maps to tags of the plant.
        unreadable: what could not be read.
        receipt: what the source needs to acknowledge it; nobody else looks at it.
    """

    samples: SampleBatch | SnapshotBatch
    unreadable: tuple[Unreadable, ...] = ()
    receipt: object = None
