"""Phrases of the console: what detectors write about an event."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {
    "message.above": Phrase(
        "{what} went above what the model expected", "{what} lag über dem, was das Modell erwartete"
    ),
    "message.below": Phrase(
        "{what} went below what the model expected", "{what} lag unter dem, was das Modell erwartete"
    ),
    "message.risen": Phrase("it has risen by {size}", "gestiegen um {size}"),
    "message.fallen": Phrase("it has fallen by {size}", "gefallen um {size}"),
    "message.unexplained": Phrase("no logged move explains this", "kein aufgezeichneter Stelleingriff erklärt das"),
    "message.setpoint": Phrase(
        "explained by setpoint change {tag} from {before} to {after}",
        "erklärt durch die Sollwertänderung {tag} von {before} auf {after}",
    ),
    "message.change": Phrase(
        "explained by change of {tag} from {before} to {after}",
        "erklärt durch die Änderung von {tag} von {before} auf {after}",
    ),
    "message.frozen": Phrase(
        "{what}: the transmitter has repeated the same value for {size}.",
        "{what}: Der Messumformer wiederholt seit {size} denselben Wert.",
    ),
    "message.reads.above": Phrase(
        "{what}: the transmitter reads about {size} above what the rest of the plant implies.",
        "{what}: Der Messumformer zeigt etwa {size} mehr, als der Rest der Anlage erwarten lässt.",
    ),
    "message.reads.below": Phrase(
        "{what}: the transmitter reads about {size} below what the rest of the plant implies.",
        "{what}: Der Messumformer zeigt etwa {size} weniger, als der Rest der Anlage erwarten lässt.",
    ),
    "message.regime.above": Phrase(
        "The plant runs by its laws, but where the training log did not cover it: {what} is {size} times its "
        "ordinary variation above its ordinary level.",
        "Die Anlage folgt ihren Gesetzen, aber dort, wo sie im Training nie war: {what} liegt um das {size}-Fache "
        "der gewöhnlichen Schwankung über dem Gewöhnlichen.",
    ),
    "message.regime.below": Phrase(
        "The plant runs by its laws, but where the training log did not cover it: {what} is {size} times its "
        "ordinary variation below its ordinary level.",
        "Die Anlage folgt ihren Gesetzen, aber dort, wo sie im Training nie war: {what} liegt um das {size}-Fache "
        "der gewöhnlichen Schwankung unter dem Gewöhnlichen.",
    ),
    "message.moved.up": Phrase(
        "The plant responds as if {tag} had been moved up by about {size}, but no such move was logged.",
        "Die Anlage reagiert, als wäre {tag} um etwa {size} erhöht worden; aufgezeichnet ist das nicht.",
    ),
    "message.moved.down": Phrase(
        "The plant responds as if {tag} had been moved down by about {size}, but no such move was logged.",
        "Die Anlage reagiert, als wäre {tag} um etwa {size} gesenkt worden; aufgezeichnet ist das nicht.",
    ),
    "message.withdrawn": Phrase(
        "Withdrawn: samples that came late fill it. {said}", "Zurückgezogen: Späte Werte füllen die Lücke. {said}"
    ),
    "message.tags": Phrase("{n} tag of {asset}|{n} tags of {asset}", "{n} Tag von {asset}|{n} Tags von {asset}"),
    "message.names": Phrase("{said}: {names}", "{said}: {names}"),
    "message.more": Phrase("{names} and {more} more", "{names} und {more} weitere"),
    "message.silent.since": Phrase(
        "{who} has sent nothing since {time}|{who} have sent nothing since {time}",
        "{who} hat seit {time} nichts gesendet|{who} haben seit {time} nichts gesendet",
    ),
    "message.silent.from": Phrase(
        "{who} sent nothing from {time}|{who} sent nothing from {time}",
        "{who} sendete nichts von {time}|{who} sendeten nichts von {time}",
    ),
    "message.bad.since": Phrase(
        "{who} has sent nothing but bad quality since {time}|{who} have sent nothing but bad quality since {time}",
        "{who} sendet seit {time} nur schlechte Qualität|{who} senden seit {time} nur schlechte Qualität",
    ),
    "message.bad.from": Phrase(
        "{who} sent nothing but bad quality from {time}|{who} sent nothing but bad quality from {time}",
        "{who} sendete nur schlechte Qualität von {time}|{who} sendeten nur schlechte Qualität von {time}",
    ),
}
