"""Spanish."""

from api.language.wording.catalog.forms import Entry, Forms, Plural

FORMS = Forms(
    decimal=",",
    weekdays=("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"),
    date="{weekday} {day} {month}",
    stretch="{start} a {end}",
    quotes=("«", "»"),
    comma=", ",
    semicolon="; ",
    last=" y ",
    space=" ",
)

SENTENCES: dict[str, Entry] = {
    # events
    "events.found": Plural(
        "Sí: {count} evento inusual{severe}{around}, {window}.",
        "Sí: {count} eventos inusuales{severe}{around}, {window}.",
    ),
    "events.counted": Plural(
        "{count} evento inusual{severe}{around}, {window}.", "{count} eventos inusuales{severe}{around}, {window}."
    ),
    "events.none": "Ningún evento inusual{severe}{around}, {window}.",
    "events.around": " en torno a {names}",
    "events.severe": " de gravedad {severity} o mayor",
    "events.unscored": "No puedo decir si hubo algo inusual: no se evaluó nada, {window}.",
    "events.moves": Plural("Se registró {count} maniobra.", "Se registraron {count} maniobras."),
    "events.line": "{when}, gravedad {severity}: {message} (evento {event}).",
    "events.further": Plural("{count} evento más, ninguno más grave.", "{count} eventos más, ninguno más grave."),
    "events.explained": Plural(
        "Aparte: {count} respuesta a maniobras registradas ({moves}).",
        "Aparte: {count} respuestas a maniobras registradas ({moves}).",
    ),
    "events.withdrawn": Plural(
        "Aparte: {count} evento que explican muestras tardías ({time}).",
        "Aparte: {count} eventos que explican muestras tardías ({time}).",
    ),
    "events.partly": "Solo se evaluó el {share} del periodo.",
    "events.blind": "No se evaluó nada de ello.",
    "events.quiet": "Se evaluó todo el periodo; la puntuación máxima es {score}, el umbral {threshold}.",
    "events.scored": "Se evaluó todo el periodo.",
    "event.open": "Desde {start}, sigue en curso",
    "event.closed": "{start} a {end}",
    "event.late": "Apareció o cambió cuando llegaron muestras tardías: {time}.",
    "event.gone": "Se retiró cuando llegaron muestras tardías: {time}.",
    "severity.low": "baja",
    "severity.medium": "media",
    "severity.high": "alta",
    "move": "{tag} de {before} a {after} ({time})",
    # explain
    "explain.event": "{when}: {message} (evento {event}).",
    "explain.first": "{tag} fue el primero en apartarse de su predicción, a las {time}.",
    "explain.first_only": "{tag} fue el primero en apartarse de su predicción.",
    "explain.share": "{tag} {share} ({peak})",
    "explain.shares": "Mayores contribuciones: {shares}.",
    "explain.reached": "{asset} a las {time}",
    "explain.way": "Recorrió la planta: {steps}.",
    "explain.response": "Es la respuesta a una maniobra registrada: {move}.",
    "explain.unlogged": "Parece una maniobra que nadie registró: {move}.",
    "explain.moved": "Ninguna maniobra registrada lo explica; cerca se hicieron: {moves}.",
    "explain.unmoved": "No se registró ninguna maniobra en las {hours} anteriores.",
    "explain.similar": "Se parece al evento de {time} (al {share}, evento {event}).",
    "explain.judged": "Se juzgó como {judgement}.",
    "explain.done": "Entonces se hizo: {moves}.",
    "explain.heard": "Últimas muestras: {tags}.",
    "explain.heard_more": Plural(
        "Últimas muestras: {tags} (y otras {count}).", "Últimas muestras: {tags} (y otras {count})."
    ),
    "explain.tag_at": "{tag} ({time})",
    "explain.silence": "Las muestras no pueden decir por qué: revise los transmisores, la red y la fuente.",
    "explain.none": "No hay ningún evento{around} que explicar, {window}.",
    "explain.no_such": "No hay ningún evento con ese número{around} que explicar, {window}.",
    "explain.went": "{name} pasó de {first} a {last}.",
    "explain.nothing_moved": "No se movió nada en ese tiempo.",
    "explain.moved_in": "En ese tiempo se movió: {moves}.",
    # moves
    "moves.found": Plural(
        "Se registró {count} maniobra{around}, {window}.", "Se registraron {count} maniobras{around}, {window}."
    ),
    "moves.on": " en {names}",
    "moves.none": "No se registró ninguna maniobra{around}, {window}.",
    "moves.last": Plural("La última:", "Las últimas {count}:"),
    "moves.list": "{moves}.",
    # tags
    "tags.missing": "No hay muestras buenas de {tag}, {window}.",
    "tags.silent_last": "{tag} ha enmudecido; su última muestra es de {time}.",
    "tags.mean": "{name}: {mean} de media, entre {low} y {high}, con {samples}, {window}.",
    "tags.max": "{name}: como máximo {high}{at} (media {mean}), {window}.",
    "tags.min": "{name}: como mínimo {low}{at} (media {mean}), {window}.",
    "tags.at": " ({time})",
    "tags.std": "{name}: desviación típica {std} en torno a la media {mean}, entre {low} y {high}, {window}.",
    "tags.range": "{name}: entre {low} y {high}, un rango de {range} (media {mean}), {window}.",
    "tags.count": "{name}: {samples}, {window}.",
    "tags.first": "{name}: al principio {first} (media {mean}), {window}.",
    "tags.last": "{name}: al final {last} (media {mean}), {window}.",
    "tags.summary": "{name} pasó de {first} a {last}, entre {low} y {high} (media {mean}), {window}.",
    "tags.samples": Plural("{count} muestra buena", "{count} muestras buenas"),
    "tags.changes": Plural("{count} cambio", "{count} cambios"),
    "tags.bad": Plural("{count} muestra de mala calidad.", "{count} muestras de mala calidad."),
    "tags.above": "Sí: {name} estuvo por encima de {limit}, {window}; su valor máximo fue {reached}.",
    "tags.below": "Sí: {name} estuvo por debajo de {limit}, {window}; su valor mínimo fue {reached}.",
    "tags.never_above": "No: {name} nunca estuvo por encima de {limit}, {window}; su valor máximo fue {reached}.",
    "tags.never_below": "No: {name} nunca estuvo por debajo de {limit}, {window}; su valor mínimo fue {reached}.",
    "tags.share_above": "{name} estuvo por encima de {limit} el {share} del tiempo ({length}), {window}.",
    "tags.share_below": "{name} estuvo por debajo de {limit} el {share} del tiempo ({length}), {window}.",
    "tags.named_limit": "{limit} ({value})",
    "tags.first_beyond": "La primera vez: {time}.",
    "tags.now": "{name} está en {value} ({time}), entre {low} y {high} en las {hours} anteriores.",
    "tags.was": "{name} estaba en {value} ({time}), entre {low} y {high} en las {hours} anteriores.",
    "tags.silent": "{tag} ha enmudecido: no se sabe cuánto vale ahora.",
    "tags.passed": "{tag} pasó su {limit} de {value}, por primera vez {time}, en el {share} de las muestras.",
    "limit.trip_lo": "disparo bajo",
    "limit.lolo": "límite muy bajo",
    "limit.lo": "límite bajo",
    "limit.hi": "límite alto",
    "limit.hihi": "límite muy alto",
    "limit.trip_hi": "disparo alto",
    # status
    "status.empty": "El historiador aún no tiene datos.",
    "status.ordinary": "{subject}: no ocurre nada inusual y todas las señales están dentro de sus límites.",
    "status.unsure": "{subject}: hasta donde se ve no ocurre nada inusual, pero no todas las señales hablan.",
    "status.unusual": "{subject}: {events}, {limits}.",
    "status.plant": "La planta",
    "status.events": Plural("{count} evento inusual abierto", "{count} eventos inusuales abiertos"),
    "status.limits": Plural("{count} señal fuera de un límite", "{count} señales fuera de un límite"),
    "status.event": "Desde {start}: {message} (evento {event}).",
    "status.beyond": "{tag} está en {value}, fuera de su {limit}.",
    "status.values": "Valores más recientes: {values}.",
    "status.value": "{tag} {value}",
    "status.silent": Plural(
        "{count} señal ha enmudecido o solo envía mala calidad, la primera desde {time}: {names}.",
        "{count} señales han enmudecido o solo envían mala calidad, la primera desde {time}: {names}.",
    ),
    "status.unheard": Plural(
        "{count} señal nunca envió una muestra: {names}.", "{count} señales nunca enviaron una muestra: {names}."
    ),
    "status.score": "La puntuación más reciente es {score}, el umbral {threshold}.",
    "status.newest": "Muestra más reciente: {time}.",
    "others": "{names} y otras",
    # what if
    "whatif.order": "Foretell no mueve nada en la planta; esto es lo que haría la maniobra.",
    "whatif.refused": "No respaldo {moves}: {reasons}.",
    "whatif.move": "{tag} {before} → {after} desde las {start}",
    "whatif.move_until": "{tag} {before} → {after} desde las {start} hasta las {end}",
    "whatif.change_past": (
        "Tras {length}, {name} habría estado {change} (intervalo del {share} de {low} a {high}): "
        "{with_moves} en vez de {without}"
    ),
    "whatif.change": (
        "Tras {length}, {name} estaría {change} (intervalo del {share} de {low} a {high}): "
        "{with_moves} en vez de {without}"
    ),
    "whatif.same_past": (
        "{name} no habría cambiado claramente tras {length} ({mean}, intervalo del {share} de {low} a {high})"
    ),
    "whatif.same": "{name} no cambia claramente tras {length} ({mean}, intervalo del {share} de {low} a {high})",
    "whatif.lead": "{effect}, con {moves}.",
    "whatif.next": "{effect}.",
    "whatif.nothing_past": "Con {moves}, nada habría sido claramente distinto tras {length}.",
    "whatif.nothing": "Con {moves}, nada sería claramente distinto tras {length}.",
    "whatif.way": "Por el camino {tag} estaría {change}, a las {time}.",
    "whatif.way_past": "Por el camino {tag} habría estado {change}, a las {time}.",
    "whatif.held": "{tag} lo fija el operador y se queda donde está.",
    "whatif.besides": "Lo que más se mueve además: {effects}.",
    "whatif.besides_one": "{tag} {change}",
    "whatif.kept": "Comparado con lo que ocurrió de verdad; se mantienen las perturbaciones de entonces.",
    "whatif.kpi_past": "{kpi} habría estado {change} de media.",
    "whatif.kpi": "{kpi} estaría {change} de media.",
    "whatif.risk": "Que {tag} pase su {limit} de {value} es {with_moves}, sin las maniobras {without}.",
    "whatif.no_risk": "La probabilidad de pasar un límite no cambia.",
    "whatif.nothing_undone": "No hay nada que deshacer: no se registró ninguna maniobra{around}, {window}.",
    "whatif.undone": "la maniobra {move} deshecha",
    "curve.without": "{name}, sin las maniobras",
    "curve.with": "{name}, con las maniobras",
    "curve.measured": "{name}, medido",
    "curve.forecast": "{name}, pronóstico",
    "change.higher": "{amount} más alto",
    "change.lower": "{amount} más bajo",
    # forecast
    "forecast.refused": "No respaldo un pronóstico: {reasons}.",
    "forecast.value": (
        "Se espera {name} en {value} para {time} si no se mueve nada (banda del {share} de {low} a {high})."
    ),
    "forecast.held": "{names} se queda donde está: solo lo mueve un operador.",
    "forecast.no_risk": "Ningún límite está en riesgo hasta {time}.",
    "forecast.no_risk_of": "Ningún límite de {names} está en riesgo hasta {time}.",
    "limit.chance": "Que {tag} pase su {limit} de {value} hasta {time} es {chance}.",
    "limit.expected_above": (
        "Sí: se espera {name} por encima de {limit}, como máximo en {expected}; la banda del {share} llega a {bound}."
    ),
    "limit.possible_above": (
        "Puede ser: se espera {name} por debajo de {limit}, como máximo en {expected}, "
        "pero la banda del {share} llega a {bound}."
    ),
    "limit.not_above": (
        "No: se espera {name} por debajo de {limit}, como máximo en {expected}; la banda del {share} llega a {bound}."
    ),
    "limit.expected_below": (
        "Sí: se espera {name} por debajo de {limit}, como mínimo en {expected}; la banda del {share} llega a {bound}."
    ),
    "limit.possible_below": (
        "Puede ser: se espera {name} por encima de {limit}, como mínimo en {expected}, "
        "pero la banda del {share} llega a {bound}."
    ),
    "limit.not_below": (
        "No: se espera {name} por encima de {limit}, como mínimo en {expected}; la banda del {share} llega a {bound}."
    ),
    # trend and compare
    "trend.rising": "{name} subió {change}, {window}: {slope} (intervalo del {share} de {low} a {high}).",
    "trend.falling": "{name} bajó {change}, {window}: {slope} (intervalo del {share} de {low} a {high}).",
    "trend.steady": ("{name} se mantuvo estable, {window}: {slope} (intervalo del {share} de {low} a {high})."),
    "trend.unknown": Plural(
        "No puedo decir si {name} subió o bajó: hay {count} valor bueno, {window}.",
        "No puedo decir si {name} subió o bajó: hay {count} valores buenos, {window}.",
    ),
    "compare.windows": "{name} estuvo {change} ({aggregation} {first}, {window}, frente a {second}, {other}).",
    "compare.same": "{name} estuvo igual ({aggregation} {first}, {window}, frente a {second}, {other}).",
    "compare.large": "Eso es más del doble de la diferencia habitual ({usual}).",
    "compare.usual": "Una diferencia así no es inusual (lo habitual es {usual}).",
    "compare.missing": (
        "{name} no se puede comparar: uno de los periodos no tiene muestras buenas, {window} y {other}."
    ),
    "compare.tags": "{name} estuvo {change} que {other} ({aggregation}: {values}), {window}.",
    "compare.tags_same": "{name} y {other} estuvieron igual ({aggregation}: {values}), {window}.",
    "compare.apart": (
        "Sus unidades no se convierten, así que no ordeno ninguno ({aggregation}: {values}), {window}."
    ),
    "compare.events_more": Plural(
        "Más: {count} evento inusual{around}, {window}, frente a {before}, {other}.",
        "Más: {count} eventos inusuales{around}, {window}, frente a {before}, {other}.",
    ),
    "compare.events_fewer": Plural(
        "Menos: {count} evento inusual{around}, {window}, frente a {before}, {other}.",
        "Menos: {count} eventos inusuales{around}, {window}, frente a {before}, {other}.",
    ),
    "compare.events_as_many": Plural(
        "Los mismos: {count} evento inusual{around}, {window}, y {before}, {other}.",
        "Los mismos: {count} eventos inusuales{around}, {window}, y {before}, {other}.",
    ),
    "compare.events_unknown": Plural(
        "No puedo comparar, porque un periodo no se evaluó: {count} evento{around}, {window}, {before}, {other}.",
        "No puedo comparar, porque un periodo no se evaluó: {count} eventos{around}, {window}, {before}, {other}.",
    ),
    "compare.rates": "Los periodos no duran lo mismo: {first} al día frente a {second} al día.",
    "compare.ids": "{window}: {ids}.",
    "aggregation.mean": "media",
    "aggregation.max": "máximo",
    "aggregation.min": "mínimo",
    "aggregation.std": "desviación típica",
    "aggregation.range": "rango",
    "aggregation.count": "muestras",
    "aggregation.first": "primer valor",
    "aggregation.last": "último valor",
    # advice
    "advice.best": "Consejo: {moves}.",
    "advice.then": (
        "Entonces se espera {name} en {value} para {time} (banda del {share} de {low} a {high}); el objetivo "
        "es {goal}."
    ),
    "advice.otherwise": "Si no se mueve nada, se espera {name} en {without}.",
    "advice.nearest": "Ninguna de las maniobras probadas lleva {name} a {goal}.",
    "advice.closest": "La más cercana: {moves}.",
    "advice.unneeded": (
        "Para llevar {name} a {goal} no hace falta mover nada: se espera {value} para {time} "
        "(banda del {share} de {low} a {high})."
    ),
    "advice.nothing": (
        "Ninguna de las maniobras probadas lleva {name} a {goal}: se espera {value} para {time} si no se mueve nada "
        "(banda del {share} de {low} a {high})."
    ),
    "advice.unsure": "El valor esperado lo alcanza, la banda entera no.",
    "advice.tried": Plural(
        "Se calculó {count} escenario, con {handles}.", "Se calcularon {count} escenarios, con {handles}."
    ),
    "advice.only": "Es solo un consejo: nada aquí puede mover la planta.",
    "goal.above": "≥ {value}",
    "goal.below": "≤ {value}",
    "goal.between": "{low} a {high}",
    # what people wrote
    "records.found": Plural("{count} anotación{about}, {window}.", "{count} anotaciones{about}, {window}."),
    "records.none": "No se encontró nada en el diario{about}, {window}.",
    "records.about": " sobre {text}",
    "records.entry": "{time}, {author}: {text}.",
    "records.scenario": "{time}, escenario: {text}; {outcome}.",
    "records.other": "{time}, {kind}: {text}.",
    "records.kind_entry": "anotación",
    "records.kind_answer": "pregunta",
    "records.kind_scenario": "escenario",
    "records.further": Plural("{count} anotación más.", "{count} anotaciones más."),
    # verdict and confidence
    "verdict.supported": "Respaldado: {reasons}.",
    "verdict.extrapolating": "Con cautela, esto extrapola: {reasons}.",
    "chance": "{words} ({share})",
    "certainty.99": "casi seguro",
    "certainty.90": "muy probable",
    "certainty.66": "probable",
    "certainty.33": "tan probable como improbable",
    "certainty.10": "improbable",
    "certainty.01": "muy improbable",
    "certainty.00": "casi imposible",
    "model": "Modelo del mundo {version}.",
    "note": "Nota: {note}.",
    # the plant
    "about.tag": "{tag}: {description} ({role}, {asset}).",
    "about.range": "El rango de {tag} va de {low} a {high}.",
    "about.unit": "La unidad de {tag} es {unit}.",
    "about.no_unit": "{tag} no tiene unidad: es una proporción.",
    "about.limits": "Límites de {tag}: {limits}.",
    "about.limit": "{limit} {value}",
    "about.no_limits": "El archivo de la planta no da límites a {tag}.",
    "about.handle": "Un operador mueve {tag} por medio de {handle}.",
    "about.settable_tag": "Un operador fija {tag}.",
    "about.unmovable": "Ningún operador mueve {tag}.",
    "about.aliases": "También se llama {aliases}.",
    "about.now": "{tag} está en {value} ({time}).",
    "about.asset": "{asset}: {description}.",
    "about.members": Plural("Tiene {count} señal: {names}.", "Tiene {count} señales: {names}."),
    "about.movables": Plural(
        "Un operador puede fijar {count} señal: {ranges}.", "Un operador puede fijar {count} señales: {ranges}."
    ),
    "about.none_movable": "Un operador no puede fijar ninguna de sus señales.",
    "about.settable": "{tag} ({low} a {high})",
    "about.plant": "{plant}: {description}.",
    "about.assets": Plural(
        "Tiene {count} señal, en estas partes: {names}.", "Tiene {count} señales, en estas partes: {names}."
    ),
    "role.measured": "medida",
    "role.mv": "variable manipulada",
    "role.setpoint": "consigna",
    "role.disturbance": "perturbación",
    "role.analyser": "analizador",
    # what was not looked at
    "unchecked.unscored": "El {share} del periodo no se evaluó.",
    "unchecked.window": "El {share} no se evaluó, {window}.",
    "unchecked.causes": "Causas que ninguna señal mide.",
    "unchecked.whatif": "Maniobras y perturbaciones futuras por las que nadie preguntó.",
    "unchecked.forecast": "Maniobras y perturbaciones futuras.",
    "unchecked.handles": "Maniobras en {names}.",
    "unchecked.advice": "Más de dos maniobras juntas y maniobras en varios pasos.",
    "unchecked.silent": Plural("{count} señal muda.", "{count} señales mudas."),
    "unchecked.unheard": Plural(
        "{count} señal que nunca envió una muestra.", "{count} señales que nunca enviaron una muestra."
    ),
    "unchecked.language": "Parte de esta respuesta está en inglés: aún no existe en este idioma.",
    "unchecked.withheld": "Se retuvo una frase, porque algo en ella no tiene respaldo.",
    # what is not answered
    "withheld": "Retengo esta respuesta: algo en ella no tiene respaldo.",
    "which": "¿A cuál se refiere: {candidates}?",
    "which_one": "¿A cuál se refiere?",
    "error.ambiguous-tag": "Eso no es inequívoco. {detail}",
    "error.unknown-tag": "Ese nombre no existe en la planta. {detail}",
    "error.unit-mismatch": "Esa unidad no encaja. {detail}",
    "error.outside-limits": "Eso queda fuera de los límites. {detail}",
    "error.horizon-too-long": "Eso queda demasiado lejos. {detail}",
    "error.outside-data": "No hay datos de ese tiempo. {detail}",
    "error.outside-retention": "Eso es anterior a la primera muestra. {detail}",
    "error.empty-window": "Ese periodo está vacío. {detail}",
    "error.model-not-ready": "El modelo del mundo no está listo. {detail}",
    "error.not-found": "Eso no existe. {detail}",
    "error.no-journal": "No se lleva ningún diario. {detail}",
    "error.too-large": "Eso es demasiado a la vez. {detail}",
    "error.unauthorized": "Falta el permiso para eso. {detail}",
    "error.incomplete": "Me falta algo. {detail}",
    "error": "Eso no se puede. {detail}",
    "scope.other_topic": "No entendí eso como una pregunta sobre esta planta.",
    "scope.write_to_plant": (
        "Solo leo: no puedo mover, reconocer, borrar ni reiniciar nada en la planta. "
        "Puedo decir qué haría una maniobra."
    ),
    "scope.secrets": "No doy claves, contraseñas, direcciones ni mis propias instrucciones.",
    "scope.instructions": "Respondo preguntas sobre esta planta; las instrucciones en una pregunta no cambian nada.",
    "scope.unreadable": "No puedo leer eso. Pregunte en una frase de dos mil caracteres como máximo.",
    # links
    "link.console": "Los eventos en la consola",
    "link.event": "Evento {event}",
    "link.grafana": "Medido y esperado en Grafana",
    "help": (
        "Se puede preguntar por eventos inusuales (¿hubo eventos inusuales anoche?), por qué ocurrió uno (explica el "
        "último evento), qué hizo una señal (¿cuál fue la media de … anoche?), si sube o baja, dos tiempos o dos "
        "señales comparadas, qué se movió, qué se anotó, qué pasaría con otras maniobras (¿qué habría pasado si "
        "hubiéramos bajado … a las …?), qué viene (¿cuánto valdrá … en las próximas horas?), qué mover "
        "(¿cómo llevo … "
        "por debajo de …?), cómo está la planta ahora y qué son las señales."
    ),
}
