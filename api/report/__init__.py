"""Shift reports: one document, as Markdown, HTML or PDF."""

from api.report.document import Format, Report, rendered

__all__ = ["Format", "Report", "rendered"]
