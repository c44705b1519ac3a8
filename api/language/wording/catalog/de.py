"""German."""

from api.language.wording.catalog.forms import Entry, Forms, Plural

FORMS = Forms(
    decimal=",",
    weekdays=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    months=("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
    date="{weekday} {day}. {month}",
    stretch="{start} bis {end}",
    quotes=("„", "“"),
    comma=", ",
    semicolon="; ",
    last=" und ",
    space=" ",
)

SENTENCES: dict[str, Entry] = {
    # events
    "events.found": Plural(
        "Ja: {count} ungewöhnliches Ereignis{severe}{around}, {window}.",
        "Ja: {count} ungewöhnliche Ereignisse{severe}{around}, {window}.",
    ),
    "events.counted": Plural(
        "{count} ungewöhnliches Ereignis{severe}{around}, {window}.",
        "{count} ungewöhnliche Ereignisse{severe}{around}, {window}.",
    ),
    "events.none": "Keine ungewöhnlichen Ereignisse{severe}{around}, {window}.",
    "events.around": " rund um {names}",
    "events.severe": " mindestens der Schwere {severity}",
    "events.unscored": "Ob etwas ungewöhnlich war, kann ich nicht sagen: Es wurde nichts bewertet, {window}.",
    "events.moves": Plural(
        "{count} Stelleingriff wurde darin aufgezeichnet.", "{count} Stelleingriffe wurden darin aufgezeichnet."
    ),
    "events.line": "{when}, Schwere {severity}: {message} (Ereignis {event}).",
    "events.further": Plural(
        "{count} weiteres Ereignis, keines davon schwerer.", "{count} weitere Ereignisse, keines davon schwerer."
    ),
    "events.explained": Plural(
        "Beiseite gelassen: {count} Antwort auf aufgezeichnete Stelleingriffe ({moves}).",
        "Beiseite gelassen: {count} Antworten auf aufgezeichnete Stelleingriffe ({moves}).",
    ),
    "events.withdrawn": Plural(
        "Beiseite gelassen: {count} Ereignis, das nachgelieferte Werte erklären ({time}).",
        "Beiseite gelassen: {count} Ereignisse, die nachgelieferte Werte erklären ({time}).",
    ),
    "events.partly": "Nur {share} des Zeitraums wurden bewertet.",
    "events.blind": "Davon wurde nichts bewertet.",
    "events.quiet": "Der ganze Zeitraum wurde bewertet; die höchste Bewertung ist {score}, die Schwelle {threshold}.",
    "events.scored": "Der ganze Zeitraum wurde bewertet.",
    "event.open": "Seit {start}, dauert noch an",
    "event.closed": "{start} bis {end}",
    "event.late": "Es erschien oder änderte sich, als nachgelieferte Werte kamen ({time}).",
    "event.gone": "Es wurde zurückgezogen, als nachgelieferte Werte kamen ({time}).",
    "severity.low": "niedrig",
    "severity.medium": "mittel",
    "severity.high": "hoch",
    "move": "{tag} von {before} auf {after} ({time})",
    # explain
    "explain.event": "{when}: {message} (Ereignis {event}).",
    "explain.first": "{tag} verließ seine Vorhersage zuerst, um {time}.",
    "explain.first_only": "{tag} verließ seine Vorhersage zuerst.",
    "explain.share": "{tag} {share} ({peak})",
    "explain.shares": "Größte Beiträge: {shares}.",
    "explain.reached": "{asset} um {time}",
    "explain.way": "Es ging durch die Anlage: {steps}.",
    "explain.response": "Es ist die Antwort auf einen aufgezeichneten Stelleingriff: {move}.",
    "explain.unlogged": "Es sieht nach einem Stelleingriff aus, den niemand aufgezeichnet hat: {move}.",
    "explain.moved": "Kein aufgezeichneter Stelleingriff erklärt es; verstellt wurde in der Nähe: {moves}.",
    "explain.unmoved": "In den {hours} davor wurde kein Stelleingriff aufgezeichnet.",
    "explain.similar": "Es ähnelt dem Ereignis vom {time} (zu {share}, Ereignis {event}).",
    "explain.judged": "Es wurde beurteilt als: {judgement}.",
    "explain.done": "Damals verstellt: {moves}.",
    "explain.heard": "Zuletzt gehört: {tags}.",
    "explain.heard_more": Plural(
        "Zuletzt gehört: {tags}, und {count} weiterer.", "Zuletzt gehört: {tags}, und {count} weitere."
    ),
    "explain.tag_at": "{tag} ({time})",
    "explain.silence": "Warum, können die Werte nicht sagen: Messumformer, Netz und Quelle ansehen.",
    "explain.none": "Es gibt kein Ereignis{around} zu erklären, {window}.",
    "explain.no_such": "Es gibt kein Ereignis mit dieser Nummer{around} zu erklären, {window}.",
    "explain.went": "{name} ging darin von {first} auf {last}.",
    "explain.nothing_moved": "Verstellt wurde darin nichts.",
    "explain.moved_in": "Darin verstellt: {moves}.",
    # moves
    "moves.found": Plural(
        "{count} Stelleingriff wurde aufgezeichnet{around}, {window}.",
        "{count} Stelleingriffe wurden aufgezeichnet{around}, {window}.",
    ),
    "moves.on": " an {names}",
    "moves.none": "Es wurden keine Stelleingriffe aufgezeichnet{around}, {window}.",
    "moves.last": Plural("Der letzte:", "Die letzten {count}:"),
    "moves.list": "{moves}.",
    # tags
    "tags.missing": "Von {tag} gibt es keine guten Werte, {window}.",
    "tags.silent_last": "{tag} ist verstummt; der letzte Wert ist von {time}.",
    "tags.mean": "{name}: im Mittel {mean}, zwischen {low} und {high}, {window} ({samples}).",
    "tags.max": "{name}: höchstens {high}{at} (Mittel {mean}), {window}.",
    "tags.min": "{name}: mindestens {low}{at} (Mittel {mean}), {window}.",
    "tags.at": " ({time})",
    "tags.std": "{name}: Standardabweichung {std} um das Mittel {mean}, zwischen {low} und {high}, {window}.",
    "tags.range": "{name}: zwischen {low} und {high}, eine Spanne von {range} (Mittel {mean}), {window}.",
    "tags.count": "{name}: {samples}, {window}.",
    "tags.first": "{name}: zuerst {first} (Mittel {mean}), {window}.",
    "tags.last": "{name}: zuletzt {last} (Mittel {mean}), {window}.",
    "tags.summary": "{name} ging von {first} auf {last}, zwischen {low} und {high} (Mittel {mean}), {window}.",
    "tags.samples": Plural("{count} guter Wert", "{count} gute Werte"),
    "tags.changes": Plural("{count} Änderung", "{count} Änderungen"),
    "tags.bad": Plural("{count} Wert schlechter Qualität.", "{count} Werte schlechter Qualität."),
    "tags.above": "Ja: {name} lag über {limit}, {window}; der höchste Wert war {reached}.",
    "tags.below": "Ja: {name} lag unter {limit}, {window}; der niedrigste Wert war {reached}.",
    "tags.never_above": "Nein: {name} lag nie über {limit}, {window}; der höchste Wert war {reached}.",
    "tags.never_below": "Nein: {name} lag nie unter {limit}, {window}; der niedrigste Wert war {reached}.",
    "tags.share_above": "{name} lag {share} der Zeit ({length}) über {limit}, {window}.",
    "tags.share_below": "{name} lag {share} der Zeit ({length}) unter {limit}, {window}.",
    "tags.named_limit": "{limit} ({value})",
    "tags.first_beyond": "Zum ersten Mal: {time}.",
    "tags.now": "{name} ist {value} ({time}), zwischen {low} und {high} in den {hours} davor.",
    "tags.was": "{name} war {value} ({time}), zwischen {low} und {high} in den {hours} davor.",
    "tags.silent": "{tag} ist verstummt: Der Wert von jetzt ist nicht bekannt.",
    "tags.passed": "{tag} überschritt: {limit} {value}, zuerst {time}, bei {share} der Werte.",
    "limit.trip_lo": "untere Abschaltgrenze",
    "limit.lolo": "unterste Grenze",
    "limit.lo": "untere Grenze",
    "limit.hi": "obere Grenze",
    "limit.hihi": "oberste Grenze",
    "limit.trip_hi": "obere Abschaltgrenze",
    # status
    "status.empty": "Der Historian enthält noch keine Daten.",
    "status.ordinary": "{subject}: Nichts Ungewöhnliches ist im Gange, und jeder Tag ist innerhalb seiner Grenzen.",
    "status.unsure": (
        "{subject}: Soweit zu sehen ist nichts Ungewöhnliches im Gange, aber nicht jeder Tag meldet sich."
    ),
    "status.unusual": "{subject}: {events}, {limits}.",
    "status.plant": "Die Anlage",
    "status.events": Plural(
        "{count} ungewöhnliches Ereignis ist offen", "{count} ungewöhnliche Ereignisse sind offen"
    ),
    "status.limits": Plural("{count} Tag ist jenseits einer Grenze", "{count} Tags sind jenseits einer Grenze"),
    "status.event": "Seit {start}: {message} (Ereignis {event}).",
    "status.beyond": "{tag} ist {value}, jenseits der Grenze: {limit}.",
    "status.values": "Neueste Werte: {values}.",
    "status.value": "{tag} {value}",
    "status.silent": Plural(
        "{count} Tag ist verstummt oder sendet nur schlechte Qualität, der erste seit {time}: {names}.",
        "{count} Tags sind verstummt oder senden nur schlechte Qualität, der erste seit {time}: {names}.",
    ),
    "status.unheard": Plural(
        "{count} Tag hat nie einen Wert gesendet: {names}.", "{count} Tags haben nie einen Wert gesendet: {names}."
    ),
    "status.score": "Die neueste Bewertung ist {score}, die Schwelle {threshold}.",
    "status.newest": "Neuester Wert: {time}.",
    "others": "{names} und andere",
    # what if
    "whatif.order": "Foretell verstellt nichts in der Anlage; das hier würde der Stelleingriff bewirken.",
    "whatif.refused": "Ich stehe nicht hinter {moves}: {reasons}.",
    "whatif.move": "{tag} {before} → {after} ab {start}",
    "whatif.move_until": "{tag} {before} → {after} ab {start} bis {end}",
    "whatif.change_past": (
        "{name} hätte nach {length} {change} gelegen ({share}-Intervall {low} bis {high}): "
        "{with_moves} statt {without}"
    ),
    "whatif.change": (
        "{name} läge nach {length} {change} ({share}-Intervall {low} bis {high}): {with_moves} statt {without}"
    ),
    "whatif.same_past": (
        "{name} hätte sich nach {length} nicht deutlich geändert ({mean}, {share}-Intervall {low} bis {high})"
    ),
    "whatif.same": "{name} ändert sich nach {length} nicht deutlich ({mean}, {share}-Intervall {low} bis {high})",
    "whatif.lead": "{effect}, mit {moves}.",
    "whatif.next": "{effect}.",
    "whatif.nothing_past": "Mit {moves} wäre nach {length} nichts deutlich anders gewesen.",
    "whatif.nothing": "Mit {moves} wäre nach {length} nichts deutlich anders.",
    "whatif.way": "Unterwegs läge {tag} {change}, um {time}.",
    "whatif.way_past": "Unterwegs hätte {tag} {change} gelegen, um {time}.",
    "whatif.held": "{tag} wird vom Bediener gestellt und bleibt, wo es ist.",
    "whatif.besides": "Außerdem am meisten bewegt: {effects}.",
    "whatif.besides_one": "{tag} {change}",
    "whatif.kept": "Verglichen mit dem, was wirklich geschah; die Störungen jener Zeit bleiben erhalten.",
    "whatif.kpi_past": "{kpi} hätte im Mittel {change} gelegen.",
    "whatif.kpi": "{kpi} läge im Mittel {change}.",
    "whatif.risk": (
        "Dass {tag} diese Grenze überschreitet ({limit} {value}), ist {with_moves}, ohne die Stelleingriffe "
        "{without}."
    ),
    "whatif.no_risk": "Die Chance, eine Grenze zu überschreiten, ändert sich nicht.",
    "whatif.nothing_undone": (
        "Es gibt nichts zurückzunehmen: Es wurde kein Stelleingriff aufgezeichnet{around}, {window}."
    ),
    "whatif.undone": "dem zurückgenommenen Stelleingriff {move}",
    "curve.without": "{name}, ohne die Stelleingriffe",
    "curve.with": "{name}, mit den Stelleingriffen",
    "curve.measured": "{name}, gemessen",
    "curve.forecast": "{name}, Vorhersage",
    "change.higher": "{amount} höher",
    "change.lower": "{amount} niedriger",
    # forecast
    "forecast.refused": "Ich stehe nicht hinter einer Vorhersage: {reasons}.",
    "forecast.value": (
        "{name} wird bis {time} bei {value} erwartet, wenn nichts verstellt wird ({share}-Band {low} bis {high})."
    ),
    "forecast.held": "{names} bleibt, wo es ist: Nur ein Bediener stellt es.",
    "forecast.no_risk": "Bis {time} ist keine Grenze gefährdet.",
    "forecast.no_risk_of": "Bis {time} ist keine Grenze von {names} gefährdet.",
    "limit.chance": "Dass {tag} bis {time} diese Grenze überschreitet ({limit} {value}), ist {chance}.",
    "limit.expected_above": (
        "Ja: {name} wird über {limit} erwartet, höchstens bei {expected}; das {share}-Band reicht bis {bound}."
    ),
    "limit.possible_above": (
        "Möglich: {name} wird unter {limit} erwartet, höchstens bei {expected}, "
        "aber das {share}-Band reicht bis {bound}."
    ),
    "limit.not_above": (
        "Nein: {name} wird unter {limit} erwartet, höchstens bei {expected}; das {share}-Band reicht bis {bound}."
    ),
    "limit.expected_below": (
        "Ja: {name} wird unter {limit} erwartet, mindestens bei {expected}; das {share}-Band reicht bis {bound}."
    ),
    "limit.possible_below": (
        "Möglich: {name} wird über {limit} erwartet, mindestens bei {expected}, "
        "aber das {share}-Band reicht bis {bound}."
    ),
    "limit.not_below": (
        "Nein: {name} wird über {limit} erwartet, mindestens bei {expected}; das {share}-Band reicht bis {bound}."
    ),
    # trend and compare
    "trend.rising": "{name} stieg um {change}, {window}: {slope} ({share}-Intervall {low} bis {high}).",
    "trend.falling": "{name} fiel um {change}, {window}: {slope} ({share}-Intervall {low} bis {high}).",
    "trend.steady": ("{name} blieb stabil, {window}: {slope} ({share}-Intervall {low} bis {high})."),
    "trend.unknown": Plural(
        "Ob {name} stieg oder fiel, kann ich nicht sagen: Es gibt {count} guten Wert, {window}.",
        "Ob {name} stieg oder fiel, kann ich nicht sagen: Es gibt {count} gute Werte, {window}.",
    ),
    "compare.windows": "{name} lag {change} ({aggregation} {first}, {window}, gegenüber {second}, {other}).",
    "compare.same": "{name} lag gleich ({aggregation} {first}, {window}, gegenüber {second}, {other}).",
    "compare.large": "Das ist mehr als das Doppelte des üblichen Unterschieds ({usual}).",
    "compare.usual": "Ein solcher Unterschied ist nicht ungewöhnlich (üblich ist {usual}).",
    "compare.missing": (
        "{name} lässt sich nicht vergleichen: Einer der Zeiträume hat keine guten Werte, {window} und {other}."
    ),
    "compare.tags": "{name} lag {change} als {other} ({aggregation}: {values}), {window}.",
    "compare.tags_same": "{name} und {other} lagen gleich ({aggregation}: {values}), {window}.",
    "compare.apart": (
        "Die Einheiten lassen sich nicht umrechnen, daher reihe ich keines davon ({aggregation}: {values}), {window}."
    ),
    "compare.events_more": Plural(
        "Mehr: {count} ungewöhnliches Ereignis{around}, {window}, gegenüber {before}, {other}.",
        "Mehr: {count} ungewöhnliche Ereignisse{around}, {window}, gegenüber {before}, {other}.",
    ),
    "compare.events_fewer": Plural(
        "Weniger: {count} ungewöhnliches Ereignis{around}, {window}, gegenüber {before}, {other}.",
        "Weniger: {count} ungewöhnliche Ereignisse{around}, {window}, gegenüber {before}, {other}.",
    ),
    "compare.events_as_many": Plural(
        "Gleich viele: {count} ungewöhnliches Ereignis{around}, {window}, und {before}, {other}.",
        "Gleich viele: {count} ungewöhnliche Ereignisse{around}, {window}, und {before}, {other}.",
    ),
    "compare.events_unknown": Plural(
        "Ich kann nicht vergleichen, weil ein Zeitraum nicht bewertet wurde: "
        "{count} Ereignis{around}, {window}, {before}, {other}.",
        "Ich kann nicht vergleichen, weil ein Zeitraum nicht bewertet wurde: "
        "{count} Ereignisse{around}, {window}, {before}, {other}.",
    ),
    "compare.rates": "Die Zeiträume sind verschieden lang: {first} am Tag gegenüber {second} am Tag.",
    "compare.ids": "{window}: {ids}.",
    "aggregation.mean": "Mittel",
    "aggregation.max": "Maximum",
    "aggregation.min": "Minimum",
    "aggregation.std": "Standardabweichung",
    "aggregation.range": "Spanne",
    "aggregation.count": "Werte",
    "aggregation.first": "erster Wert",
    "aggregation.last": "letzter Wert",
    # advice
    "advice.best": "Rat: {moves}.",
    "advice.then": (
        "{name} wird dann bis {time} bei {value} erwartet ({share}-Band {low} bis {high}); das Ziel ist {goal}."
    ),
    "advice.otherwise": "Wenn nichts verstellt wird, wird {name} bei {without} erwartet.",
    "advice.nearest": "Keiner der versuchten Stelleingriffe bringt {name} auf {goal}.",
    "advice.closest": "Am nächsten kommt: {moves}.",
    "advice.unneeded": (
        "Um {name} auf {goal} zu bringen, muss nichts verstellt werden: Bis {time} wird {value} erwartet "
        "({share}-Band {low} bis {high})."
    ),
    "advice.nothing": (
        "Keiner der versuchten Stelleingriffe bringt {name} auf {goal}: Bis {time} wird {value} erwartet, "
        "wenn nichts "
        "verstellt wird ({share}-Band {low} bis {high})."
    ),
    "advice.unsure": "Der erwartete Wert erreicht es, das ganze Band nicht.",
    "advice.tried": Plural(
        "{count} Szenario wurde durchgerechnet, mit {handles}.",
        "{count} Szenarien wurden durchgerechnet, mit {handles}.",
    ),
    "advice.only": "Das ist nur ein Rat: Hier kann nichts die Anlage verstellen.",
    "goal.above": "≥ {value}",
    "goal.below": "≤ {value}",
    "goal.between": "{low} bis {high}",
    # what people wrote
    "records.found": Plural("{count} Eintrag{about}, {window}.", "{count} Einträge{about}, {window}."),
    "records.none": "Im Buch wurde nichts gefunden{about}, {window}.",
    "records.about": " zu {text}",
    "records.entry": "{time}, {author}: {text}.",
    "records.scenario": "{time}, Szenario: {text}; {outcome}.",
    "records.other": "{time}, {kind}: {text}.",
    "records.kind_entry": "Eintrag",
    "records.kind_answer": "Frage",
    "records.kind_scenario": "Szenario",
    "records.further": Plural("{count} weiterer Eintrag.", "{count} weitere Einträge."),
    # verdict and confidence
    "verdict.supported": "Gestützt: {reasons}.",
    "verdict.extrapolating": "Mit Vorsicht, das ist extrapoliert: {reasons}.",
    "chance": "{words} ({share})",
    "certainty.99": "fast sicher",
    "certainty.90": "sehr wahrscheinlich",
    "certainty.66": "wahrscheinlich",
    "certainty.33": "etwa so wahrscheinlich wie nicht",
    "certainty.10": "unwahrscheinlich",
    "certainty.01": "sehr unwahrscheinlich",
    "certainty.00": "fast unmöglich",
    "model": "Weltmodell {version}.",
    "note": "Hinweis: {note}.",
    # the plant
    "about.tag": "{tag}: {description} ({role}, {asset}).",
    "about.range": "Der Bereich von {tag} ist {low} bis {high}.",
    "about.unit": "Die Einheit von {tag} ist {unit}.",
    "about.no_unit": "{tag} hat keine Einheit: Es ist ein Verhältnis.",
    "about.limits": "Grenzen von {tag}: {limits}.",
    "about.limit": "{limit} {value}",
    "about.no_limits": "Die Anlagendatei nennt für {tag} keine Grenzen.",
    "about.handle": "Ein Bediener stellt {tag} über {handle}.",
    "about.settable_tag": "Ein Bediener stellt {tag}.",
    "about.unmovable": "Kein Bediener stellt {tag}.",
    "about.aliases": "Heißt auch {aliases}.",
    "about.now": "{tag} ist {value} ({time}).",
    "about.asset": "{asset}: {description}.",
    "about.members": Plural("Es hat {count} Tag: {names}.", "Es hat {count} Tags: {names}."),
    "about.movables": Plural(
        "Ein Bediener kann {count} Tag stellen: {ranges}.", "Ein Bediener kann {count} Tags stellen: {ranges}."
    ),
    "about.none_movable": "Ein Bediener kann keinen seiner Tags stellen.",
    "about.settable": "{tag} ({low} bis {high})",
    "about.plant": "{plant}: {description}.",
    "about.assets": Plural(
        "Sie hat {count} Tag, an diesen Anlagenteilen: {names}.",
        "Sie hat {count} Tags, an diesen Anlagenteilen: {names}.",
    ),
    "role.measured": "gemessen",
    "role.mv": "Stellgröße",
    "role.setpoint": "Sollwert",
    "role.disturbance": "Störgröße",
    "role.analyser": "Analysator",
    # what was not looked at
    "unchecked.unscored": "{share} des Zeitraums wurden nicht bewertet.",
    "unchecked.window": "{share} wurden nicht bewertet, {window}.",
    "unchecked.causes": "Ursachen, die kein Tag misst.",
    "unchecked.whatif": "Kommende Stelleingriffe und Störungen, nach denen nicht gefragt ist.",
    "unchecked.forecast": "Kommende Stelleingriffe und Störungen.",
    "unchecked.handles": "Stelleingriffe an {names}.",
    "unchecked.advice": "Mehr als zwei Stelleingriffe zusammen und solche in mehreren Schritten.",
    "unchecked.silent": Plural("{count} verstummter Tag.", "{count} verstummte Tags."),
    "unchecked.unheard": Plural(
        "{count} Tag, der nie einen Wert gesendet hat.", "{count} Tags, die nie einen Wert gesendet haben."
    ),
    "unchecked.language": "Ein Teil dieser Antwort ist Englisch: Es gibt ihn in dieser Sprache noch nicht.",
    "unchecked.withheld": "Ein Satz wurde zurückgehalten, weil etwas darin nicht belegt ist.",
    # what is not answered
    "withheld": "Ich halte diese Antwort zurück: Etwas darin ist nicht belegt.",
    "which": "Was ist gemeint: {candidates}?",
    "which_one": "Was davon ist gemeint?",
    "error.ambiguous-tag": "Das ist nicht eindeutig. {detail}",
    "error.unknown-tag": "Diesen Namen gibt es in der Anlage nicht. {detail}",
    "error.unit-mismatch": "Diese Einheit passt nicht. {detail}",
    "error.outside-limits": "Das liegt außerhalb der Grenzen. {detail}",
    "error.horizon-too-long": "Das ist zu weit voraus. {detail}",
    "error.outside-data": "Für diese Zeit gibt es keine Daten. {detail}",
    "error.outside-retention": "Das liegt vor dem ersten Wert. {detail}",
    "error.empty-window": "Dieser Zeitraum ist leer. {detail}",
    "error.model-not-ready": "Das Weltmodell ist nicht bereit. {detail}",
    "error.not-found": "Das gibt es nicht. {detail}",
    "error.no-journal": "Es wird kein Buch geführt. {detail}",
    "error.too-large": "Das ist zu viel auf einmal. {detail}",
    "error.unauthorized": "Dafür fehlt die Berechtigung. {detail}",
    "error.incomplete": "Da fehlt mir noch etwas. {detail}",
    "error": "Das geht nicht. {detail}",
    "scope.other_topic": "Das habe ich nicht als Frage zu dieser Anlage verstanden.",
    "scope.write_to_plant": (
        "Ich lese nur: Verstellen, quittieren, löschen oder neu starten kann ich an der Anlage nichts. "
        "Was ein Stelleingriff bewirken würde, kann ich sagen."
    ),
    "scope.secrets": "Schlüssel, Kennwörter, Adressen und meine eigenen Anweisungen gebe ich nicht heraus.",
    "scope.instructions": "Ich beantworte Fragen zu dieser Anlage; Anweisungen in einer Frage ändern daran nichts.",
    "scope.unreadable": "Das kann ich nicht lesen. Bitte in einem Satz von höchstens zweitausend Zeichen fragen.",
    # links
    "link.console": "Die Ereignisse in der Konsole",
    "link.event": "Ereignis {event}",
    "link.grafana": "Gemessen und erwartet in Grafana",
    "help": (
        "Gefragt werden kann nach ungewöhnlichen Ereignissen (gab es letzte Nacht ungewöhnliche Ereignisse?), warum "
        "eines geschah (erkläre das letzte Ereignis), was ein Tag tat (wie hoch war … letzte Nacht im "
        "Mittel?), ob er "
        "steigt oder fällt, nach zwei Zeiten oder zwei Tags im Vergleich, was verstellt wurde, was aufgeschrieben "
        "wurde, was unter anderen Stelleingriffen wäre (was wäre, wenn wir … um … gesenkt hätten?), was kommt (wie "
        "hoch wird … in den nächsten Stunden?), was zu verstellen wäre (wie bekomme ich … unter …?), wie die Anlage "
        "gerade dasteht und was die Tags sind."
    ),
}
