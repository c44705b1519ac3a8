"""Phrases of the console: the what-if bench, and what a what-if gave."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

FORM: Mapping[str, Phrase] = {
    "whatif.bench": Phrase("What-if bench", "Szenarien vergleichen"),
    "whatif.advice": Phrase(
        "Advice only: nothing here can write to the plant.", "Nur Rat: Nichts hier kann in die Anlage schreiben."
    ),
    "whatif.nothing_movable": Phrase(
        "The plant file names no movable tag: there is nothing to try out.",
        "Die Anlagendatei nennt keine verstellbare Größe: Es gibt nichts auszuprobieren.",
    ),
    "whatif.start": Phrase("Start", "Beginn"),
    "whatif.start.now": Phrase("From now", "Ab jetzt"),
    "whatif.start.past": Phrase("From the past", "Ab früher"),
    "whatif.start.field": Phrase("Start in {zone}", "Beginn in {zone}"),
    "whatif.horizon": Phrase("Horizon in hours", "Horizont in Stunden"),
    "whatif.scenarios": Phrase("Scenarios", "Szenarien"),
    "whatif.scenario": Phrase("with the moves", "mit den Eingriffen"),
    "whatif.scenario_of": Phrase("Scenario {letter}", "Szenario {letter}"),
    "whatif.name": Phrase("Name of {letter} (optional)", "Name von {letter} (freiwillig)"),
    "whatif.add": Phrase("Add a scenario", "Szenario hinzufügen"),
    "whatif.duplicate": Phrase("Duplicate", "Verdoppeln"),
    "whatif.remove": Phrase("Remove", "Entfernen"),
    "whatif.move_of": Phrase("Move {n}", "Eingriff {n}"),
    "whatif.tag": Phrase("Tag to move", "Zu verstellen"),
    "whatif.kind": Phrase("Kind of change", "Art der Änderung"),
    "whatif.kind.to": Phrase("to", "auf"),
    "whatif.kind.by": Phrase("by", "um"),
    "whatif.kind.per_cent": Phrase("by %", "um %"),
    "whatif.amount": Phrase("Amount", "Betrag"),
    "whatif.slider": Phrase("Amount, slider", "Betrag, Schieber"),
    "whatif.present": Phrase(
        "at the start {value}, allowed {low} to {high}", "am Beginn {value}, erlaubt {low} bis {high}"
    ),
    "whatif.no_value": Phrase("not known", "nicht bekannt"),
    "whatif.leads_to": Phrase("leads to {level}", "führt auf {level}"),
    "whatif.learned": Phrase("the model has learned {low} to {high}", "gelernt hat das Modell {low} bis {high}"),
    "whatif.unlearned": Phrase("the model has learned no range for it", "einen Bereich hat das Modell nicht gelernt"),
    "whatif.begin": Phrase("Begins after (min)", "Beginnt nach (min)"),
    "whatif.end": Phrase("Ends after (min), empty: stays", "Endet nach (min), leer: bleibt"),
    "whatif.remove_move": Phrase("Remove move {n}", "Eingriff {n} entfernen"),
    "whatif.add_move": Phrase("Add a move", "Eingriff hinzufügen"),
    "whatif.compare": Phrase("Compare", "Vergleichen"),
    "whatif.cancel": Phrase("Cancel", "Abbrechen"),
    "whatif.running": Phrase("Imagining: {done} of {all} done …", "Wird durchgespielt: {done} von {all} fertig …"),
    "whatif.given_up": Phrase("Cancelled: nothing was drawn.", "Abgebrochen: Nichts wurde gezeichnet."),
    "whatif.stale": Phrase(
        "Out of date: the form was changed since. Compare again.",
        "Veraltet: Das Formular wurde seither geändert. Neu vergleichen.",
    ),
    "whatif.faulty": Phrase(
        "First mend the fields marked in {letters}.", "Zuerst die markierten Felder in {letters} richten."
    ),
    "whatif.faulty_when": Phrase("First mend start and horizon.", "Zuerst Beginn und Horizont richten."),
}

PROBLEMS: Mapping[str, Phrase] = {
    "whatif.problem.no_amount": Phrase("say an amount", "Betrag angeben"),
    "whatif.problem.limits": Phrase(
        "leads to {level}, allowed is {low} to {high}", "führt auf {level}, erlaubt ist {low} bis {high}"
    ),
    "whatif.problem.begin": Phrase("from 0 to less than {horizon}", "von 0 bis unter {horizon}"),
    "whatif.problem.end": Phrase("at least {step} after the begin", "mindestens {step} nach dem Beginn"),
    "whatif.problem.horizon": Phrase("from {low} to {high}", "von {low} bis {high}"),
    "whatif.problem.no_instant": Phrase("no date and time", "kein Datum mit Uhrzeit"),
    "whatif.problem.future": Phrase("lies in the future", "liegt in der Zukunft"),
}

STAGE: Mapping[str, Phrase] = {
    "whatif.past": Phrase(
        "The past: click a start, or drag over a stretch", "Vergangenheit: Beginn anklicken oder Spanne ziehen"
    ),
    "whatif.past.said": Phrase(
        "{tag} in the past, to choose a start on", "{tag} in der Vergangenheit, um einen Beginn zu wählen"
    ),
    "whatif.past.file": Phrase("{tag} in the past", "{tag} in der Vergangenheit"),
    "whatif.past.range": Phrase("Time range", "Zeitraum"),
    "whatif.past.days": Phrase("{n} day|{n} days", "{n} Tag|{n} Tage"),
    "whatif.past.reading": Phrase("Reading the past …", "Vergangenheit wird gelesen …"),
    "whatif.past.nothing": Phrase("Nothing was measured in this stretch.", "In dieser Spanne wurde nichts gemessen."),
    "whatif.curves": Phrase("Curves", "Kurven"),
    "whatif.curves.label": Phrase("Tags to draw", "Zu zeichnende Größen"),
    "whatif.bands": Phrase("90 % bands", "90-%-Bänder"),
    "whatif.time_line": Phrase("When the moves hold", "Wann die Eingriffe gelten"),
    "whatif.bar": Phrase("{letter} {tag}: begin and end", "{letter} {tag}: Beginn und Ende"),
    "whatif.bar.said": Phrase("{tag} {amount}, {stretch}", "{tag} {amount}, {stretch}"),
    "whatif.nothing_run": Phrase(
        "Choose moves, then Compare: the twin draws the plant's future without them and with each scenario.",
        "Eingriffe wählen, dann Vergleichen: Der Zwilling zeichnet die Zukunft ohne sie und mit jedem Szenario.",
    ),
    "whatif.drawing": Phrase("Drawing the curves …", "Kurven werden gezeichnet …"),
    "whatif.reading": Phrase("Reading the scenarios …", "Szenarien werden gelesen …"),
    "whatif.all_refused": Phrase(
        "No curves: every scenario was refused.", "Keine Kurven: Jedes Szenario wurde abgelehnt."
    ),
    "whatif.failed": Phrase(
        "{letter} could not be worked out: {reason}", "{letter} war nicht durchzuspielen: {reason}"
    ),
    "whatif.chart.said": Phrase("{tag}: {names} over time in {unit}", "{tag}: {names} über der Zeit in {unit}"),
    "whatif.baseline": Phrase("baseline", "ohne Eingriff"),
    "whatif.measured": Phrase("measured", "gemessen"),
    "whatif.start_mark": Phrase("start", "Beginn"),
}

OUTCOME: Mapping[str, Phrase] = {
    "whatif.verdict.supported": Phrase(
        "Supported. The twin stands behind this forecast.", "Gestützt. Der Zwilling steht hinter dieser Vorhersage."
    ),
    "whatif.verdict.extrapolating": Phrase(
        "Extrapolating. Beyond what the twin has learned: read with care.",
        "Extrapoliert. Jenseits des Gelernten: mit Vorsicht lesen.",
    ),
    "whatif.verdict.refused": Phrase(
        "Refused. The twin refuses to forecast this, so there is no curve.",
        "Abgelehnt. Der Zwilling sagt das nicht vorher, darum gibt es keine Kurve.",
    ),
    "whatif.method.abduction": Phrase(
        "By abduction: the baseline is what was measured; the disturbances that happened are kept.",
        "Durch Abduktion: Ohne Eingriff gilt das Gemessene; die Störungen, die auftraten, bleiben.",
    ),
    "whatif.method.forecast": Phrase(
        "By rollout: both futures are imagined from the start on.",
        "Durch Vorausrechnen: Beide Verläufe werden vom Beginn an vorausgedacht.",
    ),
    "whatif.by_model": Phrase("world model {model}", "Weltmodell {model}"),
    "whatif.move": Phrase(
        "{what} ({tag}): {before} → {after}, {stretch}", "{what} ({tag}): {before} → {after}, {stretch}"
    ),
    "whatif.hindsight": Phrase(
        "In hindsight: from this start the twin's forecast would have been off by {error} on average "
        "(one value, {inside} inside the 90 % band)."
        "|In hindsight: from this start the twin's forecast would have been off by {error} on average "
        "({n} values, {inside} of them inside the 90 % band).",
        "Im Rückblick: Von diesem Beginn an hätte die Vorhersage im Mittel um {error} danebengelegen "
        "(ein Wert, {inside} im 90-%-Band)."
        "|Im Rückblick: Von diesem Beginn an hätte die Vorhersage im Mittel um {error} danebengelegen "
        "({n} Werte, davon {inside} im 90-%-Band).",
    ),
    "whatif.effects": Phrase(
        "Effect against the baseline, averaged over the last hour of the horizon (90 % interval)",
        "Wirkung gegenüber dem Verlauf ohne Eingriff, im Mittel der letzten Stunde (90-%-Bereich)",
    ),
    "whatif.effects.label": Phrase("Effects", "Wirkungen"),
    "whatif.all_tags": Phrase("All {n} tags", "Alle {n} Größen"),
    "whatif.column.tag": Phrase("Tag", "Messstelle"),
    "whatif.column.what": Phrase("What", "Was"),
    "whatif.column.limit": Phrase("Limit", "Grenze"),
    "whatif.kpis": Phrase("Key figures, averaged over the horizon", "Kennzahlen, im Mittel über den Horizont"),
    "whatif.kpis.label": Phrase("Key figures", "Kennzahlen"),
    "whatif.risks": Phrase(
        "Chance of passing a limit within the horizon",
        "Wie wahrscheinlich eine Grenze im Horizont überschritten wird",
    ),
    "whatif.risks.label": Phrase("Limit risks", "Grenzrisiken"),
    "whatif.risk.half": Phrase("{chance}, half within {time}", "{chance}, die Hälfte binnen {time}"),
    "whatif.no_risk": Phrase("No limit is likely to be passed.", "Keine Grenze wird voraussichtlich überschritten."),
}

REASONS: Mapping[str, Phrase] = {
    "whatif.reason.inside": Phrase(
        "moves inside the trained envelope, horizon within the validated {horizon}",
        "Eingriffe im gelernten Bereich, Horizont innerhalb der geprüften {horizon}",
    ),
    "whatif.reason.members": Phrase(
        "the model's members disagree on {tag} by {spread} sigma, ordinary is up to {limit} sigma",
        "die Teile des Modells sind sich bei {tag} um {spread} Sigma uneins, üblich sind bis {limit} Sigma",
    ),
    "whatif.reason.effect": Phrase(
        "the model's members disagree on the effect by {spread} sigma over all tags, "
        "as much as the plant's own noise ({noise} sigma)",
        "die Teile des Modells sind sich bei der Wirkung über alle Größen um {spread} Sigma uneins, "
        "so viel wie das Rauschen der Anlage ({noise} Sigma)",
    ),
    "whatif.reason.measured": Phrase(
        "only {share} of the values in the {before} before the start were measured",
        "nur {share} der Werte in den {before} vor dem Beginn wurden gemessen",
    ),
    "whatif.reason.unknown": Phrase(
        "the level of {tags} before the start is not known", "der Stand von {tags} vor dem Beginn ist nicht bekannt"
    ),
    "whatif.reason.envelope": Phrase(
        "{tag} = {level} is outside the trained range [{low}, {high}",
        "{tag} = {level} liegt außerhalb des gelernten Bereichs [{low}; {high}",
    ),
    "whatif.reason.moved": Phrase(
        "the training log moves {tag} {times}", "in den Lerndaten wird {tag} {times} verstellt"
    ),
    "whatif.reason.step": Phrase(
        "{tag} moves by {step} at once, the largest step of the training log is {largest}",
        "{tag} springt um {step}, der größte Sprung in den Lerndaten ist {largest}",
    ),
    "whatif.reason.together": Phrase(
        "the effect of {tag} alone is not identified: "
        "in the training log it moved together with {companion} ({share})",
        "was {tag} allein bewirkt, ist nicht zu erkennen: In den Lerndaten ging {companion} mit ({share})",
    ),
    "whatif.reason.stands": Phrase(
        "{tag} stands at {level}, in training it was in [{low}, {high}",
        "{tag} steht bei {level}, beim Lernen lag es in [{low}; {high}",
    ),
    "whatif.reason.horizon": Phrase(
        "the horizon of {horizon} goes past the {validated} up to which the model was validated",
        "der Horizont von {horizon} geht über die {validated} hinaus, bis zu denen das Modell geprüft ist",
    ),
    "whatif.reason.event": Phrase(
        "a process event of high severity is going on at the start: {event} around {asset}, "
        "so the plant does not behave as the model learned it",
        "am Beginn läuft ein schweres Prozessereignis: {event} bei {asset}; "
        "die Anlage verhält sich nicht, wie das Modell sie gelernt hat",
    ),
    "whatif.count.never": Phrase("not once", "kein einziges Mal"),
    "whatif.count.once": Phrase("once", "einmal"),
    "whatif.count.twice": Phrase("twice", "zweimal"),
    "whatif.count.always": Phrase("always", "immer"),
}

SHELF: Mapping[str, Phrase] = {
    "whatif.save": Phrase("Save", "Speichern"),
    "whatif.save.as": Phrase("Name", "Name"),
    "whatif.save.ask": Phrase("Save with a name", "Mit Namen speichern"),
    "whatif.save.title": Phrase("Save {letter} with a name", "{letter} mit Namen speichern"),
    "whatif.save.no_name": Phrase("say a name", "Namen angeben"),
    "whatif.saved_as": Phrase("Saved as {name}.", "Gespeichert als {name}."),
    "whatif.link": Phrase("Link to this comparison", "Link zu diesem Vergleich"),
    "whatif.saved": Phrase("Saved what-ifs", "Gespeicherte Szenarien"),
    "whatif.saved.none": Phrase(
        "None yet: compare scenarios, then save one with a name.",
        "Noch keine: Szenarien vergleichen, dann eines mit Namen speichern.",
    ),
    "whatif.saved.reading": Phrase("Reading what was saved …", "Gespeichertes wird gelesen …"),
    "whatif.saved.told": Phrase(
        "{verdict}, {stretch}, world model {model}", "{verdict}, {stretch}, Weltmodell {model}"
    ),
    "whatif.support.supported": Phrase("supported", "gestützt"),
    "whatif.support.extrapolating": Phrase("extrapolating", "extrapoliert"),
    "whatif.support.refused": Phrase("refused", "abgelehnt"),
    "whatif.open": Phrase("Open", "Öffnen"),
    "whatif.open.named": Phrase("Open {name}", "{name} öffnen"),
    "whatif.beside": Phrase("Set beside", "Danebenstellen"),
    "whatif.beside.named": Phrase("Set {name} beside these", "{name} danebenstellen"),
    "whatif.rerun": Phrase("Run again on {model}", "Neu mit {model}"),
    "whatif.rerun.named": Phrase("Run {name} again on {model}", "{name} neu mit {model}"),
    "whatif.rerunning": Phrase("Running it again …", "Wird neu durchgespielt …"),
    "whatif.forget": Phrase("Take off the list", "Von der Liste nehmen"),
    "whatif.forget.named": Phrase("Take {name} off the list", "{name} von der Liste nehmen"),
    "whatif.old_and_new": Phrase("{name} ({model})", "{name} ({model})"),
}

PHRASES: Mapping[str, Phrase] = {**FORM, **PROBLEMS, **STAGE, **OUTCOME, **REASONS, **SHELF}
