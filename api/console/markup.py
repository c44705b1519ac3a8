"""HTML of small things that a page has many of, as one element each; every text is escaped."""

from markupsafe import Markup


def span(classes: str, *parts: str) -> Markup:
    """A span with its parts behind one another."""
    return Markup('<span class="{}">{}</span>').format(classes, Markup("").join(parts))


def link(address: str, text: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, text)
