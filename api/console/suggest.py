"""Questions that fit what is on screen."""

from dataclasses import dataclass

from api.console.view import View
from twin.clock import Span
from twin.event import EventFrame


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about; nothing on the home page."""

    event: EventFrame | None = None
    tag: str | None = None
    span: Span | None = None


def suggestions(view: View, subject: Subject = Subject()) -> tuple[str, ...]:
    """Questions in the language of the page and the words of the plant."""
    return _of_the_plant(view)


def _of_the_plant(view: View) -> tuple[str, ...]:
    handled = next((tag for tag in view.plant.tags if tag.handle is not None), None)
    named = () if handled is None else (handled.aliases or (handled.name,))
    about = (view.words("ask.suggest.cut", handle=named[0]),) if named else ()
    first, *rest = (view.words(f"ask.suggest.{key}") for key in ("night", "now", "moves"))
    return (first, *about, *rest)
