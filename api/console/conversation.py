"""The conversation of one tab of the browser: it goes on from page to page until somebody begins another."""

import textwrap
from collections.abc import Callable
from uuid import uuid4

from nicegui import app, ui

from api.console.view import View

SESSION, LAST = "session", "last question"
SHOWN = 90
"""Characters of the last question."""


class Conversation:
    """Which session a tab asks in, with a line that says what it goes on from and ends it.

    The browser knows its tabs, through reloads too; the server forgets them when it is started anew.
    """

    def __init__(self, view: View, ended: Callable[[], None]) -> None:
        """Draw the line; `ended` is called when a new conversation is begun."""
        self._words, self._ended = view.words, ended
        with ui.row().classes("follows") as self._line:
            self._text = ui.label().classes("hint")
            self._button = ui.button(view.words("ask.anew"), icon="add_comment", on_click=self._begin, color=None)
            self._button.props("flat no-caps dense").classes("quiet")
        self._line.set_visibility(False)
        ui.timer(0, self._show, once=True)

    @property
    def session(self) -> str:
        """The session that a follow-up finds its subject in; only while the page is connected."""
        return str(app.storage.tab.setdefault(SESSION, uuid4().hex))

    def goes_on_with(self, question: str) -> str:
        """Remember what is asked, before the page can be left; gives the session."""
        app.storage.tab[LAST] = question
        self._show()
        return self.session

    def hold(self, asking: bool) -> None:
        """While an answer is being made, no other conversation is begun."""
        self._button.set_enabled(not asking)

    def _show(self) -> None:
        last = str(app.storage.tab.get(LAST, ""))
        self._text.text = self._words("ask.follows", question=textwrap.shorten(last, SHOWN, placeholder=" …"))
        self._line.set_visibility(bool(last))

    def _begin(self) -> None:
        for key in (SESSION, LAST):
            app.storage.tab.pop(key, None)
        self._show()
        self._ended()
