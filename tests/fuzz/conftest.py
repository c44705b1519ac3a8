"""How long the fuzzers go on: `--hypothesis-profile=long` for hours, shortly without."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "long", max_examples=10_000_000, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
