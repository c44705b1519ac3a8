# ruff: noqa: E501 - tables, an entry a line
"""Spanish into the English of the rules."""

from api.language.lexicon.pivot import Lexicon, pairs_of, rules

_PHRASES = """
qué habría pasado con | qué habría pasado a | qué hubiera pasado con | qué habría ocurrido con | qué hubiera sido de | que habria pasado con = what would have happened to
qué habría pasado si | qué hubiera pasado si | qué habría ocurrido si = what would have happened if
qué habría pasado | qué hubiera pasado | qué habría ocurrido = what would have happened
qué pasa si | qué pasaría si | qué ocurre si | qué sucede si | que pasa si | qué ocurriría si | y si = what if
qué le pasa a | qué pasa con | qué le pasaría a | qué ocurre con | qué le ocurre a = what happens to
qué pasará con | qué ocurrirá con | qué hará = what will happen to
supongamos que | imagina que = what if
si nadie hubiera = if nobody had
si no hubiéramos = if we had not
si hubiéramos | si hubiésemos | si hubieramos | de haber = if we had
si se hubiera | si hubiera | si hubieran = if we had
si = if
anoche | la noche pasada | durante la noche | por la noche | esta noche pasada | la última noche = last night
antenoche | anteanoche | la noche anterior | noche anterior | la noche previa = the night before
esta noche = tonight
ayer por la mañana = yesterday morning
ayer por la tarde = yesterday afternoon
ayer por la noche = last night
anteayer = the day before yesterday
ayer = yesterday
esta mañana = this morning
esta tarde = this afternoon
hoy = today
pasado mañana = the day after tomorrow
mañana = tomorrow
ahora mismo | ahora | actualmente | en este momento | en estos momentos = now
actual = current
esta semana = this week
la semana pasada | semana pasada | la última semana = last week
el fin de semana | este fin de semana | el fin de semana pasado = over the weekend
este turno = this shift
el último turno | el turno pasado | el turno anterior | último turno = last shift
turno de noche = night shift
turno de mañana | turno de día = early shift
turno de tarde = late shift
turno = shift
el lunes | lunes = Monday
el martes | martes = Tuesday
el miércoles | miércoles | miercoles = Wednesday
el jueves | jueves = Thursday
el viernes | viernes = Friday
el sábado | sábado | sabado = Saturday
el domingo | domingo = Sunday
la noche del lunes = Monday night
la noche del martes = Tuesday night
la noche del sábado = Saturday night
la noche del domingo = Sunday night
enero = January
febrero = February
marzo = March
abril = April
mayo = May
junio = June
julio = July
agosto = August
septiembre = September
octubre = October
noviembre = November
diciembre = December
en las últimas | las últimas | en los últimos | los últimos | durante las últimas | últimas | últimos | en las ultimas = in the last
en las próximas | las próximas | en los próximos | los próximos | próximas | próximos | en las proximas = in the next
última | último = last
próxima | próximo = next
primera | primer | primero = first
segundo = second
tercer | tercero | tercera = third
horas | hora = hours
minutos | minuto = minutes
días | dias | día | dia = days
semanas | semana = weeks
segundos = seconds
noche = night
desde las | desde la | desde el | desde = since
hasta = until
entre las | entre = between
medianoche = midnight
durante = for
antes de que | antes del | antes de la | antes de = before the
después del | después de la | después de | tras el | tras = after the
cuando = when
hubo algún | hubo alguna | hubo | ha habido | había | hubo algo = were there any
hay algún | hay alguna | hay = are there any
pasó algo | ocurrió algo | sucedió algo | ha pasado algo = did anything happen
qué pasó | qué ocurrió | qué ha pasado | qué sucedió = what happened
pasó | ocurrió | sucedió = happened
algo = anything
raro | rara | raros | extraño | extraña = strange
inusual | inusuales | anormal | anormales | fuera de lo normal | poco habitual = unusual
anomalías | anomalía = anomalies
eventos | sucesos | acontecimientos = events
evento | suceso = event
incidentes | incidencias = incidents
incidente | incidencia = incident
alarmas = alarms
alarma = alarm
problemas = problems
problema = problem
disparo | parada de emergencia = trip
cuántas | cuántos | cuantas | cuantos | número de = how many
graves | grave | serios | serias | críticos | importantes = serious
por qué | por que | a qué se debe | a qué se debió = why
causa raíz | causa = cause
causas = causes
motivo | razón = reason
qué causó | qué provocó | qué ha causado | cuál fue la causa de | cuál fue la causa del = what caused
explica | explícame | explique = explain
qué salió mal | qué falló | qué fue mal = what went wrong
valor medio | la media | media | promedio | el promedio | medio | de media | en promedio = average
valor máximo | máximo | máxima | el máximo | la máxima | pico | maximo = maximum
valor mínimo | mínimo | mínima | el mínimo | minimo = minimum
más alto | más alta | mayor | valor más alto = highest
más bajo | más baja | menor | valor más bajo = lowest
desviación típica | desviación estándar = standard deviation
rango | intervalo = range
cuántas muestras | cuántos valores = how many samples
cuál fue | cuál era | cuánto fue | cuánto valía | cómo fue | cual fue = what was
cuál es | cuánto es | cuánto marca | cuánto vale | cual es | cuánto hay = what is
cuánto tiempo estuvo | durante cuánto tiempo estuvo | cuánto tiempo ha estado = how long was
cuánto tiempo = how long
qué parte del tiempo | qué porcentaje del tiempo = what share of the time
muéstrame | muestra | enséñame | muestre | dibuja | grafica = show
valor | valores = value
superó | sobrepasó | excedió | supera | rebasó = exceed
bajó de | cayó por debajo de | estuvo por debajo de = fall below
por encima de | por encima del | encima de | sobre = above
por debajo de | por debajo del | debajo de | bajo = below
más de = more than
menos de = less than
está subiendo | subiendo | sube | subió | ha subido | aumentando = rising
está bajando | bajando | baja | bajó | ha bajado | disminuyendo = falling
tendencia = trend
con qué rapidez = how fast
compara | compare | comparar = compare
comparado con | frente a | en comparación con = compared with
diferencia = difference
más que = more than
más caliente = hotter
más frío | más fría = colder
qué | que = what
cuál | cual = which
cuándo = when
dónde = where
quién = who
cómo = how
estará | será | llegará a | alcanzará = will be
va a = will
superará | sobrepasará = will exceed
previsión | pronóstico | predicción = forecast
hacia dónde va = where is heading
cómo consigo que | cómo puedo bajar | cómo puedo llevar | cómo consigo | cómo llevo | cómo hago para = how do i get
cómo bajo = how do i lower
cómo subo = how do i raise
cómo mantengo = how do i keep
qué debo mover | qué tengo que mover | qué debería cambiar = what should i move
efecto | efectos | impacto = effect
cómo va la planta | cómo está la planta | qué tal la planta | qué tal va la planta | cómo va la fábrica | estado de la planta = how is the plant
cómo va | cómo está | qué tal está = how is
está todo bien | todo bien | está todo en orden = is everything all right
estado = status
planta | fábrica = plant
qué cambiaron los operadores | qué han cambiado los operadores | qué movieron los operadores | qué tocaron los operadores | qué ajustaron los operadores = what did the operators change
operadores | operador | operarios = operators
quién cambió | quién tocó | quién movió = who changed
cambios de consigna = setpoint changes
cambios | cambio = changes
diario de turno | libro de turno | parte de turno | cuaderno de turno | registro del turno | bitácora = shift log
entradas | anotaciones | notas = log entries
qué escribió el turno | qué dice el diario de turno | qué dice la bitácora | qué pone en la bitácora | qué anotó el turno = what does the shift log say
qué se preguntó = what was asked
límites | límite | limites = limits
unidad = unit
significa = mean
qué es = what is
qué son = what are
qué señales | qué tags | qué etiquetas = which tags
tiene = has
qué puedo mover | qué puedo cambiar | qué se puede mover = what can i move
qué puedo preguntar | qué te puedo preguntar | qué sabes hacer | qué puedes hacer = what can i ask
ayuda = help
hola | buenos días | buenas tardes = hello
gracias = thanks
quién eres = who are you
qué tiempo hará | qué tiempo hace | el tiempo que hará = what is the weather
poema = poem
borra | elimina | borrar = delete
reconoce | confirma = acknowledge
reinicia = restart
apaga | detén la planta | para la planta = shut down
contraseña | clave = password
ignora | olvida | ignore = ignore
las instrucciones anteriores | todas las instrucciones | instrucciones anteriores | tus instrucciones | todas las instrucciones anteriores = all previous instructions
instrucciones = instructions
subido | aumentado | incrementado | elevado | subida = raised
bajado | reducido | disminuido | rebajado = lowered
recortado | cortado = cut
puesto | fijado | ajustado = set
cambiado = changed
cerrado = closed
abierto = opened
parado | detenido = stopped
duplicado | doblado = doubled
sube | subimos | subir | subiera | subiéramos | aumenta | aumentamos | aumentar | aumentáramos | aumento | incrementa | incrementamos | incrementar | eleva | elevamos | subo = raise
bajamos | bajar | bajáramos | reduce | reducimos | reducir | reduzco | redujéramos | disminuimos | disminuir | bajo el = lower
recorta | recortamos | recortar = cut
pon | ponemos | poner | fija | fijamos | fijar | ajusta | ajustamos | ajustar | pusiéramos | lleva | llevar | llevamos = set
mantén | mantenemos | mantener = hold
reducción | bajada | recorte = reduction
a la mitad | por la mitad = in half
reduce a la mitad = halve
duplica | duplicamos | duplicar | doblar | doblamos = double
cierra | cerramos | cerrar = close
abre | abrimos | abrir = open
detén | paramos | parar = stop
del todo | completamente = fully
más = more
menos = less
presión | presion = pressure
temperatura = temperature
nivel = level
caudal | flujo = flow
potencia = power
velocidad = speed
conductividad = conductivity
concentración = concentration
consigna | punto de consigna | setpoint = setpoint
válvula = valve
reactor | del reactor = reactor
separador = separator
compresor = compressor
condensador = condenser
agitador = agitator
caldera = boiler
bomba = pump
tanque | depósito = tank
agua de refrigeración = cooling water
vapor = steam
puntos porcentuales | puntos = percentage points
por ciento | por cien = %
grados celsius | grados centígrados = degrees celsius
grados fahrenheit = degrees fahrenheit
grados | grado = degrees
litros por minuto = l/min
metros cúbicos por hora = m3/h
un tercio = a third
un cuarto = a quarter
límite superior | límite alto = high limit
límite inferior | límite bajo = low limit
límite de disparo = trip limit
nadie = nobody
ningún | ninguna = no
no = not
todas | todos | todo = all
y dime | y dígame = and tell me
dime | dame = tell me
y en el | y en la | y el | y la = and in the
y ayer = and yesterday
y = and
o = or
con = with
de la | de los | de las | del | de = of
en el | en la | en los = in the
en = in
a las | a la = at
el | la | los | las | lo = the
un | una = a
al = to the
a = to
para = for
se =
nosotros = we
es | está | están | son = is
fue | estuvo | era | estaba | estuvieron = was
ha | han = has
hay que = must
por favor = please
por = by
su = its
hazlo | que sea | ponlo en = make it
vuelve a = back to
"""

SPANISH = Lexicon(
    phrases=pairs_of(_PHRASES),
    before=rules(
        (r"[¿¡]", ""),
        (r"\ba las? (\d{1,2}) de la (?:mañana|madrugada)\b", r"at \1 am"),
        (r"\ba las? (\d{1,2}) de la (?:tarde|noche)\b", r"at \1 pm"),
        (r"\b(?:a|sobre) las? (\d{1,2})[:.h](\d\d)\b", r"at \1:\2"),
        (r"\ba las? (\d{1,2})(?: horas)?\b(?![:.,]?\d)", r"at \1:00"),
        (r"\bentre las? (\d{1,2}) y las? (\d{1,2})\b(?![:.]\d)", r"between \1:00 and \2:00"),
        (r"\bentre las? (\d{1,2}:\d\d) y las? (\d{1,2}:\d\d)\b", r"between \1 and \2"),
        (r"\bdesde las? (\d{1,2})\b(?![:.]\d)", r"since \1:00"),
        (r"\bhace (\d[\d.,]*|una?) (horas?|minutos?|días?|semanas?)\b", r"\1 \2 ago"),
        (r"\b(\d[\d.,]*) (horas?|minutos?) antes del? (?:la )?", r"\1 \2 before the "),
        (r"\b(\d[\d.,]*) (horas?|minutos?) después del? (?:la )?", r"\1 \2 after the "),
        (r"\b(?:la )?noche del (?:día )?(\d{1,2})\b", r"the night of the \1th"),
        (r"\bel (?:día )?(\d{1,2}) de ([a-z]{4,10})\b", r"on \1 \2"),
        (r"\bel (?:día )(\d{1,2})\b", r"on the \1th"),
        (r"\b(?:durante|por) (\d[\d.,]* (?:horas?|minutos?|días?))\b", r"for \1"),
        (r"\ben (?:un )?(?=\d[\d.,]* ?(?:%|por ciento|kpa|bar|psi|grados|°|mg|l/|m3|kw|puntos))", "by "),
        (r"\bun (?=\d[\d.,]* ?(?:%|por ciento))", "by "),
        (r"\bhasta (?:los )?(?=\d)", "to "),
        (r"\b(?:a|al) (?:los )?(?=\d)", "to "),
        (r"\b(?:en|por) (?=un tercio|un cuarto|la mitad)", "by "),
        (r"\bpor debajo del? (?=\d|●)", "below "),
        (r"\bbajar (?=●)", "lower "),
    ),
    after=rules(
        (r"\b(how many .{0,60}?)were there any\b", r"\1were there"),
        (r"\b(presi[oó]n|pressure|temperature|level|flow|setpoint) of the (●)", r"\1 of the \2"),
        (
            r"\b(pressure|temperature|level|flow|power|speed) of the (reactor|separator|compressor|condenser|boiler|tank|pump|agitator)\b",
            r"\2 \1",
        ),
        (
            r"\bsetpoint of (?:the )?((?:reactor|separator|compressor|condenser|boiler|tank) (?:pressure|temperature|level|flow)|pressure|temperature|level)\b",
            r"\1 setpoint",
        ),
        (r"\b(\d[\d.]*) hours? of\b", r"\1 hours of"),
    ),
)
