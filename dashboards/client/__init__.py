"""A Grafana that one already has: dashboards, data source and alerts brought there, compared, fetched, annotated."""
