"""Cues of events and why they happened."""

from api.language.engines.cuewords import NOUN, ODD, OK, cue

EVENTS = (
    cue(rf"(?:tally|sum up|total) (?:of )?(?:the )?{NOUN}", events=1.2),
    cue(rf"{NOUN}\b(?! limits?| settings?| threshold)", events=2.2),
    cue(rf"{ODD}(?!\w)", events=2.0),
    cue(
        rf"(?:any|how many|number of|count|list|which|all|every|show (?:me )?(?:the |all )?)[^,.?]*\b{NOUN}",
        events=1.2,
    ),
    cue(r"(?:anything|something|stuff|things?)\b(?!.*TAG)", events=1.0),
    cue(
        r"what(?:'s| is| was| has| had| did|s| else| all)? ?(?:been )?(?:happen\w*|gone on|"
        "went on|going on|occurred)",
        events=2.2,
    ),
    cue(
        r"(?:anything|something|everything|what) (?:\w+ )?(?:happen\w*|occur\w*|to report|noteworthy|up)\b",
        events=1.6,
    ),
    cue(r"(?:happen|occur)(?:ed|ing|s|red)?\b|(?:go|went|gone|going) on\b", events=0.9),
    cue(
        r"(?:misbehav\w+|act(?:ing|ed)? (?:up|out|strange\w*)|behav\w+ (?:abnormal|strange|"
        r"odd|weird)\w*|bother\w*)\b",
        events=2.4,
    ),
    cue(
        r"(?:miss(?:ed)?|flag\w*|notic\w+|spot\w*|detect\w*|(?:go|went|gone|fell?|"
        r"fallen) silent|new (?:operating )?regime)\b",
        events=1.6,
    ),
    cue(
        r"should (?:i|we) (?:know|be aware|worry|care)|need to know|worth (?:knowing|mentioning)|stand out|stood out",
        events=2.4,
    ),
    cue(r"(?:calm|quiet|uneventful|eventful|bumpy|rough|peaceful)\b", events=2.2),
    cue(rf"(?:was|were|did|has|have)\b[^?]*\b{OK}\b(?!.*TAG)", events=1.4, status=0.3),
    cue(r"how (?:was|were|did|has)\b(?!.*TAG)", events=1.6),
    cue(r"(?:rundown|recap|digest|lowdown|account of)\b", events=1.6),
    cue(rf"{NOUN} (?:with|on|in|at|around|w)\b|misses\b", events=0.6),
    cue(r"go(?:ne|es)? wrong|went wrong|(?:was|is|'s|whats|s) wrong|wrong with", events=1.6),
)
EXPLAIN = (
    cue(
        r"(?:what(?:'s| is| was) )?the (?:deal|story|matter|background) (?:with|behind|of)\b|"
        r"haywire|where did (?:that|this|it) come from|set off\b|kicked off\b",
        explain=2.6,
        out_of_scope=-3.0,
    ),
    cue(rf"{NOUN}.*\bin detail|what (?:explains|caused|triggered|led up to|provoked)", explain=1.6),
    cue(r"led (?:up )?to\b|explains the\b", explain=1.4, compare=-1.5),
    cue(r"why\b|^\W*y\b", explain=6.0, trend=-4.0, forecast=-2.0),
    cue(r"(?:root[- ]?)?caus(?:e|ed|es|ing)\b", explain=5.2),
    cue(
        r"reasons?\b|how come\b|due to what|diagnos\w+|troubleshoot|explanation|culprit|to blame|blame\b", explain=5.2
    ),
    cue(
        r"explains?\b(?! (?:to me )?(?:what|how you)\b)(?! .*\bmeans?\b)|origin\w*\b|come about|came about",
        explain=4.8,
    ),
    cue(
        r"what (?:\w+ )?(?:made|led|triggered|drove|started|set off|brought about|provoked|"
        r"kicked off|tripped)\b|that made\b|led to\b|what was it that",
        explain=5.0,
    ),
    cue(
        r"what(?:'s|s| is| was| lies| lay|'re)? (?:\w+ )?behind\b|is behind\b|attribute\b|"
        r"account for\b|responsible\b",
        explain=5.0,
    ),
    cue(r"wrong (?:at |around )?MOMENT", explain=2.4),
    cue(r"MOMENT\W.*\bwrong\b|what (?:on earth|the hell|the heck)\b.*\b(?:wrong|happen)", explain=3.0),
    cue(
        r"what(?:'s|s| is| was|'re)? (?:\w+ )?(?:making|causing|driving|pushing|pulling|dragging|forcing|letting)\b",
        explain=5.0,
        describe=-1.0,
    ),
    cue(r"wh?at (?:exactly )?(?:went|has gone|had gone|did go) wrong", explain=1.6),
    cue(
        rf"(?:walk|talk|take) me through\b|dig into|look into|{NOUN} (?:in )?detail|understand (?:how|why|what)",
        explain=4.0,
    ),
    cue(
        r"(?:tell me |say |know |learn )?more (?:about|on)\b(?!.*TAG)|details? (?:of|on|about|for)\b(?!.*TAG)",
        explain=2.8,
    ),
    cue(
        "moved? first|first mover|(?:which|what) (?:sensor|tag|signal|variable|"
        r"TAG)s?\b.*\b(?:first|started|contribut\w+|most)",
        explain=5.0,
    ),
    cue(rf"(?:first|second|third|fourth|fifth|last|latest|newest|most recent) {NOUN}", explain=0.9),
    cue(rf"{NOUN}.*\babout\b\W*$|what was (?:that|the) (?:\w+ ){{0,3}}about", explain=2.4),
    cue(r"how did (?:that|this|it|the \w+) (?:happen|come|start|begin|arise)", explain=4.4),
    cue(rf"(?:{NOUN}|it) .*\b(?:caused|explained) by\b|(?:doing|fault) (?:or|that)", explain=1.4),
)
