"""Phrases of the console: what all pages share."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {
    "frame.skip": Phrase("Skip to the content", "Zum Inhalt springen"),
    "frame.pages": Phrase("Pages", "Seiten"),
    "frame.ask": Phrase("Ask", "Fragen"),
    "frame.events": Phrase("Events", "Ereignisse"),
    "frame.event": Phrase("Event", "Ereignis"),
    "frame.tag": Phrase("Tag", "Tag"),
    "frame.plant": Phrase("Plant", "Anlage"),
    "frame.what_if": Phrase("What if", "Was wäre wenn"),
    "frame.language": Phrase("Language", "Sprache"),
    "frame.mode": Phrase("Light or dark", "Hell oder dunkel"),
    "frame.mode.system": Phrase("As the system", "Wie das System"),
    "frame.mode.light": Phrase("Light", "Hell"),
    "frame.mode.dark": Phrase("Dark", "Dunkel"),
    "frame.open_events": Phrase("{n} open event|{n} open events", "{n} offenes Ereignis|{n} offene Ereignisse"),
    "frame.no_open_event": Phrase("no open event", "kein offenes Ereignis"),
    "frame.beyond_limits": Phrase(
        "{n} beyond limits|{n} beyond limits", "{n} jenseits der Grenzen|{n} jenseits der Grenzen"
    ),
    "frame.score": Phrase("score {score} of 1", "Bewertung {score} von 1"),
    "frame.no_data": Phrase("no data yet", "noch keine Daten"),
    "frame.newest": Phrase("data {age} old, newest {instant} {zone}", "Daten {age} alt, neueste {instant} {zone}"),
    "frame.still_open": Phrase("{start} {zone}, still open", "{start} {zone}, noch offen"),
    "frame.login.key": Phrase("API key", "API-Schlüssel"),
    "frame.login.enter": Phrase("Open the console", "Konsole öffnen"),
    "frame.login.wrong": Phrase("That key is not right.", "Dieser Schlüssel stimmt nicht."),
    "frame.failed": Phrase(
        "This did not work, and the server's log says why. The rest of the page goes on.",
        "Das hat nicht geklappt; warum, steht im Protokoll des Servers. Der Rest der Seite läuft weiter.",
    ),
    "frame.did_you_mean": Phrase("Did you mean: {names}?", "Meinten Sie: {names}?"),
}
