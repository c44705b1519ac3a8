"""What `foretell dashboards push`, `pull`, `diff` and `annotate` do."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from dashboards.client.annotate import Annotated, Events, annotate
from dashboards.client.compare import content
from dashboards.client.grafana import Grafana
from dashboards.client.pieces import Dashboard, State, Thing
from dashboards.client.push import changes, compare, pieces, push
from dashboards.client.wanted import wanted
from twin.clock import Span
from twin.errors import ConfigurationError, InvalidInput, NotFound
from twin.event import EventFrame
from twin.settings import Settings

ALERTS = "/v1/alerts/grafana"


class GrafanaDesk:
    """A Grafana that is reached and new enough, and what the settings want it to hold."""

    def __init__(self, settings: Settings, ca: Path | None = None) -> None:
        """Raises ConfigurationError, GrafanaUnavailable, GrafanaRefused."""
        if settings.grafana_url is None or settings.grafana_token is None:
            missing = "FORETELL_GRAFANA_URL" if settings.grafana_url is None else "FORETELL_GRAFANA_TOKEN"
            raise ConfigurationError(f"{missing} is not set: which Grafana, and by which right?", field=missing)
        self.grafana = Grafana(settings.grafana_url, settings.grafana_token.get_secret_value(), ca=ca)
        self.version = self.grafana.check()
        self._console = settings.console_url.rstrip("/")
        self._goal = wanted(settings, settings.alert_url or f"{self._console}{ALERTS}")

    @property
    def alerts_are_sent(self) -> bool:
        """Whether the settings say under which secret Grafana shall send alerts back."""
        return self._goal.contact_point is not None

    def compare(self) -> Iterator[Thing]:
        """Everything as it is found; changes nothing."""
        return compare(self.grafana, self._goal)

    def push(self, *, force: bool = False) -> Iterator[Thing]:
        """Bring everything there; gives each thing as it was found, once it is done."""
        return push(self.grafana, self._goal, force=force)

    def changes(self, thing: Thing, *, force: bool = False) -> bool:
        """Whether a push changes a thing that is found so."""
        return changes(thing, force=force)

    def pull(self, uids: Sequence[str], folder: Path, *, force: bool = False) -> Iterator[Path]:
        """Write dashboards as they are in Grafana; without uids those of ours that were edited by hand.

        Raises NotFound, and InvalidInput for a file that is there and holds something else, unless `force`.
        """
        for uid in uids or self._edited():
            found = self.grafana.dashboard(uid)
            if found is None:
                raise NotFound(f"{self.grafana.url} has no dashboard {uid}", field="uid", value=uid)
            path = folder / f"{uid}.json"
            text = json.dumps(content(found["dashboard"]), indent=2, ensure_ascii=False) + "\n"
            if path.exists() and path.read_text(encoding="utf-8") != text and not force:
                raise InvalidInput(f"{path} holds something else: --force replaces it", field="out", value=str(path))
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            yield path

    def annotate(
        self, plant: str, span: Span, anomalies: Sequence[EventFrame], *, dry_run: bool = False
    ) -> Iterator[Annotated]:
        """Bring the annotations of a window to what its anomalies are now."""
        events = Events(plant, span, anomalies, self._console)
        return annotate(self.grafana, events, dry_run=dry_run)

    def _edited(self) -> list[str]:
        looked = [piece.look() for piece in pieces(self.grafana, self._goal) if isinstance(piece, Dashboard)]
        return [thing.name for thing in looked if thing.state is State.EDITED]
