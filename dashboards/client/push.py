"""Compares a Grafana with what it shall hold, and brings it there."""

from collections.abc import Iterator

from dashboards.alerts import FOLDER as ALERTS_FOLDER
from dashboards.alerts import FOLDER_UID as ALERTS_FOLDER_UID
from dashboards.client.grafana import Grafana
from dashboards.client.pieces import ContactPoint, Dashboard, DataSource, Folder, Piece, Policy, Rules, State, Thing
from dashboards.client.wanted import Wanted
from dashboards.publish import FOLDER, FOLDER_UID


def pieces(grafana: Grafana, goal: Wanted) -> Iterator[Piece]:
    """Everything that is wanted, in the order in which one thing needs the other."""
    yield DataSource(grafana, goal.data_source)
    yield Folder(grafana, FOLDER_UID, FOLDER)
    for made in goal.dashboards:
        yield Dashboard(grafana, made, FOLDER_UID)
    if goal.contact_point is not None:
        yield ContactPoint(grafana, goal.contact_point)
        yield Policy(grafana)
    yield Folder(grafana, ALERTS_FOLDER_UID, ALERTS_FOLDER)
    yield Rules(grafana, goal.rules)


def compare(grafana: Grafana, goal: Wanted) -> Iterator[Thing]:
    """Everything as it is found; changes nothing."""
    for piece in pieces(grafana, goal):
        yield piece.look()


def push(grafana: Grafana, goal: Wanted, *, force: bool = False) -> Iterator[Thing]:
    """Bring everything there; gives each thing as it was found, once it is done.

    What is provisioned from a file is left alone, and so is what was edited by hand unless `force` is given, which
    also writes secrets anew.
    """
    for piece in pieces(grafana, goal):
        thing = piece.look()
        if changes(thing, force=force):
            piece.save(force=force)
        yield thing


def changes(thing: Thing, *, force: bool = False) -> bool:
    """Whether a push changes a thing that is found so."""
    if thing.state is State.SAME:
        return force and thing.secret
    return thing.state in {State.MISSING, State.OLDER} or (force and thing.state is State.EDITED)
