"""Counts and gauges for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """One app's own registry, so that several apps in a process do not share counts."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.accepted = Counter("foretell_samples_accepted", "Samples stored", registry=registry)
        self.duplicates = Counter(
            "foretell_samples_duplicate", "Samples whose tag and time were there already", registry=registry
        )
        self.rejected = Counter(
            "foretell_samples_rejected", "Samples that were not stored", ["reason"], registry=registry
        )
        self.answers = Counter("foretell_answers", "Answers given", ["status", "engine"], registry=registry)
        self.ungrounded = Counter(
            "foretell_ungrounded_values", "Numbers in answers that no evidence backed", registry=registry
        )
        self.scored_rows = Counter("foretell_scored_rows", "Rows scored by the live loop", registry=registry)
        self.scoring_lag = Gauge(
            "foretell_scoring_lag_seconds", "Age of the newest scored row; NaN while there is none", registry=registry
        )
        self.data_age = Gauge(
            "foretell_data_age_seconds", "Age of the newest sample; NaN while there is none", registry=registry
        )
        self.worker_up = Gauge(
            "foretell_worker_up", "Whether a worker of this process is at work", ["worker"], registry=registry
        )

    def text(self) -> bytes:
        """The Prometheus exposition."""
        return generate_latest(self._registry)
