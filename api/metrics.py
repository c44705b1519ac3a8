"""Counts and gauges for Prometheus."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.intake import Pipeline

COUNTERS = {
    "read": "Samples that came",
    "accepted": "Samples stored, corrections among them",
    "duplicates": "Samples that were there already with the same value and quality",
    "corrected": "Samples that replaced another value or quality",
    "late": "Samples older than one of the same tag that came before; stored where they belong",
    "not_finite": "Samples stored as bad for want of a finite value",
    "outside_range": "Samples stored as uncertain because they lie outside the tag's range",
    "thinned": "Samples within their tag's deadband, not stored",
    "dropped": "Samples given up by the overflow policy",
    "retries": "Writes tried again because the store was away",
}
GAUGES = {
    "foretell_samples_waiting": ("waiting", "Samples read and not yet stored"),
    "foretell_samples_per_second": ("rate", "Samples that came per second, over the last minute"),
    "foretell_source_lag_seconds": ("lag_s", "Age of the source's newest sample that is safe"),
    "foretell_source_skew_seconds": ("skew_s", "Median of arrival minus sample time"),
    "foretell_source_connected": ("connected", "Whether samples can arrive now"),
    "foretell_spool_samples": ("spooled", "Samples on the disk, waiting for the historian"),
    "foretell_spool_bytes": ("spooled_bytes", "Bytes on the disk, waiting for the historian"),
}


class PipelineCollector(Collector):
    """A pipeline's own counts, source by source, read when Prometheus asks."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def collect(self) -> Iterator[Metric]:
        """One family per count; what a source does not know is absent."""
        sources = self._pipeline.counters.sources
        for name, text in COUNTERS.items():
            family = CounterMetricFamily(f"foretell_samples_{name}", text, labels=["source"])
            for source, counts in sources.items():
                family.add_metric([source], getattr(counts, name))
            yield family
        for metric, (name, text) in GAUGES.items():
            gauge = GaugeMetricFamily(metric, text, labels=["source"])
            for source, counts in sources.items():
                if (value := getattr(counts, name)) is not None:
                    gauge.add_metric([source], float(value))
            yield gauge
        rejected = CounterMetricFamily("foretell_samples_rejected", "Samples not stored", labels=["source", "reason"])
        for source, counts in sources.items():
            for reason, number in counts.rejected.items():
                rejected.add_metric([source, reason], number)
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
        self.silent_tags = Gauge("foretell_silent_tags", "Tags that should send and do not", registry=registry)
        self.model_drift = Gauge(
            "foretell_model_drift",
            "Whether the world model has drifted; NaN while nobody has looked",
            registry=registry,
        )
        self.model_coverage = Gauge(
            "foretell_model_one_step_coverage",
            "Share of the last day's values within the one-step 90 % band; NaN while nobody has looked",
            registry=registry,
        )
        self.worker_up = Gauge(
            "foretell_worker_up", "Whether a worker of this process is at work", ["worker"], registry=registry
        )

    def watch(self, pipeline: Pipeline) -> None:
        """Give this pipeline's counts too."""
        self._registry.register(PipelineCollector(pipeline))

    def text(self) -> bytes:
        """The Prometheus exposition."""
        return generate_latest(self._registry)
