"""What every part of a page needs of the one who looks at it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from api.console.words import Words
from api.console.writing import Writer
from api.dependencies import AppState
from twin.plant import Plant


@dataclass(frozen=True, slots=True)
class View:
    """One opened page: the twin behind it, and the language of the person in front of it."""

    state: AppState
    words: Words

    @property
    def plant(self) -> Plant:
        """The plant that is looked at."""
        return self.state.twin.plant

    @property
    def zone(self) -> ZoneInfo:
        """The plant's zone, in which all times are written."""
        return self.plant.time_zone

    @property
    def write(self) -> Writer:
        """Writes numbers and instants for this person."""
        return Writer(self.words, self.zone)
