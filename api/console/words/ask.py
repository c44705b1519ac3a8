"""Phrases of the console: the ask box and its answers."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

BOX: Mapping[str, Phrase] = {
    "ask.title": Phrase("Ask the plant", "Fragen Sie die Anlage"),
    "ask.about": Phrase("Ask about this", "Fragen dazu"),
    "ask.placeholder": Phrase(
        "Ask about events, tags, or what would happen if …", "Fragen nach Ereignissen, Tags, oder was wäre wenn …"
    ),
    "ask.question": Phrase("Your question", "Ihre Frage"),
    "ask.ask": Phrase("Ask", "Fragen"),
    "ask.stop": Phrase("Stop", "Halt"),
    "ask.follows": Phrase("Goes on from “{question}”", "Schließt an „{question}“ an"),
    "ask.anew": Phrase("New conversation", "Neues Gespräch"),
    "ask.suggestions": Phrase("Suggestions", "Vorschläge"),
    "ask.reading": Phrase("Reading the question …", "Liest die Frage …"),
    "ask.understood": Phrase(
        "Understood: {asked}. Looking at the plant …", "Verstanden: {asked}. Sieht sich die Anlage an …"
    ),
    "ask.working": Phrase("{operation} …", "{operation} …"),
}

INTENTS: Mapping[str, Phrase] = {
    "ask.intent.events": Phrase("events", "Ereignisse"),
    "ask.intent.explain": Phrase("why it happened", "warum es geschah"),
    "ask.intent.describe": Phrase("values", "Werte"),
    "ask.intent.trend": Phrase("a trend", "ein Trend"),
    "ask.intent.compare": Phrase("a comparison", "ein Vergleich"),
    "ask.intent.forecast": Phrase("a forecast", "eine Vorhersage"),
    "ask.intent.what_if": Phrase("what if", "was wäre wenn"),
    "ask.intent.counterfactual": Phrase("what would have been", "was gewesen wäre"),
    "ask.intent.plan": Phrase("advice", "ein Rat"),
    "ask.intent.status": Phrase("the plant now", "die Anlage jetzt"),
    "ask.intent.moves": Phrase("moves", "Stelleingriffe"),
    "ask.intent.log": Phrase("the log", "das Schichtbuch"),
    "ask.intent.about": Phrase("the plant itself", "die Anlage selbst"),
    "ask.intent.help": Phrase("help", "Hilfe"),
    "ask.intent.out_of_scope": Phrase("something else", "etwas anderes"),
}

STATUSES: Mapping[str, Phrase] = {
    "ask.status.answered": Phrase("Answered", "Beantwortet"),
    "ask.status.no_events": Phrase("Nothing unusual", "Nichts Ungewöhnliches"),
    "ask.status.no_data": Phrase("No data", "Keine Daten"),
    "ask.status.no_permission": Phrase("No permission", "Keine Berechtigung"),
    "ask.status.outside_retention": Phrase("Older than the data", "Älter als die Daten"),
    "ask.status.ask_back": Phrase("Which one?", "Welches?"),
    "ask.status.refused": Phrase("Refused", "Abgelehnt"),
    "ask.status.not_understood": Phrase("Not understood", "Nicht verstanden"),
}

ANSWER: Mapping[str, Phrase] = {
    "ask.window": Phrase("Window: {window}", "Zeitraum: {window}"),
    "ask.checked": Phrase(
        "{n} statement checked against the evidence|{n} statements checked against the evidence",
        "{n} Aussage an den Belegen geprüft|{n} Aussagen an den Belegen geprüft",
    ),
    "ask.engine": Phrase("read by {engine}", "gelesen von {engine}"),
    "ask.engine_sure": Phrase("read by {engine}, {share} sure", "gelesen von {engine}, zu {share} sicher"),
    "ask.unchecked": Phrase("Not checked: {sentence}", "Nicht geprüft: {sentence}"),
    "ask.evidence": Phrase("Evidence: {n} fact|Evidence: {n} facts", "Belege: {n} Tatsache|Belege: {n} Tatsachen"),
    "ask.evidence_label": Phrase("Evidence", "Belege"),
    "ask.fact": Phrase("Fact", "Tatsache"),
    "ask.value": Phrase("Value", "Wert"),
    "ask.unit": Phrase("Unit", "Einheit"),
    "ask.tag": Phrase("Tag", "Tag"),
    "ask.from": Phrase("From", "Woher"),
}

TAKING: Mapping[str, Phrase] = {
    "ask.copy": Phrase("Copy as Markdown", "Als Markdown kopieren"),
    "ask.copied": Phrase("Copied, with its evidence", "Kopiert, mit Belegen"),
    "ask.png": Phrase("Picture (PNG) of {name}", "Bild (PNG) von {name}"),
    "ask.csv": Phrase("Numbers (CSV) of {name}", "Zahlen (CSV) von {name}"),
    "ask.asked": Phrase("Asked {instant} {zone}", "Gefragt {instant} {zone}"),
    "ask.model": Phrase("world model {version}", "Weltmodell {version}"),
}

SUGGESTIONS: Mapping[str, Phrase] = {
    "ask.suggest.night": Phrase(
        "Tell me, factory, were there any unusual events last night?",
        "Gab es letzte Nacht ungewöhnliche Ereignisse?",
    ),
    "ask.suggest.cut": Phrase(
        "What would have happened if we had cut the {handle} by 10 % at 02:00?",
        "Was wäre passiert, wenn wir {handle} um 2 Uhr um 10 % gesenkt hätten?",
    ),
    "ask.suggest.now": Phrase("How is the plant right now?", "Wie geht es der Anlage gerade?"),
    "ask.suggest.moves": Phrase(
        "What did the operators change in the last 24 hours?",
        "Was haben die Anlagenfahrer in den letzten 24 Stunden verstellt?",
    ),
    "ask.day": Phrase("{day} {month}", "{day}. {month}"),
    "ask.months": Phrase(
        "January February March April May June July August September October November December",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "ask.suggest.why": Phrase("Why did event {event} happen?", "Warum kam es zu Ereignis {event}?"),
    "ask.suggest.before": Phrase(
        "Explain event {event}: has it happened before?", "Erkläre Ereignis {event}: Gab es das schon einmal?"
    ),
    "ask.suggest.moved_before": Phrase(
        "What did the operators change before event {event}?", "Was wurde vor dem Ereignis {event} verstellt?"
    ),
    "ask.suggest.unmoved": Phrase(
        "What would have happened if {handle} had not been moved on {day} at {time}?",
        "Was wäre passiert, wenn wir {handle} am {day} um {time} nicht verstellt hätten?",
    ),
    "ask.suggest.behave": Phrase(
        "How did {tag} behave in the last 24 hours?", "Wie verlief {tag} in den letzten 24 Stunden?"
    ),
    "ask.suggest.behaved": Phrase(
        "How did {tag} behave on {day} from {start} to {end}?", "Wie verlief {tag} am {day} von {start} bis {end}?"
    ),
    "ask.suggest.around": Phrase(
        "Were there unusual events around {tag} in the last 24 hours?",
        "Gab es in den letzten 24 Stunden ungewöhnliche Ereignisse bei {tag}?",
    ),
    "ask.suggest.ahead": Phrase("Where will {tag} be in 4 hours?", "Wo steht {tag} in 4 Stunden?"),
    "ask.suggest.raise": Phrase(
        "What would happen if we raised {handle} by 2 %?", "Was würde passieren, wenn wir {handle} um 2 % erhöhen?"
    ),
}

PHRASES: Mapping[str, Phrase] = {**BOX, **INTENTS, **STATUSES, **ANSWER, **TAKING, **SUGGESTIONS}
