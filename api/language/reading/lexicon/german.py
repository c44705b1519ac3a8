# ruff: noqa: E501 - tables, an entry a line
"""German into the English of the rules."""

from api.language.reading.lexicon.german_asking import ASKING, SPEECH, TIMES
from api.language.reading.lexicon.german_things import MOVING, THINGS
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

COMPOUNDED = (
    "druck", "temperatur", "füllstand", "niveau", "durchfluss", "leistung", "drehzahl", "sollwert", "ventil", "strom",
    "menge", "grenze", "alarm", "schicht",
)  # fmt: skip
"""What the names of measured things end in."""

BLOCKS = (SPEECH, TIMES, ASKING, MOVING, THINGS)
GERMAN = Lexicon(
    phrases={phrase: said for block in BLOCKS for phrase, said in pairs_of(block).items()},
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
        (
            r"\b(?:womit|wie|wodurch) (?:ließe|lässt|liesse|könnte|kann|kan|können) (?:sich|man|ich|wir) (.{1,60}?) (?:wieder )?(unter|über|auf|bei) (.{1,25}?) (?:bringen|halten|drücken|kriegen|bekommen|senken|heben)\b",
            r"how do i get \1 \2 \3",
        ),
        (
            r"\b(?:kann?|könnte|könnten|können) (?:ich|man|wir) (.{1,60}?) (?:irgendwie |noch |wieder )?(?:runter|herunter|nach unten) (?:kriegen|bekommen|bringen|drücken)\b",
            r"how do i get \1 lower",
        ),
        (
            r"\b(?:kann?|könnte|könnten|können) (?:ich|man|wir) (.{1,60}?) (?:irgendwie |noch |wieder )?(?:hoch|rauf|nach oben) (?:kriegen|bekommen|bringen|drücken)\b",
            r"how do i get \1 higher",
        ),
        (r"\bschalt(?:e|en|et)?\b(.{1,60}?) (?:ab|aus|stumm)\b", r"switch off\1"),
        (
            r"\b(nacht (?:von|vom) (?:\w+tag|mittwoch|sonnabend)) (?:auf|zu|zum) (?:den )?(?:\w+tag|mittwoch|sonnabend)\b",
            r"\1",
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
            r"\b([a-zäöüß]{4,}?)s?(druck|temperatur|füllstand|niveau|durchfluss|leistung|drehzahl|sollwert|ventil|strom)s?\b",
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
