"""Phrases of the console: events, and the charts that all pages draw."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

CHART: Mapping[str, Phrase] = {
    "events.chart.zone": Phrase("{said}, times in {zone}", "{said}, Zeiten in {zone}"),
    "events.chart.series": Phrase("{tag}: {names} over time in {unit}", "{tag}: {names} über der Zeit in {unit}"),
    "events.chart.no_unit": Phrase("no unit", "ohne Einheit"),
    "events.chart.mean": Phrase("mean", "Mittel"),
    "events.chart.low": Phrase("low", "unten"),
    "events.chart.high": Phrase("high", "oben"),
    "events.chart.score": Phrase("score", "Bewertung"),
    "events.chart.score_axis": Phrase("score ÷ threshold", "Bewertung ÷ Schwelle"),
    "events.chart.timeline": Phrase(
        "Detection score over {length}, threshold 1, {n} event marked"
        "|Detection score over {length}, threshold 1, {n} events marked",
        "Bewertung über {length}, Schwelle 1, {n} Ereignis markiert"
        "|Bewertung über {length}, Schwelle 1, {n} Ereignisse markiert",
    ),
    "events.chart.threshold": Phrase("threshold", "Schwelle"),
    "events.chart.events": Phrase("events", "Ereignisse"),
    "events.chart.moves": Phrase("moves", "Stelleingriffe"),
    "events.chart.contributions": Phrase(
        "Contributions to the event's score: {shares}", "Beiträge zur Bewertung des Ereignisses: {shares}"
    ),
    "events.chart.share_axis": Phrase("% of the score", "% der Bewertung"),
    "events.chart.measured": Phrase("measured", "gemessen"),
    "events.chart.predicted": Phrase("predicted", "vorhergesagt"),
}

LIMITS: Mapping[str, Phrase] = {
    "events.limit.trip_lo": Phrase("trip", "Abschaltung"),
    "events.limit.lolo": Phrase("LoLo", "LoLo"),
    "events.limit.lo": Phrase("Lo", "Lo"),
    "events.limit.hi": Phrase("Hi", "Hi"),
    "events.limit.hihi": Phrase("HiHi", "HiHi"),
    "events.limit.trip_hi": Phrase("trip", "Abschaltung"),
}

SEVERITIES: Mapping[str, Phrase] = {
    "events.severity.low": Phrase("low", "niedrig"),
    "events.severity.medium": Phrase("medium", "mittel"),
    "events.severity.high": Phrase("high", "hoch"),
}

KINDS: Mapping[str, Phrase] = {
    "events.kind.process": Phrase("process", "Prozess"),
    "events.kind.sensor": Phrase("sensor", "Messung"),
    "events.kind.silence": Phrase("silence", "Stille"),
    "events.kind.unlogged_move": Phrase("unlogged move", "nicht aufgezeichneter Stelleingriff"),
    "events.kind.new_regime": Phrase("new regime", "neue Fahrweise"),
}

STATES: Mapping[str, Phrase] = {
    "events.state.open": Phrase("open", "offen"),
    "events.state.over": Phrase("over", "vorbei"),
    "events.state.acknowledged": Phrase("acknowledged", "quittiert"),
    "events.state.shelved": Phrase("shelved", "zurückgestellt"),
    "events.state.explained": Phrase("explained", "erklärt"),
    "events.state.withdrawn": Phrase("withdrawn", "zurückgezogen"),
    "events.shelved_until": Phrase("shelved until {instant}", "zurückgestellt bis {instant}"),
}

LIST: Mapping[str, Phrase] = {
    "events.colours": Phrase(
        "Grey is ordinary; colour marks what no logged move explains.",
        "Grau ist gewöhnlich; Farbe hat, was kein aufgezeichneter Stelleingriff erklärt.",
    ),
    "events.all": Phrase("All events", "Alle Ereignisse"),
    "events.list": Phrase("Events, newest first", "Ereignisse, das neueste zuerst"),
    "events.keys": Phrase(
        "With the keyboard: ↑ and ↓ go through the list, Enter opens, a acknowledges.",
        "Mit der Tastatur: ↑ und ↓ gehen durch die Liste, Enter öffnet, a quittiert.",
    ),
    "events.reading": Phrase("Reading the events …", "Ereignisse werden gelesen …"),
    "events.unscored": Phrase(
        "The twin has not scored this stretch yet: no data, or the world model is still catching up.",
        "Der Zwilling hat diesen Zeitraum noch nicht bewertet: Es gibt keine Daten, oder das Modell holt noch auf.",
    ),
    "events.nothing": Phrase("No such event in this stretch.", "Kein solches Ereignis in diesem Zeitraum."),
    "events.more": Phrase("{n} more event|{n} more events", "{n} weiteres Ereignis|{n} weitere Ereignisse"),
    "events.shown": Phrase(
        "{n} event of {all}|{n} events of {all}", "{n} Ereignis von {all}|{n} Ereignisse von {all}"
    ),
    "events.moves": Phrase(
        "{n} logged move|{n} logged moves",
        "{n} aufgezeichneter Stelleingriff|{n} aufgezeichnete Stelleingriffe",
    ),
    "events.folded.explained": Phrase(
        "{n} event explained by logged moves|{n} events explained by logged moves",
        "{n} Ereignis, das Stelleingriffe erklären|{n} Ereignisse, die Stelleingriffe erklären",
    ),
    "events.folded.withdrawn": Phrase(
        "{n} event that late samples explained|{n} events that late samples explained",
        "{n} Ereignis, das späte Werte erklären|{n} Ereignisse, die späte Werte erklären",
    ),
    "events.backfilled": Phrase("after late samples at {instant}", "nach späten Werten um {instant}"),
    "events.acknowledged_now": Phrase("Acknowledged", "Quittiert"),
}

FILTERS: Mapping[str, Phrase] = {
    "events.filters": Phrase("Filter events", "Ereignisse filtern"),
    "events.filter.text": Phrase("Words", "Wörter"),
    "events.filter.kind": Phrase("Kind", "Art"),
    "events.filter.severity": Phrase("Severity", "Schwere"),
    "events.filter.state": Phrase("State", "Zustand"),
    "events.filter.asset": Phrase("Asset", "Anlagenteil"),
    "events.filter.reset": Phrase("Reset", "Zurücksetzen"),
    "events.span": Phrase("Time range", "Zeitraum"),
    "events.span.8h": Phrase("8 h", "8 h"),
    "events.span.24h": Phrase("24 h", "24 h"),
    "events.span.4d": Phrase("4 days", "4 Tage"),
    "events.span.30d": Phrase("30 days", "30 Tage"),
    "events.span.own": Phrase("Own …", "Eigener …"),
    "events.span.start": Phrase("From ({zone})", "Von ({zone})"),
    "events.span.end": Phrase("To ({zone})", "Bis ({zone})"),
    "events.span.show": Phrase("Show", "Zeigen"),
}

DETAIL: Mapping[str, Phrase] = {
    "events.explaining": Phrase("Explaining the event …", "Das Ereignis wird erklärt …"),
    "events.own_page": Phrase("Open on its own page", "Auf eigener Seite öffnen"),
    "events.close": Phrase("Close", "Schließen"),
    "events.heading": Phrase("{kind} event · {asset}", "{kind} · {asset}"),
    "events.score": Phrase("score {score}, threshold 1", "Bewertung {score}, Schwelle 1"),
    "events.cause.none": Phrase("No logged move explains this.", "Kein aufgezeichneter Stelleingriff erklärt das."),
    "events.cause.withdrawn": Phrase(
        "Late samples explain this: it is not counted as an event.",
        "Späte Werte erklären das: Es zählt nicht als Ereignis.",
    ),
    "events.cause.silence": Phrase(
        "The samples cannot say why: look at the transmitters, the network and the source.",
        "Warum, können die Werte nicht sagen: Messumformer, Netz und Quelle ansehen.",
    ),
    "events.cause.explained": Phrase(
        "Explained by a logged move: {move}.", "Ein aufgezeichneter Stelleingriff erklärt das: {move}."
    ),
    "events.cause.suspected": Phrase(
        "No logged move explains this. It looks like a move that nobody logged: {move}.",
        "Kein aufgezeichneter Stelleingriff erklärt das. Es sieht nach einem aus, den niemand aufgezeichnet hat: "
        "{move}.",
    ),
    "events.move": Phrase(
        "{what} ({tag}) {change} at {instant} {zone}", "{what} ({tag}) {change} um {instant} {zone}"
    ),
    "events.late.withdrawn": Phrase(
        "Withdrawn after late samples came at {instant} {zone}.",
        "Zurückgezogen, nachdem um {instant} {zone} späte Werte kamen.",
    ),
    "events.late.changed": Phrase(
        "Appeared or changed after late samples came at {instant} {zone}.",
        "Erschienen oder geändert, nachdem um {instant} {zone} späte Werte kamen.",
    ),
    "events.first_mover": Phrase(
        "First mover: {what} ({tag}). Noticed at {instant} {zone} by model {version}.",
        "Zuerst wich ab: {what} ({tag}). Bemerkt um {instant} {zone} vom Modell {version}.",
    ),
    "events.first_silent": Phrase(
        "First silent: {what} ({tag}). Noticed at {instant} {zone} by the {version}.",
        "Zuerst still: {what} ({tag}). Bemerkt um {instant} {zone} von {version}.",
    ),
    "events.grafana": Phrase("Show in Grafana", "In Grafana zeigen"),
    "events.spread": Phrase("Its way through the plant", "Sein Weg durch die Anlage"),
    "events.spread.first": Phrase("first", "zuerst"),
    "events.spread.not": Phrase("not reached", "nicht erreicht"),
    "events.spread.after": Phrase("after {asset}", "nach {asset}"),
    "events.contributions": Phrase("Contributions, largest first", "Beiträge, der größte zuerst"),
    "events.no_values": Phrase("No values around the event.", "Um das Ereignis herum gibt es keine Werte."),
    "events.moves_around": Phrase(
        "Logged moves from 2 h before the event to its end",
        "Aufgezeichnete Stelleingriffe von 2 h vor dem Ereignis bis zu seinem Ende",
    ),
    "events.similar": Phrase(
        "Earlier events that look like it, and what was done then",
        "Frühere Ereignisse, die ihm ähneln, und was damals geschah",
    ),
    "events.similar.none": Phrase("No earlier event looks like it.", "Kein früheres Ereignis ähnelt ihm."),
    "events.similar.alike": Phrase("{share} alike", "zu {share} ähnlich"),
    "events.done": Phrase("What was done then", "Was damals getan wurde"),
    "events.done.nothing": Phrase(
        "Nothing was moved, written down or said about it then.",
        "Damals wurde nichts verstellt, aufgeschrieben oder dazu gesagt.",
    ),
    "events.feedback": Phrase("Was the twin right?", "Hatte der Zwilling recht?"),
    "events.feedback.true": Phrase("True event", "Echtes Ereignis"),
    "events.feedback.false_alarm": Phrase("False alarm", "Fehlalarm"),
    "events.feedback.known": Phrase("Known, planned", "Bekannt, geplant"),
    "events.comment": Phrase("Comment (optional)", "Bemerkung (freiwillig)"),
    "events.keeping": Phrase("Keeping it …", "Wird aufgehoben …"),
    "events.by": Phrase("by {author}", "von {author}"),
}

ACTIONS: Mapping[str, Phrase] = {
    "events.actions": Phrase("What to do with it", "Was damit geschehen soll"),
    "events.your_name": Phrase("Your name", "Ihr Name"),
    "events.acknowledge": Phrase("Acknowledge", "Quittieren"),
    "events.label": Phrase("Name of the event", "Name des Ereignisses"),
    "events.label.save": Phrase("Save name", "Namen sichern"),
    "events.label.empty": Phrase("The event's name is empty.", "Der Name des Ereignisses ist leer."),
    "events.shelve": Phrase("Shelve …", "Zurückstellen …"),
    "events.shelve.what": Phrase(
        "Events of this kind that {tag} begins are listed in grey and alarm nobody until then, later ones too.",
        "Ereignisse dieser Art, die {tag} beginnt, stehen bis dahin grau in der Liste und alarmieren niemanden, "
        "auch spätere.",
    ),
    "events.shelve.for": Phrase("For how long", "Wie lange"),
    "events.shelve.1h": Phrase("1 h", "1 h"),
    "events.shelve.8h": Phrase("8 h", "8 h"),
    "events.shelve.shift": Phrase("until the next shift ({instant})", "bis zur nächsten Schicht ({instant})"),
    "events.shelve.own": Phrase("until …", "bis …"),
    "events.shelve.until": Phrase("Until ({zone}), at most 7 days", "Bis ({zone}), höchstens 7 Tage"),
    "events.shelve.reason": Phrase("Reason", "Grund"),
    "events.shelve.no_reason": Phrase("A shelving needs a reason.", "Zum Zurückstellen gehört ein Grund."),
    "events.shelve.outside": Phrase(
        "A shelving ends in the future, at most 7 days from now.",
        "Eine Zurückstellung endet in der Zukunft, höchstens in 7 Tagen.",
    ),
    "events.shelve.now": Phrase("Shelve", "Zurückstellen"),
    "events.unshelve": Phrase("Unshelve", "Zurückholen"),
    "events.mark.acknowledge": Phrase("acknowledged", "quittiert"),
    "events.mark.label": Phrase("named “{text}”", "„{text}“ genannt"),
    "events.mark.shelve": Phrase("shelved until {until}", "zurückgestellt bis {until}"),
    "events.mark.unshelve": Phrase("unshelved", "zurückgeholt"),
}

PHRASES: Mapping[str, Phrase] = {
    **CHART,
    **LIMITS,
    **SEVERITIES,
    **KINDS,
    **STATES,
    **LIST,
    **FILTERS,
    **DETAIL,
    **ACTIONS,
}
