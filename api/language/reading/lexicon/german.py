# ruff: noqa: E501 - tables, an entry a line
"""German into the English of the rules."""

from api.language.reading.lexicon.pivot import Lexicon, pairs_of, rules

_NUMBER = r"\d[\d.,]*"
_AMOUNT = rf"(?:by|to|at) (?:a (?:third|quarter)|the half|half|{_NUMBER})(?: ?(?:%|[^\W\d_][\w/³%]*))?(?: (?:points|celsius))?(?: for {_NUMBER} (?:hours?|minutes?))?"
_VERB = (
    r"(?:raise|raised|lower|lowered|cut|set|change|changed|hold|halve|halved|double|doubled|reduce|reduced|open|opened|"
    r"close|closed|stop|stopped|throttle|throttled|increase|increased|bring)"
)

_THING = (
    r"(?:the |our |a )?(?:●|(?:[a-z]+ )?(?:pressure|temperature|level|flow|power|speed|feed|steam|agitator|pump|water|setpoint|valve))"
    r"(?: (?:setpoint|valve))?"
)

_PHRASES = """
größer als = greater than
kleiner als = smaller than
heißer als | wärmer als = hotter than
kälter als = colder than
besser als = better than
schlechter als = worse than
was zeigt | was zeigt an | wo steht | wo liegt = what is
zeigt = shows
wie unterscheiden sich | wie unterscheidet sich = compare
womit kann ich | womit = with what can i
nehmen wir an wir | angenommen wir = what if we
ich überlege = what if we
zu erhöhen = raise
zu senken | zu verringern | zu reduzieren = lower
wie reagiert | wie reagiert die = what happens to
was bedeutet das für | was würde das für | was heißt das für = what happens to
vorgefallen ist | passiert ist | geschehen ist = happened
vorgefallen = happened
irgendetwas ungewöhnliches | etwas ungewöhnliches | irgendwas ungewöhnliches = anything unusual
ungewöhnliches = unusual
überbrücke | überbrücken = bypass
verriegelung | verriegelungen = interlock
übergabe | schichtübergabe = handover
im log | im logbuch = in the shift log
was steht im log = what does the shift log say
ich hätte gern | ich möchte | ich brauche | ich will = show
gesehen =
woran darf ich drehen | woran kann ich drehen | was darf ich verstellen | was darf ich ändern = what can i move
lage = situation
ausgelöst hat = tripped
hat ausgelöst = tripped
messstelle | messstellen | signal | sensor = tag
messgerät = instrument
zu welcher | zu welchem = to which
gehört = belongs
überschritten = exceeded
am tag davor | tag davor | dem tag davor | der tag davor = the day before
letzten stunde | letzte stunde | der letzten stunde = last hour
vor kurzem | kürzlich = recently
immer = always
mittag = noon
bis mittag = by noon
fehler | defekt | ausfall = fault
schwankt stark = fluctuating
wie stark schwankte | wie stark schwankt = how much did vary
würde auslösen | löst aus | abschalten würde = would trip
was wär wenn | was wär passiert wenn | wie wäre es gelaufen wenn | was wäre gewesen wenn = what would have happened if
wie wäre letzte nacht verlaufen wenn | wie wäre die nacht verlaufen wenn = what would have happened last night if
ohne die änderung | ohne die änderungen | ohne den eingriff | ohne die verstellung = without the change
hätte die anlage = would the plant have
angefasst hätte | angefasst hätten | bewegt hätte | angerührt hätte = had touched
angefasst | gedreht | angerührt | rumgedreht = touched
gemacht | getan = done
wer hat an | wer war an | wer hat am = who touched
runter | hinunter | nach unten | abwärts = down
hoch | rauf | nach oben | aufwärts = up
zu hoch = too high
zu niedrig = too low
grade | zur stunde = now
nochmal | noch mal =
wie halt ich | wie halte ich = how do i keep
wie krieg ich | wie kriege ich | wie bring ich | wie bekomm ich | wie schaffe ich es dass = how do i get
was tun | was soll ich machen | was empfiehlst du | was würdest du tun = what should i do
ruhig | stabil | konstant | gleichmäßig = steady
konstant geblieben | stabil geblieben = steady
stabil halten | konstant halten | ruhig halten = hold steady
verlaufen = gone
kannst du mir sagen | könntest du mir sagen | könntest du mir bitte sagen | kannst du mir bitte sagen | können sie mir sagen | ich wüsste gern | ich wüsste gerne | ich möchte wissen | ich frage mich | mich interessiert = tell me
könntest du mir auflisten | liste mir auf | liste auf | auflisten = list
kannst du mir erklären | könntest du mir erklären | ich möchte verstehen = explain
kannst du mir zeigen | könntest du mir zeigen | zeig mal | ich möchte sehen = show
woran lag das | woran lag es | woran liegt es | woher kam | wie kam es zu | wie kam es dazu = what caused
wodurch wurde | was hat ausgelöst | was löste = what caused
was geht hier | was geht | was kann das system | was darf ich dich fragen | was darf ich fragen = what can i ask
wie funktioniert das | wie funktioniert es = how do you work
muss ich damit rechnen dass = should i expect that
in welche richtung bewegt sich | wohin bewegt sich | wohin geht | wo geht hin = where is heading
rutscht weg | rutscht = drifting
neu starten = restart
alarme quittieren = acknowledge alarms
ausschalten | abstellen = switch off
herunterfahren | herunter = shut down
regeln | alle regeln | deine regeln = rules
ab jetzt bist du | du bist ab jetzt = you are now
welche fragen wurden = what was asked
gab = were there
besser = better
größer = greater
kleiner = smaller
schneller = faster
hinterlassen | vermerkt | notiert | eingetragen = wrote
fahren wir | fahre ich = run
wurden | worden = were
dass = that
ob = if
sich =
läuft = is running
geht = goes
steht = says
noch = still
mal = once
darf = may
habe = have
bin = am
du | sie = you
was wäre passiert wenn | was wäre geschehen wenn | was wäre gewesen wenn | was wäre wenn = what would have happened if
was passiert wenn | was geschieht wenn | was ist wenn | wie wirkt es sich aus wenn | was würde passieren wenn = what happens if
was wenn | wie wäre es wenn | angenommen | nehmen wir an | gesetzt den fall = what if
was würde = what would
wenn wir | falls wir = if we
wenn ich | falls ich = if i
wenn man | falls man = if one
wenn niemand | falls niemand | wenn keiner = if nobody
wenn jemand = if somebody
hätten wir = had we
wenn | falls | sofern = if
letzte nacht | letzter nacht | in der letzten nacht | letzten nacht | vergangene nacht | in der vergangenen nacht | heute nacht = last night
über nacht | nachts = overnight
vorletzte nacht | vorletzter nacht | die nacht davor | der nacht davor | nacht davor | die nacht zuvor | der nacht zuvor | die vorherige nacht | der vorherigen nacht | vorletzten nacht = the night before
diese nacht | dieser nacht = tonight
gestern nacht = last night
gestern früh | gestern morgen | gestern vormittag = yesterday morning
gestern nachmittag | gestern mittag = yesterday afternoon
gestern abend = yesterday evening
vorgestern = the day before yesterday
gestern = yesterday
heute früh | heute morgen | heute vormittag = this morning
heute nachmittag | heute mittag = this afternoon
heute abend = this evening
heute = today
übermorgen = the day after tomorrow
morgen = tomorrow
jetzt | gerade | momentan | im moment | derzeit | aktuell | zurzeit | zur zeit | im augenblick = now
aktuelle | aktueller | aktuellen | momentane | momentaner = current
diese woche | dieser woche = this week
letzte woche | letzter woche | vergangene woche | in der letzten woche | vorige woche | letzten woche = last week
am wochenende | dieses wochenende | letztes wochenende | das wochenende | übers wochenende = over the weekend
wochenende = the weekend
diese schicht | dieser schicht | in dieser schicht = this shift
letzte schicht | letzter schicht | in der letzten schicht | vorige schicht | der letzten schicht = last shift
am montag | montag | montags = Monday
am dienstag | dienstag = Tuesday
am mittwoch | mittwoch = Wednesday
am donnerstag | donnerstag = Thursday
am freitag | freitag = Friday
am samstag | samstag | sonnabend = Saturday
am sonntag | sonntag = Sunday
montagnacht | montag nacht = Monday night
dienstagnacht | dienstag nacht = Tuesday night
mittwochnacht | mittwoch nacht = Wednesday night
donnerstagnacht | donnerstag nacht = Thursday night
freitagnacht | freitag nacht = Friday night
samstagnacht | samstag nacht = Saturday night
sonntagnacht | sonntag nacht = Sunday night
januar = January
februar = February
märz = March
mai = May
juni = June
juli = July
oktober = October
dezember = December
in den letzten | in der letzten | die letzten | der letzten | den letzten | während der letzten | innerhalb der letzten = in the last
in den nächsten | in der nächsten | die nächsten | der nächsten | den nächsten | innerhalb der nächsten = in the next
in den kommenden | die kommenden = in the next
letzten | letzte | letzter | letztes | vergangenen = last
nächsten | nächste | kommenden = next
stunden | std = hours
stunde | h = hour
minuten = minutes
minute = minute
tagen | tage = days
tag = day
wochen = weeks
sekunden = seconds
nacht = night
seit = since
zwischen = between
mitternacht = midnight
bis = until
während = during
nach = after
vor dem | vor der = before the
vorher | davor | zuvor = before
danach = after that
als = when
erste | ersten | erster | erstes = first
zweite | zweiten | zweiter | zweites = second
dritte | dritten | dritter | drittes = third
vierte | vierten | viertes = fourth
gab es irgendwelche | gab es = were there any
gibt es = are there any
gab es etwas | gab es irgendetwas | war etwas | war irgendetwas | war irgendwas | ist etwas | ist irgendetwas = was there anything
hat sich etwas | ist irgendwas = did anything
was ist passiert | was war los | was ist geschehen | was ist vorgefallen | was passierte | was geschah = what happened
passiert = happened
geschehen = happened
ungewöhnliche | ungewöhnlichen | ungewöhnliches | ungewöhnlich | auffällige | auffälligen | auffälliges | auffällig = unusual
merkwürdige | merkwürdiges | merkwürdig | seltsames | seltsam | komisches | komisch = strange
auffälligkeiten | auffälligkeit | besonderheiten | besonderheit = unusual events
ereignisse | ereignissen | vorkommnisse | vorfälle | vorfällen = events
ereignis | ereignisses | vorkommnis | vorfall = event
alarme | alarmen | alarmmeldungen | meldungen = alarms
alarm | alarms | meldung = alarm
störungen = incidents
störung | störfall = incident
probleme | problemen | schwierigkeiten = problems
problem = problem
abschaltung | schnellabschaltung | auslösung = trip
ausgelöst = tripped
etwas | irgendetwas | irgendwas = anything
wie viele | wieviele | anzahl der | anzahl | zahl der = how many
schwere | schweren | schwerwiegende | schwerwiegenden | ernste | ernsten | gravierende | kritische | kritischen = serious
mehr ereignisse als = more events than
warum kam es zu | warum kam es zum | warum kam es = why was there
warum | wieso | weshalb | wodurch | weswegen = why
ursache | grundursache | hauptursache = cause
ursachen = causes
grund = reason
was verursachte | was hat verursacht | was war die ursache = what caused
verursacht = caused
erkläre | erklär | erkläre mir | erklär mir | erklären sie = explain
was lief schief | was ist schiefgelaufen | was ging schief = what went wrong
durchschnittlich | durchschnittliche | durchschnittlicher | durchschnittlichen | im durchschnitt | durchschnitt | im mittel | mittlere | mittlerer | mittleren | mittel | schnitt | im schnitt = average
mittelwert | durchschnittswert = average
maximum | maximale | maximaler | maximalen | maximalwert | höchstwert | spitzenwert | spitze | am höchsten = maximum
höchster wert | höchsten wert | höchste wert | größter wert | höchste | höchster | höchsten | größte | größter = highest
minimum | minimale | minimaler | minimalen | minimalwert | tiefstwert | niedrigstwert | am niedrigsten | am tiefsten = minimum
niedrigster wert | tiefster wert | niedrigste wert | kleinster wert | niedrigste | niedrigster | niedrigsten | tiefste | tiefster | kleinste | kleinster = lowest
standardabweichung | streuung = standard deviation
spannweite | bandbreite = range
schwankung | schwankungen | schwankte | schwankt = fluctuation
wie viele messwerte | wie viele werte | wie viele proben = how many samples
messwerte = samples
wie hoch war | wie hoch waren | wie groß war | wie war | wie warm war | wie viel war = what was
wie hoch ist | wie hoch sind | wie groß ist | wie steht | wie viel ist | wie warm ist = what is
wie ist = how is
wie lange war | wie lange lag = how long was
wie lange = how long
welcher anteil der zeit | anteil der zeit | zeitanteil = what share of the time
zeige mir | zeig mir | zeige | zeig | zeichne | stelle dar = show
verlauf = history
wert | werte = value
überschritt | überschritten | überstieg | überschreitet = exceed
unterschritt | unterschritten | unterschreitet = below
erreichte | erreicht = reach
lag = was
liegt = is
oberhalb von | oberhalb = above
unterhalb von | unterhalb = below
mehr als = more than
weniger als = less than
steigt | ansteigt | gestiegen | stieg | anstieg | angestiegen | steigend = rising
steigen = rise
fällt | sinkt | gefallen | fiel | sank | gesunken | fallend | abgefallen = falling
fallen | sinken = fall
driftet = drifting
trend | tendenz = trend
wie schnell = how fast
vergleiche | vergleich | vergleichen sie = compare
verglichen mit | im vergleich zu | im vergleich mit | gegenüber = compared with
unterschied = difference
höher als = higher than
niedriger als = lower than
heißer | wärmer = hotter
kälter | kühler = colder
höher = higher
niedriger | tiefer = lower
welcher | welche | welches | welchen | welchem = which
wie entwickelt sich | wie wird sich = how will
wird | werden = will
vorhersage | prognose | vorausschau = forecast
wohin läuft | wohin entwickelt sich = where is heading
erreichen = reach
überschreiten | übersteigen = exceed
unterschreiten = fall below
wie bekomme ich | wie kriege ich | wie bringe ich | wie kann ich | wie senke ich | wie bekommen wir | wie kriegen wir | wie bringen wir = how do i get
wie halte ich | wie halten wir = how do i keep
was soll ich tun | was muss ich tun | was sollte ich verstellen | was soll ich verstellen = what should i move
passiert damit | geschieht damit = happens with it
damit = so that
auswirkung | auswirkungen | wirkung | effekt | einfluss | folgen = effect
wie geht es der anlage | wie läuft die anlage | wie läuft es | wie geht es dem werk | wie läuft der betrieb | wie steht es um die anlage | zustand der anlage | status der anlage = how is the plant
wie geht es | wie läuft | wie steht es um | wie geht's = how is
ist alles in ordnung | alles in ordnung | läuft alles | alles ok | alles gut = is everything all right
zustand = status
in ordnung = ok
anlage | fabrik | werk | betrieb = plant
was haben die bediener | was haben die operatoren | was haben die anlagenfahrer | was hat die schicht | was wurde | was haben die fahrer = what did the operators
bediener | operatoren | anlagenfahrer | operator = operators
wer hat = who
verstellt | verändert | geändert | angepasst | umgestellt | bewegt = changed
eingriffe | eingriff | stelleingriffe = operator moves
verstellen | ändern | verändern | bewegen | umstellen = change
schichtbuch | schichtprotokoll | betriebstagebuch | logbuch = shift log
einträge | eintrag | notizen | vermerke = log entries
was steht im schichtbuch | was steht im logbuch | was stand im schichtbuch | was schrieb die schicht | was hat die schicht geschrieben | was steht im schichtprotokoll = what does the shift log say
geschrieben = wrote
was wurde gefragt | welche fragen wurden gestellt = what was asked
szenarien = scenarios
grenzwerte | grenzen | grenzwert | alarmgrenzen | alarmgrenze = limits
was sind die grenzwerte von = what are the limits of
messbereich | bereich = range
einheit = unit
bedeutet = mean
was ist = what is
was sind = what are
was bedeutet = what does mean
welche tags | welche messstellen | welche signale = which tags
gehören zu | gehören zum | gehören zur = are on
hat = has
was kann ich verstellen | was kann ich ändern | was kann man verstellen | was lässt sich verstellen = what can i move
was kann ich hier fragen | was kann ich fragen | was kann ich dich fragen | was kannst du | wobei kannst du helfen = what can i ask
hilfe = help
hallo | guten morgen | guten tag | moin = hello
danke | vielen dank = thanks
wer bist du = who are you
wetter = weather
lösche | löschen = delete
quittiere | quittieren = acknowledge
starte neu | neustart = restart
fahre herunter | schalte ab | abschalten = shut down
passwort | kennwort | passwörter = password
zugangsdaten = credentials
schlüssel = key
vergiss | ignoriere | vergessen sie | ignorieren sie = ignore
alle bisherigen anweisungen | bisherige anweisungen | vorherige anweisungen | vorherigen anweisungen | alle anweisungen | deine anweisungen | bisherigen anweisungen = all previous instructions
anweisungen = instructions
tu so als = pretend
du bist jetzt = you are now
erhöhen würden | anheben würden | steigern würden = raise
senken würden | absenken würden | verringern würden | reduzieren würden = lower
erhöhten | anhöben = raise
senkten = lower
erhöht hätten | angehoben hätten | gesteigert hätten | erhöht hätte | angehoben hätte | hochgesetzt hätten | aufgedreht hätten = had raised
gesenkt hätten | abgesenkt hätten | verringert hätten | reduziert hätten | gesenkt hätte | vermindert hätten | verringert hätte | reduziert hätte | zurückgenommen hätten | abgesenkt hätte | heruntergesetzt hätten = had lowered
gekürzt hätten | zurückgefahren hätten | gedrosselt hätten | gedrosselt hätte = had cut
gesetzt hätten | gestellt hätten | eingestellt hätten | gefahren hätten | gesetzt hätte | gestellt hätte = had set
halbiert hätten | halbiert hätte = had halved
verdoppelt hätten | verdoppelt hätte = had doubled
verstellt hätten | geändert hätten | verändert hätten | verstellt hätte | geändert hätte = had changed
geschlossen hätten | zugemacht hätten = had closed
geöffnet hätten | aufgemacht hätten = had opened
gestoppt hätten | abgestellt hätten | angehalten hätten | abgeschaltet hätten = had stopped
gehalten hätten = had kept
gewesen wäre | gewesen wären = had been
erhöhe | erhöhen | erhöht | anheben | angehoben | steigere | steigern | gesteigert | erhöhst | erhöhte = raise
hebe | heben = raise
senke | senken | gesenkt | absenken | abgesenkt | verringere | verringern | verringert | vermindern | reduziere | reduzieren | reduziert | herabsetzen | senkte = lower
drossle | drosseln | gedrosselt | kürzen | gekürzt | zurückfahren | zurücknehmen | drosselten = cut
setze | setzen | stelle | stellen | einstellen | eingestellt | gesetzt | gestellt | fahre | fahren | bringe | bringen = set
halte | halten | gehalten = hold
halbiere | halbieren | halbiert | halbierten = halve
verdopple | verdoppeln | verdoppelt | verdoppelten = double
öffne | öffnen | geöffnet | aufmachen | aufdrehen = open
schließe | schließen | geschlossen | zumachen | zudrehen = close
stoppe | stoppen | gestoppt | anhalten | abstellen = stop
ganz öffnen | voll öffnen | vollständig öffnen = open fully
ganz schließen | vollständig schließen = close fully
senkung | absenkung | reduktion | verringerung = reduction
erhöhung | anhebung | steigerung = increase
mehr = more
weniger = less
wieder auf | zurück auf = back to
hätte = had
hätten = had
wäre | wären = would be
würde | würden = would
druck | drucks | drücke = pressure
temperatur | temperaturen = temperature
füllstand | füllstands | niveau | füllhöhe = level
durchfluss | durchflusses | volumenstrom | massenstrom | menge = flow
leistung = power
drehzahl = speed
leitfähigkeit = conductivity
konzentration = concentration
sollwert | sollwerts | sollwerte = setpoint
ventil | ventils = valve
reaktor | reaktors = reactor
abscheider | abscheiders = separator
verdichter | verdichters | kompressor | kompressors = compressor
kondensator | kondensators = condenser
rührer | rührers | rührwerk | rührwerks = agitator
kessel | kessels = boiler
pumpe = pump
behälter | tank = tank
kühlwasser = cooling water
dampf = steam
zulauf = feed
punkt | punkte | punkten = points
prozentpunkte | prozentpunkten = percentage points
prozent = %
grad celsius = degrees celsius
grad fahrenheit = degrees fahrenheit
grad = degrees
liter pro minute = l/min
liter pro stunde = l/h
kubikmeter pro stunde = m3/h
kilogramm pro stunde = kg/h
tonnen pro stunde = t/h
umdrehungen pro minute = rpm
hälfte = half
ein drittel = a third
ein viertel = a quarter
lang =
obere grenze | obergrenze | oberen grenzwert | hochalarm = high limit
untere grenze | untergrenze | unteren grenzwert = low limit
abschaltgrenze | auslösegrenze = trip limit
nicht = not
kein | keine | keinen = no
alles | alle = all
und sag mir | und sage mir = and tell me
sag mir | sage mir | nenne mir | nenn mir | gib mir = tell me
und im | und in der | und beim | und am = and in the
und = and
oder = or
mit = with
wir = we
ich = i
man = one
jemand = somebody
niemand | keiner = nobody
es = it
ist | sind = is
war | waren = was
hatten = had
haben = have
was = what
wie = how
wann = when
wo = where
wer = who
der | die | das | den | dem | des = the
ein | eine | einen | einem | einer | eines = a
unser | unsere | unseren = our
im | in = in
am | an | bei | beim = at
vom | von = of
zum | zur | zu = to
für = for
durch = by
bitte = please
mir = me
sehr =
stark = much
mach daraus | mach | mache = make it
und dann = and then
dann = then
stattdessen = instead
davon = of it
macht = do
machen = do
"""

GERMAN = Lexicon(
    phrases=pairs_of(_PHRASES),
    before=rules(
        (
            r"\bwas wäre (?:mit |bei |aus )?(?:dem |der |den |das |die )?(.{1,60}?) (?:passiert|geschehen|geworden|gewesen),? (wenn|falls|hätten)\b",
            r"what would have happened to \1 \2",
        ),
        (
            r"\bwas (?:passiert|geschieht) (?:mit |bei )(?:dem |der |den )?(.{1,60}?),? (wenn|falls)\b",
            r"what happens to \1 \2",
        ),
        (
            r"\bwie (?:hätte|würde) sich (.{1,60}?) (?:entwickelt|verändert|verhalten)(?: haben)?,? (wenn|falls|hätten)\b",
            r"what would have happened to \1 \2",
        ),
        (r"\b(steigt|stieg|stiegen|steigen)\b(.{1,80}?) an\b", r"\1\2"),
        (r"\b(fällt|fiel|sinkt|sank)\b(.{1,80}?) ab\b", r"\1\2"),
        (r"\bnimmt\b(.{1,80}?) (?:zu)\b", r"steigt\1"),
        (r"\bnimmt\b(.{1,80}?) (?:ab)\b", r"sinkt\1"),
        (r"\b(?:gegen|um|ab|etwa um) (\d{1,2})[:.](\d\d)(?: uhr)?\b", r"at \1:\2"),
        (r"\b(\d{1,2})[:.](\d\d) uhr\b", r"\1:\2"),
        *((rf"\b(?:um )?halb {hour}(?: uhr)?\b", f"at {(hour - 2) % 12 + 1:02}:30") for hour in range(1, 13)),
        (r"\bzwischen (\d{1,2}) (?:uhr )?und (\d{1,2}) uhr\b", r"between \1:00 and \2:00"),
        (r"\bvon (\d{1,2})(?::00)? (?:uhr )?bis (\d{1,2})(?::00)? uhr\b", r"between \1:00 and \2:00"),
        (r"\b(?:gegen|um|etwa um) (\d{1,2}) uhr\b", r"at \1:00"),
        (r"\bseit (\d{1,2}) uhr\b", r"since \1:00"),
        (r"\b(\d{1,2}) uhr\b", r"\1:00"),
        (r"\bnacht (?:des|vom|auf den|zum) (\d{1,2})\.(?!\d)", r"night of the \1th"),
        (r"\b(?:am|vom|den|der) (\d{1,2})\.(?!\d)(?= ?[a-zä]{3,9}\b)", r"on \1"),
        (r"\b(?:am|vom|seit dem|den) (\d{1,2})\.(?!\d)", r"on the \1th"),
        (r"\bvor (\d[\d.,]*|einer|einem) (stunden?|minuten?|tagen?|wochen?)\b", r"\1 \2 ago"),
        (r"\b(\d[\d.,]*) (stunden?|minuten?) (?:lang )?(?:vor) (dem|der)\b", r"\1 \2 before \3"),
        (r"\b(\d[\d.,]*) (stunden?|minuten?) nach (dem|der)\b", r"\1 \2 after \3"),
        (r"\bum (?=[+-−]?\d)", "by "),
        (r"\bum (?=die hälfte|ein drittel|ein viertel|ein fünftel|ein zehntel)", "by "),
        (r"\bauf (?=[+-−]?\d|die hälfte)", "to "),
        (r"\bauf (\d)", r"to \1"),
        (r"\büber (?=den |die |das )(?:den |die |das )?(?=oberen?|obere|hoch|grenz|abschalt)", "above its "),
        (r"\büber (?=\d+(?:[.,]\d+)? ?(?:h|stunden?|minuten?|tage?n?)\b)", "over the next "),
        (r"\bbezogen auf\b", "for"),
        (r"\bwas wäre gewesen, (?=hätten )", "what would have happened "),
        (r"\b(?:über|oberhalb von) (?=\d|●)", "above "),
        (r"\bunter (?=\d|●)", "below "),
        (
            r"\büber (?=(?:die|den|das) (?:letzten?|nächsten?|ganze|gesamte|vergangene|nacht|woche|schicht|tag)\b)",
            "over ",
        ),
        (r"\büber\b", "about"),
        (r"\bunter\b", "below"),
        (
            r"\b([a-zäöüß]{4,}?)s?(druck|temperatur|füllstand|niveau|durchfluss|leistung|drehzahl|sollwert|ventil)s?\b",
            r"\1 \2",
        ),
        (r"(●) ?-? ?(sollwert)", r"\1 setpoint"),
    ),
    after=rules(
        (r"\bhad have\b", "had"),
        (rf"({_VERB}) (had)\b", r"\2 \1"),
        (
            rf"((?:the |our |a )?●(?: (?:setpoint|valve))?(?: at \d[\d:]*)? {_AMOUNT}) ((?:had )?{_VERB}(?: fully)?)(?!\w)",
            r"\2 \1",
        ),
        (rf"({_AMOUNT}) ((?:had )?{_VERB})(?!\w)", r"\2 \1"),
        (
            rf"\b(if (?:we|i|one|nobody|somebody)) ((?:last night |yesterday )?{_THING}) ((?:had )?{_VERB})(?!\w)",
            r"\1 \3 \2",
        ),
        (r"\bif (.{1,80}?) had been\b", r"if \1 had been"),
        (r"\bbut|sondern\b", "but"),
        (r"\bhow do i get (.{1,60}?) to get\b", r"how do i get \1"),
        (r"\bwhat is the cause\b", "what is the cause"),
        (r"\b(\d[\d.]*) hour ago", r"\1 hours ago"),
    ),
)
