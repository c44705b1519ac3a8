"""Phrases of the console: events, and the charts that all pages draw."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

CHART: Mapping[str, Phrase] = {
    "events.chart.zone": Phrase("{said}, times in {zone}", "{said}, Zeiten in {zone}"),
    "events.chart.series": Phrase("{tag}: {names} over time in {unit}", "{tag}: {names} über der Zeit in {unit}"),
    "events.chart.no_unit": Phrase("no unit", "ohne Einheit"),
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
    "events.chart.baseline": Phrase("baseline", "ohne Stelleingriff"),
    "events.chart.scenario": Phrase("scenario", "mit Stelleingriff"),
    "events.chart.start": Phrase("start", "Beginn"),
    "events.chart.what_if": Phrase(
        "{tag}: baseline against scenario, 90 % bands, in {unit}",
        "{tag}: ohne und mit Stelleingriff, 90-%-Bänder, in {unit}",
    ),
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

PHRASES: Mapping[str, Phrase] = {**CHART, **LIMITS, **SEVERITIES}
