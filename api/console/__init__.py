"""The web page: ask, look at events, try a what-if; NiceGUI on the same application as the REST API."""

from api.console.page import mount

__all__ = ["mount"]
