"""Counts and gauges for Prometheus."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class Counts(Protocol):
    """What went through a pipeline since it was built."""

    @property
    def accepted(self) -> int:
        """Samples stored."""
        ...

    @property
    def duplicates(self) -> int:
        """Samples that were there already."""
        ...

    @property
    def late(self) -> int:
        """Samples older than one that came before."""
        ...

    @property
    def not_finite(self) -> int:
        """Samples without a finite value."""
        ...

    @property
    def outside_range(self) -> int:
        """Samples outside their tag's range."""
        ...

    @property
    def retries(self) -> int:
        """Writes that were tried again."""
        ...

    @property
    def waiting(self) -> int:
        """Samples read and not yet stored."""
        ...

    @property
    def rejected(self) -> Mapping[str, int]:
        """Samples not stored, by reason."""
        ...


class Counted(Protocol):
    """Something that counts samples."""

    @property
    def counters(self) -> Counts:
        """The counts now."""
        ...


COUNTERS = {
    "accepted": "Samples stored",
    "duplicates": "Samples whose tag and time were there already",
    "late": "Samples older than one of the same tag that came before; stored where they belong",
    "not_finite": "Samples stored as bad for want of a finite value",
    "outside_range": "Samples stored as uncertain because they lie outside the tag's range",
    "retries": "Writes tried again because the store was away",
}


class PipelineCollector(Collector):
    """A pipeline's own counts, read when Prometheus asks."""

    def __init__(self, pipeline: Counted) -> None:
        self._pipeline = pipeline

    def collect(self) -> Iterator[Metric]:
        """One metric per count."""
        counts = self._pipeline.counters
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(f"foretell_samples_{name}", text, value=getattr(counts, name))
        yield GaugeMetricFamily("foretell_samples_waiting", "Samples read and not yet stored", value=counts.waiting)
        rejected = CounterMetricFamily("foretell_samples_rejected", "Samples not stored", labels=["reason"])
        for reason, number in counts.rejected.items():
            rejected.add_metric([reason], number)
        yield rejected


class Metrics:
    """One app's own registry, so that several apps in a process do not share counts."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.malformed = Counter(
            "foretell_samples_malformed", "Samples in a request that could not be read", registry=registry
        )
        self.answers = Counter("foretell_answers", "Answers given", ["status", "engine"], registry=registry)
        self.ungrounded = Counter(
            "foretell_ungrounded_values", "Numbers in answers that no evidence backed", registry=registry
        )
        self.scoring_lag = Gauge(
            "foretell_scoring_lag_seconds", "Age of the newest scored row; NaN while there is none", registry=registry
        )
        self.scored_rows = Gauge(
            "foretell_scored_rows_last_day", "Rows of the last 24 h that were scored", registry=registry
        )
        self.data_age = Gauge(
            "foretell_data_age_seconds", "Age of the newest sample; NaN while there is none", registry=registry
        )
        self.worker_up = Gauge(
            "foretell_worker_up", "Whether a worker of this process is at work", ["worker"], registry=registry
        )

    def watch(self, pipeline: Counted) -> None:
        """Give this pipeline's counts too."""
        self._registry.register(PipelineCollector(pipeline))

    def text(self) -> bytes:
        """The Prometheus exposition."""
        return generate_latest(self._registry)
