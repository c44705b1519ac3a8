"""Phrases of the console: the plant and its tags."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

TREE: Mapping[str, Phrase] = {
    "plant.search": Phrase("Find a tag", "Einen Tag suchen"),
    "plant.reading": Phrase("Reading the plant …", "Die Anlage wird gelesen …"),
    "plant.nothing": Phrase("No tag has these words.", "Kein Tag hat diese Wörter."),
    "plant.as_of": Phrase("as of {instant}", "Stand {instant}"),
    "plant.all": Phrase("All tags", "Alle Tags"),
    "plant.events_of": Phrase("Events of {asset}", "Ereignisse von {asset}"),
    "plant.open_events": Phrase("{n} open event|{n} open events", "{n} offenes Ereignis|{n} offene Ereignisse"),
    "plant.passed": Phrase(
        "{n} beyond limits|{n} beyond limits", "{n} jenseits der Grenzen|{n} jenseits der Grenzen"
    ),
    "plant.unsound": Phrase("{n} not good|{n} not good", "{n} nicht gut|{n} nicht gut"),
    "plant.column.tag": Phrase("Tag", "Tag"),
    "plant.column.value": Phrase("Value", "Wert"),
    "plant.column.quality": Phrase("Quality", "Qualität"),
    "plant.column.age": Phrase("Age", "Alter"),
    "plant.column.deviation": Phrase("Off its prediction", "Von der Vorhersage"),
    "plant.column.limit": Phrase("Limit", "Grenze"),
    "plant.column.spark": Phrase("Last 8 h", "Letzte 8 h"),
    "plant.quality.good": Phrase("good", "gut"),
    "plant.quality.uncertain": Phrase("uncertain", "unsicher"),
    "plant.quality.bad": Phrase("bad", "schlecht"),
    "plant.quality.silent": Phrase("silent", "still"),
    "plant.quality.never": Phrase("never heard", "nie gehört"),
    "plant.age.now": Phrase("< 1 min", "< 1 min"),
    "plant.aged": Phrase("{age} old", "{age} alt"),
    "plant.spark": Phrase("last 8 h: {low} to {high}", "letzte 8 h: {low} bis {high}"),
    "plant.spark.none": Phrase("no values", "keine Werte"),
}

TAG: Mapping[str, Phrase] = {
    "plant.reading_tag": Phrase("Reading its history …", "Sein Verlauf wird gelesen …"),
    "plant.no_values": Phrase(
        "There are no values in this stretch, and nothing was expected.",
        "In diesem Zeitraum gibt es keine Werte, und nichts war vorhergesagt.",
    ),
    "plant.chart_hint": Phrase(
        "Drag the bar below to zoom. A click on a region opens its event; a click on a point of the measured curve "
        "starts a what-if there.",
        "Der Balken darunter vergrößert. Ein Klick auf einen Bereich öffnet sein Ereignis; ein Klick auf einen Punkt "
        "der gemessenen Kurve beginnt dort ein Was-wäre-wenn.",
    ),
    "plant.expected": Phrase("expected {value}", "vorhergesagt {value}"),
    "plant.handle": Phrase("Operators change it with", "Verstellt wird er mit"),
    "plant.role.measured": Phrase("measured", "gemessen"),
    "plant.role.mv": Phrase("manipulated variable", "Stellgröße"),
    "plant.role.setpoint": Phrase("setpoint", "Sollwert"),
    "plant.role.disturbance": Phrase("disturbance", "Störgröße"),
    "plant.role.analyser": Phrase("analyser", "Analysator"),
    "plant.part_of": Phrase("part of {asset}", "gehört zu {asset}"),
    "plant.unit": Phrase("in {unit}", "in {unit}"),
    "plant.range": Phrase("range {low} to {high}", "Bereich {low} bis {high}"),
    "plant.limits": Phrase("limits: {limits}", "Grenzen: {limits}"),
    "plant.aliases": Phrase("also called {names}", "auch genannt {names}"),
    "plant.statistics": Phrase("Statistics, {window}", "Statistik, {window}"),
    "plant.statistic.mean": Phrase("Mean", "Mittel"),
    "plant.statistic.std": Phrase("Standard deviation", "Standardabweichung"),
    "plant.statistic.low": Phrase("Lowest", "Kleinster"),
    "plant.statistic.high": Phrase("Highest", "Größter"),
    "plant.statistic.first": Phrase("First", "Erster"),
    "plant.statistic.last": Phrase("Last", "Letzter"),
    "plant.statistic.count": Phrase("Good values", "Gute Werte"),
    "plant.statistic.bad": Phrase("Others", "Andere"),
    "plant.passed_limit": Phrase(
        "Beyond {limit} {value} in {share} of the values, first at {instant}.",
        "Jenseits von {limit} {value} bei {share} der Werte, zuerst um {instant}.",
    ),
    "plant.events": Phrase("Events it contributed to", "Ereignisse, zu denen er beitrug"),
    "plant.events.none": Phrase("None in this stretch.", "Keine in diesem Zeitraum."),
    "plant.written": Phrase("Written down about it", "Über ihn aufgeschrieben"),
    "plant.written.none": Phrase("Nothing in this stretch.", "Nichts in diesem Zeitraum."),
    "plant.what_if": Phrase("What if … from here", "Was wäre wenn … von hier"),
    "plant.what_if.from": Phrase("Start of a what-if ({zone}), empty: now", "Beginn ({zone}), leer: jetzt"),
}

PHRASES: Mapping[str, Phrase] = {**TREE, **TAG}
