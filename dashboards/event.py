"""One event and its root cause: who contributed, who moved first, where it went, what was done, what it is like."""

from dashboards import base, links, panels, style, trends
from dashboards.columns import column, event_columns, tag_column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard

THIS = "event_id = ${event:sqlstring}"
CONTRIBUTORS = f"SELECT tag FROM grafana.contribution WHERE {THIS} ORDER BY share DESC LIMIT 4"
FACTS = f"""
SELECT {base.STATE} AS state, severity, kind, asset, first_mover, "time" AS start, end_time AS "end",
       extract(epoch FROM coalesce(end_time, now()) - "time") AS duration, score, acknowledged_by, shelved_until,
       feedback, coalesce(label || ': ', '') || message AS message, id,
       {links.SHOWN.format(start='"time"', end="end_time")}
FROM grafana.event WHERE id = ${{event:sqlstring}}
"""
CONTRIBUTIONS = f"SELECT tag, share FROM grafana.contribution WHERE {THIS} ORDER BY share DESC LIMIT 12"
ORDER = f"""
SELECT tag, asset, first_seen, extract(epoch FROM first_seen - min(first_seen) OVER ()) AS after, peak_sigma, share
FROM grafana.contribution WHERE {THIS} ORDER BY first_seen, share DESC
"""
PROPAGATION = f"""
SELECT position, asset, tag, "time" AS reached, extract(epoch FROM "time" - min("time") OVER ()) AS delay,
       after AS came_from
FROM grafana.departure WHERE {THIS} ORDER BY position
"""
SIMILAR = f"""
SELECT likeness, "time", severity, kind, coalesce(label || ': ', '') || message AS message, label, feedback,
       other_id AS id, {links.SHOWN.format(start='"time"', end='"time"')}
FROM grafana.similar(${{event:sqlstring}}) ORDER BY likeness DESC LIMIT 10
"""
CAUSE = links.question_path("what was the cause of event ", "${event:percentencode}", "?")
ASK = f"""**[Open it in the console]({links.event_in_console("${event:percentencode}")})**
to acknowledge it, to shelve it, or to say whether it was so.

**[Ask what caused it](${{console}}{CAUSE})** in the chat; the question is filled in.

**[Try what would have helped](${{console}}/what-if)** on the what-if bench.
"""


def event() -> dashboard.Dashboard:
    """The dashboard `foretell-event`."""
    contributor = base.following("contributor", "Contributor", "The four largest contributors.", CONTRIBUTORS)
    made = (
        base.new(links.EVENT, "event and root cause", "One event: contributions, first mover, propagation, likeness.")
        .link(base.link_to_console("Ask about this event", CAUSE, "The console with the question filled in"))
        .with_variable(base.event())
        .with_variable(contributor)
        .annotation(base.event_regions())
        .annotation(base.moves())
    )
    for panel in (
        _facts(),
        _contributions(),
        _first_movers(),
        _propagation(),
        _ask(),
        _residuals(),
        _measured(),
        _moves(),
        _similar(),
    ):
        made.with_panel(panel)
    return made.build()


def _facts() -> PanelBuilder:
    about = "The event as it stands; a click on the sentence sets the time range to it."
    panel = panels.rows(Head(1, 0, 0, 24, 4, "What happened", about), FACTS, "No such event")
    column(panel, "state", meaning=style.STATE)
    tag_column(panel, "first_mover", "first mover")
    column(panel, "score", unit="none", decimals=2)
    column(panel, "acknowledged_by", title="acknowledged by")
    column(panel, "duration", unit="s")
    column(panel, "shelved_until", title="shelved until")
    return event_columns(panel)


def _contributions() -> PanelBuilder:
    about = "Part of the event's score that each tag carries; the largest first."
    head = Head(2, 0, 4, 8, 9, "Contributions", about)
    return panels.bars(head, CONTRIBUTIONS, "percentunit", "This event has no contributions").decimals(0)


def _first_movers() -> PanelBuilder:
    about = "Contributing tags in the order in which they left their prediction: the first row is the first mover."
    panel = panels.rows(Head(3, 8, 4, 10, 9, "First mover", about), ORDER, "This event has no contributions")
    tag_column(panel)
    column(panel, "after", unit="s", title="after the first")
    column(panel, "first_seen", title="left its prediction")
    column(panel, "peak_sigma", unit="none", decimals=1, title="peak in sigma")
    return column(panel, "share", unit="percentunit", decimals=0)


def _propagation() -> PanelBuilder:
    about = "Assets in the order in which the event reached them, and from which neighbour it came."
    panel = panels.rows(Head(4, 0, 13, 12, 7, "Propagation", about), PROPAGATION, "It stayed in one asset")
    column(panel, "position", unit="none", decimals=0, title="#", width=50)
    tag_column(panel)
    column(panel, "delay", unit="s", title="after the first")
    return column(panel, "came_from", title="from")


def _ask() -> PanelBuilder:
    about = "Leads to Foretell's console, with the question filled in."
    return panels.note(Head(5, 18, 4, 6, 9, "Ask", about), ASK)


def _residuals() -> PanelBuilder:
    about = "Measured minus predicted of the largest contributors, in standard deviations of a one-step prediction."
    return trends.residuals(Head(6, 0, 20, 24, 8, "Residuals of the contributors", about), "contributor")


def _measured() -> PanelBuilder:
    about = "A contributor as measured, over what was expected of it with its 90 % band, and its alarm limits."
    head = Head(7, 0, 28, 24, 9, "$contributor", about)
    return trends.measured_and_predicted(head, "contributor")


def _moves() -> PanelBuilder:
    about = "What operators moved in the time range, newest first."
    return trends.moves(Head(8, 12, 13, 12, 7, "Moves around the event", about))


def _similar() -> PanelBuilder:
    about = "Earlier events that were most like it, and what people said of them; a click opens that one."
    panel = panels.rows(Head(9, 0, 37, 24, 8, "Similar events", about), SIMILAR, "Nothing like it is known")
    column(panel, "likeness", unit="percentunit", decimals=0)
    event_columns(panel)
    return column(panel, "label", title="called")
