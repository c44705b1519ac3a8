"""Titles of errors, by the slug of their kind; English as the kind itself has it."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase
from api.language.reading.missing import Incomplete
from twin import errors

GERMAN: Mapping[type[errors.ForetellError], str] = {
    errors.ForetellError: "Etwas ging schief",
    errors.InvalidInput: "Die Eingabe passt nicht",
    errors.UnknownTag: "Unbekannter Tag",
    errors.AmbiguousTag: "Mehrdeutiger Tag",
    errors.UnitMismatch: "Die Einheit passt nicht zum Tag",
    errors.OutsideLimits: "Außerhalb der Grenzen",
    errors.HorizonTooLong: "Der Horizont ist zu lang",
    errors.OutsideData: "Außerhalb der Daten",
    errors.OutsideRetention: "Älter als die Aufbewahrung",
    errors.NothingThere: "Nichts passt",
    errors.AmbiguousTime: "Mehrdeutige Zeit",
    errors.EmptyWindow: "Leerer Zeitraum",
    errors.TooLarge: "Zu groß",
    errors.UnsupportedMedia: "Eine Form, die nicht gelesen wird",
    errors.NotFound: "Nicht gefunden",
    errors.Unauthorized: "Der API-Schlüssel fehlt oder stimmt nicht",
    errors.SignatureRefused: "Die Signatur passt nicht",
    errors.SwitchedOff: "Das ist ausgeschaltet",
    errors.GrafanaUnavailable: "Grafana ist nicht erreichbar",
    errors.GrafanaRefused: "Grafana lehnt ab",
    errors.PlantFileError: "Die Anlagendatei hat einen Fehler",
    errors.IngestFileError: "Die Ingest-Datei hat einen Fehler",
    errors.ConfigurationError: "Eine Einstellung geht nicht",
    errors.NoJournal: "Es gibt kein Journal",
    errors.StoreUnavailable: "Der Historian ist nicht erreichbar",
    errors.SpoolUnavailable: "Der Spool nimmt nichts mehr an",
    errors.SchemaMismatch: "Das Datenbankschema passt nicht zu dieser Version",
    errors.ModelNotReady: "Das Weltmodell ist nicht bereit",
    errors.CheckpointError: "Der Checkpoint ist nicht zu gebrauchen",
    errors.LanguageModelUnavailable: "Das Sprachmodell ist nicht erreichbar",
    errors.TooManyQuestions: "Zu viele Fragen auf einmal",
    Incomplete: "Etwas fehlt",
}

PHRASES: Mapping[str, Phrase] = {f"error.{kind.slug}": Phrase(kind.title, german) for kind, german in GERMAN.items()}
