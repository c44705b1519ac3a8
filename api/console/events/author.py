"""Who acts: the name that somebody gave in this tab of the browser."""

from nicegui import app

KEY = "author"


class Author:
    """The name given in this tab; empty until somebody gives one."""

    @property
    def name(self) -> str:
        """As it was given last."""
        return str(app.storage.tab.get(KEY, ""))

    @name.setter
    def name(self, given: str) -> None:
        app.storage.tab[KEY] = given.strip()
