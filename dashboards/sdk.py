"""The parts of the Grafana Foundation SDK that are used here.

The SDK warns at import that it prefers dashboard schema v2; dashboards provisioned from files are of schema v1.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import barchart, stat, statushistory, table, text, timeseries
    from grafana_foundation_sdk.builders import common as common_builder
    from grafana_foundation_sdk.builders import dashboard as builder
    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.variants import Dataquery
    from grafana_foundation_sdk.models import common, dashboard
    from grafana_foundation_sdk.models import text as text_model

PanelBuilder = Builder[dashboard.Panel]

__all__ = [
    "Builder",
    "Dataquery",
    "JSONEncoder",
    "PanelBuilder",
    "barchart",
    "builder",
    "common",
    "common_builder",
    "dashboard",
    "stat",
    "statushistory",
    "table",
    "text",
    "text_model",
    "timeseries",
]
