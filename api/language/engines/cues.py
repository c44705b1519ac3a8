"""Cues: what in a clause speaks for which intents, and how much.

A cue looks at the masked clause in small letters: names are TAG or ASSET, times TIME (a stretch of the past), MOMENT
(an instant of it) or AHEAD, numbers N. Its weight adds to the intent's score, in nats; a negative one speaks against.
No cue decides alone.
"""

import re
from dataclasses import dataclass

WHEN = r"(?:TIME|MOMENT)"
NOUN = (
    "(?:events?|event frames?|alarms?|alerts?|anomal(?:y|ies|ys)|incidents?|upsets?|"
    "trips?|faults?|problems?|issues?|"
    r"deviations?|disturbances?|troubles?|excursions?|abnormalit(?:y|ies)|irregularit(?:y|ies)|oddit(?:y|ies)|"
    r"concerns?|findings?|hiccups?|glitch(?:es)?|surprises?)"
)
ODD = (
    r"(?:unusual|strange\w*|odd(?:ly)?|weird\w*|abnormal\w*|anomalous|suspicious\w*|funny|fishy|irregular\w*|"
    r"unexpected\w*|remarkable|noteworthy|notable|peculiar|amiss|out of (?:the )?(?:ordinary|line)|interesting|"
    r"unplanned|worrying|bad|off\b|unlogged)"
)
PEOPLE = (
    r"(?:operators?|anybody|anyone|any one|someone|somebody|sb|nobody|no one|who|they|we|i|crew|shift|team|people|"
    r"colleagues?|guys)"
)
CHANGED = (
    r"(?:chang(?:e|es|ed|ing)|adjust\w*|mov(?:e|es|ed|ing)|touch\w*|tweak\w*|turn(?:ed)?|alter\w*|modif\w+|"
    r"fiddl\w+|interven\w+|do|did|done|make|made|set)"
)
TOUCHED = r"(?:changed|moved|adjusted|touched|tweaked|altered|modified|turned|repositioned)"
VERB = (
    r"(?:cut(?:ting)?|reduc\w+|lower(?:s|ed|ing)?|decreas\w+|drop\w*|rais\w+|increas\w+|bump\w*|lift\w*|boost\w*|"
    r"push\w*|open\w*|clos\w+|halv\w+|doubl\w+|tripl\w+|trim\w*|throttl\w+|stop\w*|"
    r"shut\w*|chang\w+|mov\w+|set(?:ting)?|"
    r"put(?:ting)?|turn\w*|step\w*|ramp\w*|crank\w*|adjust\w*|dial\w*|kick\w*|bring|brought|tak\w+|took|try|run|ran|"
    r"pull\w*|add\w*|slow\w*|speed\w*|hold|keep|switch\w*|start\w*|nudg\w+|shift\w*|drive|drove|reset)"
)
SHOW = r"(?:show|plot|chart|graph|draw|display|pull up|curve|visuali[sz]e|see|view|sketch)"
OK = (
    r"(?:ok(?:ay)?|fine|all ?right|good|well|normal(?:ly)?|healthy|smooth(?:ly)?|in order|under control|"
    r"as (?:they|it) should|itself|within limits|stable|steady|happy|sound)"
)
PLANT = r"(?:(?:the |this |our |my |whole )*(?:plant|factory|site|process|facility|unit|works|units)|(?:the )?ASSET)"
HOW = r"how(?:'s|s| is| are| does| do|'re| r)"
WE = r"(?:i|we|you|one|somebody|someone|they|operators?|the operators?|the crew|the shift|the night shift)"
BETTER = (
    r"(?:higher|lower|hotter|colder|cooler|warmer|bigger|larger|smaller|more|less|fewer|better|worse|calmer|quieter|"
    r"busier|steadier|faster|slower|stronger|weaker)"
)
REACH = (
    r"(?:get|bring|keep|push|pull|hold|reach|achieve|avoid|prevent|stabili[sz]\w*|steer|"
    "restore|return|fix|lower|raise|"
    "reduce|increase|decrease|cut|boost|improve|cool|heat|drop|lift|steady|calm|stop|"
    "move|maintain|recover|settle|make|"
    r"help|go about|turn)"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern and what it adds to the scores of intents."""

    pattern: re.Pattern[str]
    weights: dict[str, float]


def _cue(pattern: str, **weights: float) -> Cue:
    return Cue(re.compile(rf"(?<!\w)(?:{pattern})"), weights)


EVENTS = (
    _cue(rf"(?:tally|sum up|total) (?:of )?(?:the )?{NOUN}", events=1.2),
    _cue(rf"{NOUN}\b(?! limits?| settings?| threshold)", events=2.2),
    _cue(rf"{ODD}(?!\w)", events=2.0),
    _cue(
        rf"(?:any|how many|number of|count|list|which|all|every|show (?:me )?(?:the |all )?)[^,.?]*\b{NOUN}",
        events=1.2,
    ),
    _cue(r"(?:anything|something|stuff|things?)\b(?!.*TAG)", events=1.0),
    _cue(
        r"what(?:'s| is| was| has| had| did|s| else| all)? ?(?:been )?(?:happen\w*|gone on|"
        "went on|going on|occurred)",
        events=2.2,
    ),
    _cue(
        r"(?:anything|something|everything|what) (?:\w+ )?(?:happen\w*|occur\w*|to report|noteworthy|up)\b",
        events=1.6,
    ),
    _cue(r"(?:happen|occur)(?:ed|ing|s|red)?\b|(?:go|went|gone|going) on\b", events=0.9),
    _cue(
        r"(?:misbehav\w+|act(?:ing|ed)? (?:up|out|strange\w*)|behav\w+ (?:abnormal|strange|"
        r"odd|weird)\w*|bother\w*)\b",
        events=2.4,
    ),
    _cue(
        r"(?:miss(?:ed)?|flag\w*|notic\w+|spot\w*|detect\w*|(?:go|went|gone|fell?|"
        r"fallen) silent|new (?:operating )?regime)\b",
        events=1.6,
    ),
    _cue(
        r"should (?:i|we) (?:know|be aware|worry|care)|need to know|worth (?:knowing|mentioning)|stand out|stood out",
        events=2.4,
    ),
    _cue(r"(?:calm|quiet|uneventful|eventful|bumpy|rough|peaceful)\b", events=2.2),
    _cue(rf"(?:was|were|did|has|have)\b[^?]*\b{OK}\b(?!.*TAG)", events=1.4, status=0.3),
    _cue(r"how (?:was|were|did|has)\b(?!.*TAG)", events=1.6),
    _cue(r"(?:rundown|recap|digest|lowdown|account of)\b", events=1.6),
    _cue(rf"{NOUN} (?:with|on|in|at|around|w)\b|misses\b", events=0.6),
    _cue(r"go(?:ne|es)? wrong|went wrong|(?:was|is) wrong|wrong with", events=1.6),
)
EXPLAIN = (
    _cue(
        r"(?:what(?:'s| is| was) )?the (?:deal|story|matter|background) (?:with|behind|of)\b|"
        r"haywire|where did (?:that|this|it) come from|set off\b|kicked off\b",
        explain=2.6,
        out_of_scope=-3.0,
    ),
    _cue(rf"{NOUN}.*\bin detail|what (?:explains|caused|triggered|led up to|provoked)", explain=1.6),
    _cue(r"led (?:up )?to\b|explains the\b", explain=1.4, compare=-1.5),
    _cue(r"why\b|^\W*y\b", explain=6.0),
    _cue(r"(?:root[- ]?)?caus(?:e|ed|es|ing)\b", explain=5.2),
    _cue(
        r"reasons?\b|how come\b|due to what|diagnos\w+|troubleshoot|explanation|culprit|to blame|blame\b", explain=5.2
    ),
    _cue(
        r"explains?\b(?! (?:to me )?(?:what|how you)\b)(?! .*\bmeans?\b)|origin\w*\b|come about|came about",
        explain=4.8,
    ),
    _cue(
        r"what (?:\w+ )?(?:made|led|triggered|drove|started|set off|brought about|provoked|"
        r"kicked off|tripped)\b|that made\b|led to\b|what was it that",
        explain=5.0,
    ),
    _cue(
        r"what(?:'s|s| is| was| lies| lay|'re)? (?:\w+ )?behind\b|is behind\b|attribute\b|"
        r"account for\b|responsible\b",
        explain=5.0,
    ),
    _cue(r"wrong (?:at |around )?MOMENT", explain=1.2),
    _cue(r"wh?at (?:exactly )?(?:went|has gone|had gone|did go) wrong", explain=1.6),
    _cue(
        rf"(?:walk|talk|take) me through\b|dig into|look into|{NOUN} (?:in )?detail|understand (?:how|why|what)",
        explain=4.0,
    ),
    _cue(
        r"(?:tell me |say |know |learn )?more (?:about|on)\b(?!.*TAG)|details? (?:of|on|about|for)\b(?!.*TAG)",
        explain=2.8,
    ),
    _cue(
        "moved? first|first mover|(?:which|what) (?:sensor|tag|signal|variable|"
        r"TAG)s?\b.*\b(?:first|started|contribut\w+|most)",
        explain=5.0,
    ),
    _cue(rf"(?:first|second|third|fourth|fifth|last|latest|newest|most recent) {NOUN}", explain=0.9),
    _cue(rf"{NOUN}.*\babout\b\W*$|what was (?:that|the) (?:\w+ ){{0,3}}about", explain=2.4),
    _cue(r"how did (?:that|this|it|the \w+) (?:happen|come|start|begin|arise)", explain=4.4),
    _cue(rf"(?:{NOUN}|it) .*\b(?:caused|explained) by\b|(?:doing|fault) (?:or|that)", explain=1.4),
)
DESCRIBE = (
    _cue(
        r"how (?:high|hot|low|cold|warm|much|full|fast) (?:did|was|were|has|is|does)\b",
        describe=2.6,
        events=-1.5,
        trend=-0.5,
    ),
    _cue(r"between (?:what|which)\b|in (?:what|which) range", describe=3.4, about=-2.5, moves=-2.0),
    _cue(r"averag\w*|avg\b|mean\b(?! by)|typical\w*|on average|median\b|in the mean\b", describe=2.8),
    _cue(r"max(?:im\w+)?\b|peak\w*|highest|how high|top(?:ped)? (?:value|out)|largest|greatest", describe=2.8),
    _cue(r"min(?:im\w+)?\b(?! later)|lowest|smallest|how low|bottom(?:ed)?(?: out)?\b|least\b", describe=2.8),
    _cue(
        r"std\b|standard deviation|variab\w+|varian\w+|how (?:stable|steady|noisy|"
        r"much noise)|fluctuat\w+|spread\b|scatter\w*",
        describe=2.6,
    ),
    _cue(
        r"extremes|between which|statistics|stats\b|how (?:much|far|widely) did\b.*(?:var|"
        r"swing|move)|range did|TAG range\b.*TIME",
        describe=2.6,
    ),
    _cue(rf"{SHOW}\b.*TAG|TAG (?:plot|chart|graph|curve)", describe=2.6),
    _cue(
        r"how long (?:was|were|did|has|is|have)\b|for how long\b|how (?:much|"
        "many) (?:of the )?(?:time|hours|minutes)|(?:share|fraction|percentage|percent|"
        "proportion|part|pct) of",
        describe=3.2,
    ),
    _cue(r"(?:what|how|where)(?:'s|s| is| was| were| are|'re| did)? (?:the |our )?(?:\w+ ){0,3}TAG", describe=1.8),
    _cue(r"(?:what|wat|how)(?:'s|s| is| was| did)? (?:the )?TAG\b.*(?:MOMENT|TIME|now)", describe=1.2),
    _cue(
        r"(?:read(?:s|ings?)?|values?|samples?|data|numbers?|figures?|gauge|say|show)\b.*TAG|"
        r"TAG.*\b(?:readings?|read|values?|data|samples?)\b",
        describe=1.6,
    ),
    _cue(r"(?:current\w*|now|right now|at the moment|present(?:ly)?|latest|live|rn)\b.*TAG", describe=1.6),
    _cue(r"TAG.*\b(?:now|right now|at the moment|presently|currently|rn|atm)\b", describe=1.6),
    _cue(
        r"^\W*(?:and |the |our |please |give me |gimme |tell me |check |what about |"
        rf"how about )*TAG\W*(?:{WHEN})?\W*(?:please)?\W*$",
        describe=2.6,
    ),
    _cue(rf"^\W*{WHEN}\W*TAG\W*$", describe=2.2),
    _cue(
        r"(?:history|histor\w+|behav\w+|evol\w+|develop\w*|look\w*|doing|summari[sz]e|"
        r"summary|went)\b.*TAG|TAG.*\b(?:histor\w*|behav\w*|look\w*|do|doing|went|go)\b",
        describe=1.2,
    ),
    _cue(r"how (?:is|was|are|were|did)\b.*TAG", describe=1.2),
    _cue(
        r"(?:did|was|were|has|have|is|ever|hours)\b.*TAG.*(?:exceed\w*|above|over|beyond|"
        r"below|under|past|reach\w*|hit|higher than|lower than|more than|less than|violat\w*|"
        r"pass(?:ed)?|greater than)\W*(?:the |its |a )?(?:N\b|\w* ?\w* ?(?:limit|trip))",
        describe=3.2,
    ),
    _cue(
        r"(?:violat\w+|outside|breach\w*|pass(?:ed)?|over|above|exceed\w*|cross\w*|touch\w*|"
        r"hit)\b (?:the |its |any |a )?(?:\w+ ){0,2}(?:limits?|trip)\b",
        describe=1.8,
    ),
    _cue(r"TAG (?:ever )?(?:above|over|below|under|exceed\w*|beyond|past|>|<) ?N", describe=2.6),
    _cue(r"(?:let me |i'd like to |i would like to |want to )?(?:see|view|look at)\b.*TAG", describe=1.2),
    _cue(
        r"(?:first|last|latest|final|initial) (?:value|reading|sample)\b|when (?:was|did|"
        r"were)\b.*\b(?:highest|lowest|peak|max\w*|min\w*)",
        describe=2.4,
    ),
)
TREND = (
    _cue(r"(?:is|are) (?:it|they|that) (?:still )?(?:going|coming|moving) (?:up|down)|(?:is|are) (?:it|they|that) (?:still )?(?:rising|falling|climbing|dropping|stable|steady)", trend=2.6),

    _cue(
        r"(?:did|have|has|are) (?:we|you|i) (?:lose|lost|losing|gain\w*) (?:\w+ )?TAG|"
        r"trend of\b|show (?:me )?the trend",
        trend=3.4,
    ),
    _cue(r"trend plot|plot (?:of )?the trend", trend=-3.5),
    _cue(
        r"cr[ea]e?pt?\w* (?:up|down)|upwards?\b|downwards?\b|TAG (?:rose|fell|sank|climbed|"
        r"crept|dropped|drifted|increased|decreased)\b",
        trend=3.4,
    ),
    _cue(
        r"(?:is|are|has|have|was|were|did|does|still)\b.*TAG.*\b(?:getting (?:higher|lower|"
        r"worse|better|hotter|colder)|wander\w*|coming (?:back )?(?:up|down)|settl\w*|moving|"
        r"going anywhere|picked? up|pick up|level(?:l?ed|l?ing)? (?:off|out)|creep\w*)",
        trend=3.4,
    ),
    _cue(
        r"TAG (?:moving|going (?:anywhere|up|down)|on the (?:rise|way))\b|are we (?:losing|"
        "gaining) (?:the )?TAG|increasing or decreasing|rising or falling",
        trend=3.2,
    ),
    _cue(r"(?:has|have|been) .*going (?:up|down)|direction\b.*TAG", trend=1.8, moves=-5.0),
    _cue(r"trend\w*|drift\w*|slope\b|gradient|tendenc\w+", trend=3.8),
    _cue(
        r"(?:is|are|was|were|been|start\w*|keep\w*|kept|still)\b[^?]*\b(?:rising|falling|"
        r"climbing|dropping|coming (?:up|down)|levell?\w* (?:out|off))",
        trend=3.2,
    ),
    _cue(
        "(?:increasing|decreasing|going (?:up|down)|creeping|sinking|declining|growing|"
        "sliding|rising|falling|climbing|dropping)",
        trend=2.2,
    ),
    _cue(
        r"(?:did|has|have|does|is)\b.*TAG.*\b(?:r[iou]se|risen|fall(?:en)?|fell|climb\w*|"
        r"drop\w*|go(?:ne)? (?:up|down)|come (?:up|down)|remained|stay\w*|levell?\w*)\b",
        trend=2.4,
    ),
    _cue(
        r"(?:did|has|have|does)\b.*TAG.*\b(?:increas\w+|decreas\w+|declin\w+|sink|sunk|shift\w*|c[ra]me? down)",
        trend=2.6,
    ),
    _cue(
        "(?:how (?:fast|quickly|rapidly|steeply)|(?:at|by) (?:what|how much) (?:rate|pace|"
        r"per)|by how much per|rate of (?:change|rise|fall))\b",
        trend=4.0,
    ),
    _cue(r"(?:which|what) (?:way|direction)\b|in what direction|(?:up|rising|higher|flat),? or ", trend=3.6),
    _cue(
        "TAG (?:rising|falling|climbing|dropping|drifting|up|down|coming (?:up|down)|"
        r"going (?:up|down)|flat|steady|stable|trend)\b(?! N)",
        trend=2.8,
    ),
    _cue(
        r"(?:held?|holding|stay\w*|remain\w*|been|was|is|were)\b.*TAG.*\b(?:steady|flat|"
        r"constant|stable|level)\b|(?:is|was|has) TAG.*\b(?:steady|flat|constant|stable)\b|"
        "TAG (?:held|stayed|remained) ",
        trend=2.8,
    ),
    _cue(r"on (?:its|the) way (?:up|down)|moving (?:up|down)|pace\b", trend=3.0),
)
COMPARE = (
    _cue(
        r"compar\w+|copmare|comparison|versus\b|vs\b|against\b|relative to|contrast\w*|cmp\b|"
        "next to (?:the|each)|side by side",
        compare=4.0,
    ),
    _cue(r"(?:different|difference|differ\w*|diff)\b", compare=3.0),
    _cue(rf"{BETTER}\b[^.?]*\bthan\b(?! (?:the )?N)", compare=3.4),
    _cue(
        r"(?:which|what) (?:one |of \w+ (?:two )?)?(?:was|is|were|has been|had|ran)\b.*(?:er|more|most|est)\b",
        compare=2.6,
    ),
    _cue(r"(?:same|as \w+) as\b|comes? out on top", compare=2.0),
    _cue(r"TAG (?:or|vs\.?|versus|against|with|than) (?:the )?TAG", compare=1.8),
    _cue(r"TIME (?:or|vs\.?|versus|against|than|compared (?:to|with)|with|and) (?:with |against )?TIME", compare=2.0),
    _cue(r"from TIME to TIME|between TIME and TIME|TIME.*TIME", compare=2.4),
    _cue(rf"{BETTER}\b.*\b(?:TAG|ASSET|TIME),? or (?:the )?(?:TAG|ASSET|TIME)", compare=2.6),
)
FORECAST = (
    _cue(r"anticipat\w+|foresee\w*|six hours from now|from now\b", forecast=2.6),

    _cue(
        r"future\b|later on\b|(?:just )?(?:sit|wait|do nothing)\b|about to\b|gonna\b|"
        r"going to (?:go|pass|reach|hit|exceed|fall|rise|drop|make)\b|how (?:soon|"
        r"long (?:till|until|before))\b",
        forecast=2.6,
        describe=-1.0,
    ),
    _cue(r"(?:was|were|did|had|happened)\b.*AHEAD", forecast=-5.2, describe=1.0, events=0.5),
    _cue(rf"{NOUN} (?:of|on|in|for)? ?AHEAD", events=2.5, forecast=-3.0),
    _cue(
        "if (?:nobody|no one|we (?:don't|do not)|nothing) (?:touches|changes|moves|does|"
        "touch|change|move|is touched|is changed|do)",
        forecast=5.0,
        counterfactual=-7.0,
        what_if=-3.0,
        moves=-4.0,
    ),
    _cue(r"will\b|'ll\b|won't\b|wil\b", forecast=3.2),
    _cue(
        r"forecast\w*|predict\w*|outlook|prognos\w+|project(?:ed|ion)?\b(?! manag)|"
        r"extrapolat\w+|prospects?|estimate of",
        forecast=3.6,
    ),
    _cue(
        r"expect\w*\b|going to\b|gonna\b|about to (?!take)|likely\b|bound to|due to (?:hit|"
        r"reach)|probability|chance\w*|see coming|comes? next|becomes of",
        forecast=2.6,
    ),
    _cue(r"heading\b|headed\b|where\b.*\bgo(?:ing)?\b|end up\b", forecast=2.6),
    _cue(
        r"rest of (?:the|this)|(?:from|by) now\b|ahead\b|from here\b|soon\b|next (?:hours?|"
        r"hrs?|shift)|how (?:much longer|long (?:till|until|before))|when (?:does|will|do)\b",
        forecast=2.4,
    ),
    _cue(r"AHEAD", forecast=3.6, describe=-1.0, events=-0.5),
    _cue(
        r"(?:nobody|no one) (?:touch|chang|mov|do)\w*|nothing is (?:changed|moved|done)|"
        "leave (?:everything|it|things|all)|as (?:it|things) (?:is|are)",
        forecast=2.6,
        what_if=-1.5,
    ),
)
_BACK = r"(?:had|'d|hadn't|hadnt|wed|hed|theyd|had not|have)"
SCENARIO = (
    _cue(
        r"(?:^|if )\W*(?:i |we )?(?:shave|knock|nudge|give|gave|go|went)\b.*(?:N|TAG)|"
        "another N|what about [+-]?N (?:on|of|more|less)|(?:with|at) [+-]?N (?:more|less|"
        "higher|lower)",
        what_if=3.2,
    ),
    _cue(
        r"(?:rewind|going back|go back) to\b|stayed the same|never (?:took place|happened|"
        "been)|had left|messed with|if nobody (?:touched|had|moved|changed|raised|cut|"
        "lowered|did)|nobody touched",
        counterfactual=4.0,
        forecast=-3.5,
        moves=-1.5,
    ),
    _cue(r"what would (?:the )?TAG (?:say|do|look|be)\b.*\bif\b|where does .*\bend\b|sensitive", what_if=2.2),
    _cue(
        r"wh?at[- ]if|suppos\w+|assum(?:e|ing)|imagin\w+|simulat\w+|hypothetical\w*|"
        r"counterfactual\w*|say we\b|scenario\b|try out\b",
        what_if=3.2,
        counterfactual=2.8,
    ),
    _cue(
        r"wh?at (?:would |will |'ll |does )?happens? (?:to|with|when|if)\b|(?:,|"
        r"then)? ?wh?at happens\b|what follows|what then\b",
        what_if=2.8,
        counterfactual=0.5,
        events=-2.5,
        moves=-2.0,
    ),
    _cue(rf"(?:if|when|should) {WE}\b(?! (?:leave|know|ask|see))", what_if=2.4, counterfactual=1.4, moves=-1.5),
    _cue(r"(?:if|when|should) (?:both |the |our )*TAG", what_if=2.2, counterfactual=1.2),
    _cue(
        "(?:effect|impact|influence|consequences?|result|response|reaction)s? (?:of|to|on|"
        r"if|would|has|does|have|TAG)\b",
        what_if=3.4,
        trend=-1.5,
        compare=-1.0,
    ),
    _cue(
        r"(?:consequences?|impact|effect|influence)\b.*\b(?:doubl|halv|chang|rais|lower|cut|"
        r"increas|decreas|reduc)\w*",
        what_if=2.6,
    ),
    _cue(
        r"^\W*(?:please |now |then |and |kindly |just |go |can you |could you |would you |"
        "i'd like you to |i would like you to |i want you to |you should |do |ok |"
        rf"also )*{VERB} (?:the |our |back )*TAG(?!.*\b(?:below|above|under|within)\b)",
        what_if=4.4,
        trend=-1.5,
        describe=-1.0,
    ),
    _cue(r"(?:TAG|it) (?:\w+ )?(?:by|to|at|plus|minus|up|down|up by|down by|with)? ?[+-]?N\b(?!.*\?$)", what_if=1.6),
    _cue(r"^\W*(?:the )?TAG (?:to|at|up|down|plus|minus|by) ?[+-]?N", what_if=3.6),
    _cue(
        r"^\W*(?:a |and |with )*[+-]?N (?:more|less|higher|lower|of|increase|decrease|cut|reduction|step)\b.*TAG",
        what_if=3.4,
    ),
    _cue(
        rf"\b{VERB}\b(?: \w+){{0,3}} TAG (?:\w+ )?(?:by |to |at |up |down |from )*[+-]?N",
        what_if=2.6,
        trend=-1.0,
        describe=-1.0,
    ),
    _cue(
        r"(?:cut|increase|reduction|raise|drop|step|decrease|rise|change) (?:of|in) (?:the )?(?:TAG|N)", what_if=2.0
    ),
    _cue(
        r"how (?:would|does|will|might|do|is)\b.*\b(?:respond|react|chang\w*|affect\w*|"
        r"behave|influence\w*|sensitive)",
        what_if=2.4,
    ),
    _cue(r"(?:what|how) (?:would|does|do|will)\b.*\b(?:do to|mean|affect|hurt|help)\b", what_if=2.4, about=-1.5),
    _cue(
        r"would\b.*\btrip\w*\b.*\bif\b|trip if\b|TAG -> ?TAG|N ?-> ?TAG|thinking of|considering|work out what",
        what_if=2.4,
    ),
    _cue(rf"(?:would|could|can|should|may|shall)\b.*\b{VERB}\b.*TAG.*N", what_if=1.8),
    _cue(
        r"would (?:have|of|'ve)\b|would've|woulda|could (?:have|of)|coulda|might have|"
        "should(?:a| have)|wouldn't have",
        counterfactual=3.6,
        what_if=-0.5,
        explain=-0.5,
        moves=-2.0,
        events=-1.5,
    ),
    _cue(r"had (?:we|i|they|you|somebody|someone|nobody|no one|not|our|my)\b|had (?:the|it|TAG)\b.{0,30}\b(?:been|not)\b", counterfactual=2.8),
    _cue(
        rf"(?:if|that|when|time) (?:only )?(?:{WE}|nobody|no one|the (?:\w+ )?\w+|it|"
        rf"(?:the )?TAG){_BACK.replace('|have', '')}\b",
        counterfactual=3.4,
    ),
    _cue(
        r"(?:(?:if|when|time) (?:only )?(?:the (?:\w+ )?\w+|it|(?:the )?TAG)|(?:if|that|when|"
        rf"time) (?:only )?(?:{WE}|nobody|no one)) {_BACK}\b",
        counterfactual=3.6,
    ),
    _cue(
        r"(?:if|wh?at if) (?:we'd|wed|they'd|he'd|i'd|we hadn'?t|they hadn'?t|nobody)\b|"
        r"hadn'?t\b|had not|had never|had nobody|not been for",
        counterfactual=3.6,
        moves=-2.0,
    ),
    _cue(
        r"(?:nobody|no one|without|no|undo\w*|revers\w+|take back|taken back|not made|"
        r"leave out|left out|ignor\w+)\b.*\b(?:chang|mov|touch|step|adjust|rais|cut|lower)\w*",
        counterfactual=3.4,
        moves=-2.2,
        plan=-0.5,
    ),
    _cue(
        "left (?:the )?(?:TAG|it|everything|things) alone|(?:in|with) hindsight|"
        "looking back|at the time|made to keep|recovered anyway|have helped|been (?:avoided|"
        "prevented)|better off",
        counterfactual=3.4,
    ),
    _cue(
        r"(?:if|were|was)\b.*TAG.*(?:N (?:lower|higher|more|less)|to N).*MOMENT|(?:TAG|"
        "N) (?:since|from) MOMENT|TAG.*N.*MOMENT|N.*TAG.*MOMENT",
        counterfactual=2.6,
    ),
    _cue(rf"{VERB}\b.*N.*MOMENT", counterfactual=1.8),
    _cue(r"instead\b|rather than", what_if=0.6, counterfactual=1.2),
)
ADVISE = (
    _cue(r".*\bTAG\b[^.]*,? how\W*$", plan=3.6, what_if=-4.0),

    _cue(
        "what (?:could|can|would|might) (?:lower|raise|reduce|increase|bring|calm|steady|"
        r"help|decrease|fix|cut|cool|stabili[sz]e)\b.*TAG|without (?:touching|moving|"
        "changing) (?:the )?TAG",
        plan=4.4,
        counterfactual=-4.0,
        what_if=-2.0,
    ),
    _cue(
        r"^\W*(?:please |can you |could you )*(?:keep|hold|maintain|stabili[sz]e|get|"
        "bring) (?:the |our )?TAG (?:between|within|above|below|under|over|steady|stable|"
        r"in)\b",
        plan=4.5,
        what_if=-3.5,
    ),
    _cue(
        "which (?:lever|handle|knob|setpoint|valve|move)s? (?:gets?|brings?|lowers?|raises?|"
        r"keeps?|helps?|does|do|will|would|can)\b",
        plan=3.4,
        trend=-2.0,
    ),
    _cue(
        r"TAG (?:needs?|has|ought|should) to (?:come|go|be)\b|\bideas\b|"
        r"(?:any )?tricks? to\b|way to (?:get|bring)|what would (?:get|bring|you do)\b|"
        r"can (?:we|i) (?:somehow )?(?:get|bring)\b|(?:helps?|fix|tame|calm) (?:the )?TAG",
        plan=4.4,
        describe=-1.0,
        moves=-1.5,
    ),
    _cue(
        r"(?:how|what|which)\b.*\b(?:get|bring|keep|hold|push)\b (?:the )?TAG.*(?:below|"
        "above|under|over|within|between|at|to|back|steady|stable|down|up|N)",
        plan=2.8,
        describe=-2.0,
        what_if=-2.0,
        trend=-2.0,
    ),
    _cue(
        "(?:using|with) (?:just|only) (?:the )?TAG|only with (?:the )?TAG|help me (?:bring|"
        "get|keep|lower|raise)|how (?:we|i|one) (?:might|could|can|should)|how to (?:get|"
        r"bring|keep|lower|raise|reduce|hold)|(?:do )?we have to set\b|keep TAG .*\bhow\b|"
        "something i can (?:change|move) to",
        plan=3.4,
        what_if=-3.0,
        describe=-1.5,
        moves=-2.0,
        events=-1.0,
    ),
    _cue(
        r"(?:with |using |by )?(?:which|what) (?:handles?|knobs?|levers?|setpoints?|valves?|moves?)\W*$",
        plan=3.4,
        what_if=-2.5,
    ),
    _cue(r"how (?:do|can|could|should|might|to) (?:i|we|you|one)\b", what_if=-3.5, counterfactual=-2.0),
    _cue(r"(?:i|we) (?:need|want|would like)\b.*TAG.*(?:above|below|under|over|at|between|within|to) N", plan=2.6),
    _cue(
        rf"how (?:do|can|cn|could|should|might|would|to|2)\b(?: (?:i|we|you|one))?\b.*\b{REACH}\b",
        plan=4.6,
        trend=-1.0,
    ),
    _cue(r"how can (?:the )?TAG be \w+", plan=4.4),
    _cue(
        r"(?:what|which)\b[^,?]*\b(?:should|can|could|must|would|shall|might|do|need|have to|"
        rf"required|needed)\b.*\b(?:to|so that|for)\b.*\b(?:{REACH}|TAG)\b",
        plan=2.8,
        moves=-1.5,
        help=-2.0,
    ),
    _cue(
        "(?:which|what) (?:moves?|steps?|levers?|knobs?|handles?|setpoints?|valves?|"
        r"actions?|adjustments?|settings?|changes?)\b.*\b(?:would|will|could|should|to|bring|"
        r"get|give|keep|so that|propose|for)\b.*",
        plan=2.4,
        moves=-1.2,
    ),
    _cue(
        "(?:best|safest|quickest|smartest|good|right|any|a) (?:way|move|moves|setting|"
        r"handle|strategy)s? (?:to|of|for)\b|advi[cs]e|recommend\w*|suggest\w*|propos\w+|"
        "how best to|help me (?:get|bring|keep|lower|raise|reduce)|get us there",
        plan=4.0,
        log=-1.5,
    ),
    _cue(
        r"(?:need|want|like|have|trying|wish|aim|asked)\b(?: \w+){0,2} (?:to (?:get|bring|"
        r"keep|lower|raise|reduce|hold)\b|(?:the )?TAG)",
        plan=2.2,
    ),
    _cue(
        r"^\W*(?:please |can you |could you )*(?:get|bring|keep|hold|maintain|stabili[sz]e) (?:the |our )?TAG",
        plan=2.2,
    ),
    _cue(r"moves\b.*\b(?:that|to) (?:keep|bring|get|hold|reduce|raise|lower|increase)", plan=3.6, moves=-1.5),
    _cue(
        "(?:what (?:now|do i do|to do|should i do|can (?:i|we|be) do(?:ne)?|"
        r"could be done))\b|TAG (?:is )?too (?:low|high)|(?:steady|stable) TAG how",
        plan=3.0,
        help=-3.0,
    ),
    _cue(
        r"(?:which|what|wat) (?:to move|valve|knob|handle|lever|setpoint)s? (?:to|for)\b|what to move",
        plan=3.4,
        moves=-1.0,
    ),
    _cue(
        "(?:only )?(?:with|using|via) (?:only )?(?:the )?TAG(?: alone|"
        r" only)?\W.*TAG.*(?:below|above|under|over|to|within|at) N",
        plan=3.0,
    ),
)
STATUS = (
    _cue(r"^\W*(?:so|and|well)\W+(?:everything|all)\b.*\b(?:under control|ok|okay|fine|good|well|normal)", status=3.0),

    _cue(
        "what(?:'s|s| is)? (?:up|going on|cooking|happening)(?: with| in|"
        r" at)? ?(?:the )?(?:plant|factory|ASSET)?\b(?!.*(?:TIME|MOMENT))",
        status=2.4,
    ),
    _cue(
        r"(?:plant|ASSET|all|everything) (?:good|green|fine|ok|well)\b|still alive|on fire|"
        "how are we standing|sitrep|life in the ASSET|problem (?:at the moment|right now|"
        "now)|do we have a problem",
        status=3.4,
    ),
    _cue(rf"{HOW}(?: \w+)? (?:{PLANT}|it going|things|everything|we|it look|u|ya)", status=3.6),
    _cue(
        r"how\b[^?]*\b(?:things|everything|ASSET|plant|factory|process|we)\b[^?]*\b(?:doing|"
        r"stand|going|look|looking|run|running|feel\w*|is|are)\b",
        status=2.4,
    ),
    _cue(r"(?:what does|how does)\b.*(?:plant|factory|ASSET).*\blook\b", status=3.2),
    _cue(r"how (?:is|'s|s)\b[^?]*ASSET|how is", status=1.0),
    _cue(
        r"status\b|state of\b|current state\b|health\b|overview|situation\b|(?:big|"
        r"overall) picture|condition\b|snapshot",
        status=3.6,
    ),
    _cue(rf"(?:is|are|does|do|s)\b[^?]*(?:{PLANT}|everything|evrything|things|all|we|it)\b[^?]*\b{OK}", status=3.2),
    _cue(rf"^\W*(?:everything|evrything|all|we|things|plant|ASSET)\b.*\b{OK}", status=3.2),
    _cue(
        f"run(?:ning|nin|s)? {OK}|(?:doing|going) {OK}|all (?:good|clear|green|well|"
        "ok(?:ay)?|quiet)|(?:steady|normal) operation",
        status=2.8,
    ),
    _cue(
        r"summar\w+(?!.*TAG)|report\b(?! for)|sitrep|where do we stand|how do things stand|"
        "how we doing|how are you feeling",
        status=2.2,
    ),
    _cue(
        rf"(?:anything|something|concern|worry|wrong|going on|relax|{NOUN}|up)\b.*\b(?:now|"
        r"right now|at the moment|at present|currently|presently|rn)\b|(?:now|right now|"
        rf"at the moment|at present|currently)\b.*\b(?:{NOUN}|wrong|worry)",
        status=2.6,
    ),
    _cue(rf"^\W*(?:{PLANT})\W*(?:now|right now|ok|running|runnin)?\W*$", status=2.2),
    _cue(r"(?:is|are) (?:the )?(?:ASSET|plant|factory|process)\b", status=1.4),
)
MOVES = (
    _cue(
        r"(?:playing|fiddl\w+|mess(?:ed|ing)?) with\b|(?:what|which) (?:has been done|"
        r"actions|settings|was done)\b|did (?:the )?(?:others|\w+ shift|"
        "last shift) (?:change|touch|move|adjust|fiddle)|last change of|changes? (?:of|to|"
        "on) (?:the )?TAG",
        moves=3.4,
        what_if=-2.0,
    ),
    _cue(r"unlogged moves", moves=-3.0, events=1.5),
    _cue(
        "(?:wh?at|which|who|did|has|have|anything|how often|"
        rf"by how much)\b.*\b{PEOPLE}(?: \w+){{0,2}} (?:have |has |had |been )*{CHANGED}\b",
        moves=3.2,
    ),
    _cue(rf"(?:who|anybody|anyone|someone|somebody|nobody|sb)(?: \w+){{0,2}} {CHANGED}\b", moves=3.2),
    _cue(
        "(?:set ?-?points?|sp|manual|operators?|valve|knob|crew|control|handle|operator's|"
        r"operators') (?:\w+ )?(?:ch?a?n?ges?|chnges|moves?|actions?|adjustments?|"
        r"interventions?|steps?|activity)\b",
        moves=3.8,
    ),
    _cue(
        r"(?:moves\b|move (?:was|on|of)\b)(?= ?(?:were|was|made|did|have|has|had|logged|"
        r"since|in|during|on|by|TIME)\b)|(?:all|any|list|logged|which|what|recent|last|the|"
        r"no|many) (?:the )?moves?\b|^\W*moves\b",
        moves=3.0,
    ),
    _cue(r"interventions?|adjustments?|(?:operator|manual) activity|tweaks?\b|control actions?", moves=2.8),
    _cue(
        rf"(?:what|which|any|anything)\b(?: \w+){{0,3}} (?:(?:was|were|got|has been|have been|"
        rf"been|had been) )?(?:\w+ )?{TOUCHED}\b",
        moves=3.0,
        about=-1.0,
    ),
    _cue(rf"(?:was|were|has|have|had|is|when)\b.*TAG.*\b{TOUCHED}\b|TAG {TOUCHED}\b", moves=3.2),
    _cue(r"changes? (?:made|to|of|in|on|were|at)\b", moves=1.4),
    _cue(
        r"(?:what|which)\b.*\b(?:did|has|have)\b.*\b(?:change|adjust|move|touch|tweak|turn|"
        r"alter|changed|adjusted|moved|touched)\b(?! to)",
        moves=2.0,
        about=-1.0,
    ),
    _cue(
        r"knobs? (?:did|were|was|has)|setpoints? (?:chang|mov|adjust|touch|were)\w*|"
        r"who (?:cut|raised|lowered|opened|closed|set)|by how much did (?:they|the \w+|we|i|"
        "operators|anyone) ",
        moves=2.8,
    ),
    _cue(rf"when (?:was|were|did)\b.*\b(?:{TOUCHED}|cut|raised|lowered)\b|set differently", moves=2.8),
)
LOG = (
    _cue(r"(?:did|have) you (?:tell|told|say|said|answer\w*|reply|replied)\b", log=4.0, events=-1.5),
    _cue(
        r"jot\w*|scribbl\w*|(?:in|from) the book\b|in writing|leave us a message|left us|"
        r"word from the|complain\w*|experiments?|trials?\b|put on record|"
        r"handover\b(?! point)|(?:search|find|look)\b.*\b(?:note|word|entry|log|logbook)|"
        r"^\W*log\b|log the\b|noting\b",
        log=3.4,
        out_of_scope=-1.5,
        events=-0.8,
    ),
    _cue(
        "log ?-?books?|shift ?-?(?:log|book)|(?:log|shift|diary|journal|handover|operator|"
        "crew) (?:entr(?:y|ies)|notes?|book|comments?|remarks?)",
        log=4.4,
        moves=-1.0,
    ),
    _cue(
        r"(?:in|search|from|check|read|look\w* (?:in|through|up)|browse|grep|"
        r"show) (?:\w+ )?(?:the |our )?(?:\w+ )?(?:logs?|notes?|diary|journal)\b",
        log=3.8,
    ),
    _cue(r"entr(?:y|ies)\b|notes?\b(?! that)|remarks?\b|comments?\b|hand-?over|journal\b|notes that\b", log=3.0),
    _cue(
        r"(?:writ(?:e|ten|ing)|wrote|noted|jotted|documented|put) (?:\w+ )?(?:down|up|about)|"
        r"(?:write|wrote|written|noted|log(?:ged)?|mention\w*|record\w*|report\w*|"
        r"document\w*|say|said)\b.*\b(?:about|with|at)\b",
        log=2.6,
    ),
    _cue(
        r"(?:did|has|have|anyone|anybody|someone|who|what|was|everything)\b.*\b(?:wr[io]te|"
        r"written|noted?|mention\w*|documented|report(?:ed)?|recorded|jotted)\b",
        log=3.0,
        moves=-2.0,
        events=-1.5,
    ),
    _cue(
        r"(?:was|were|been|did \w+|have \w+|has \w+|i|we|people|anyone) (?:\w+ )?ask(?:ed|"
        r"ing)?\b(?! (?:you )?to)|questions?\b.*\b(?:asked|put|came)|earlier questions|"
        "answers? (?:did|have|you) ",
        log=4.0,
        help=-1.0,
    ),
    _cue(
        r"(?:scenarios?|what-?ifs?|simulations?|rollouts?)\b.*\b(?:tried|run|ran|played|"
        "tested|made|done|saved|asked|dealt)|(?:tried|ran|run|tested|list|which|earlier|"
        r"past|show me the|our)(?: \w+){0,3} (?:scenarios?|what-?ifs\b|simulations?)|"
        "scenarios (?:tried|run|TIME)",
        log=5.0,
        what_if=-2.5,
        counterfactual=-2.5,
    ),
    _cue(r"logs?\b(?! )|logged\b|(?:the|show|shift) log\b", log=1.6),
)
ABOUT = (
    _cue(r"between (?:what|which) values can\b|what is measured (?:at|on|in)", about=4.0),
    _cue(r"what is (?:the )?(?:setpoint |tag |valve )?TAG for\b", about=2.5),

    _cue(
        "(?:can|could|may) (?:the )?TAG be (?:set|moved|put|adjusted)|(?:something|"
        "anything) (?:i|we) can (?:move|set|change|adjust)|is TAG (?:movable|adjustable)",
        about=4.6,
        describe=-1.5,
        plan=-1.0,
    ),
    _cue(
        r"(?:list|everything|all|show)\b.*\b(?:i|we|one|you|operators?) (?:can|could|may|"
        "am able to|are allowed to) (?:move|set|change|adjust|touch|turn)",
        about=5.0,
    ),
    _cue(r"between (?:what|which) values can|its span\b", about=3.0),
    _cue(r"what do (?:we|you) call|what is it\W*$|what it is\b|known as\b", about=3.4),
    _cue(
        r"(?:can|could|may) (?:the )?TAG be (?:measured|read)|its (?:span|range|unit|limits?)\b|be measured\b",
        about=5.0,
        describe=-3.4,
    ),
    _cue(
        r"what(?:'s|s| is) (?:the )?(?:TAG|ASSET) (?:good )?for\b|what(?:'s|s| is) that TAG|"
        "TAG thing|(?:what|where)(?:'s|s| is| are) (?:the )?(?:alarm |trip )?(?:limits?|"
        r"line|allowed)\b|allowed for|(?:in|which) (?:bar|kpa|psi|units?|degrees)\b|"
        r"called officially|tag TAG|actually (?:is|mean)|TAG means?\b|does (?:the )?TAG mean",
        about=3.4,
        describe=-1.5,
        explain=-2.0,
        what_if=-2.5,
    ),
    _cue(
        "how (?:far|high|low|hot) (?:may|can|could|should) (?:the )?TAG|from where to where|"
        "belongs? to|consists? of|list of tags|tell me about (?:the )?(?:TAG|plant|ASSET)|"
        "when does TAG alarm|at what value|can (?:i|we|you|one) (?:change|turn|move|set|"
        r"adjust) (?:the )?TAG\W*(?:at all)?\W*$",
        about=4.0,
        describe=-1.5,
        forecast=-2.0,
        status=-1.0,
    ),
    _cue(r"^\W*(?:and )?what(?:'s| is)? (?:a |the )?TAG\?\W*$", about=0.4),
    _cue(
        r"(?:tags?|sensors?|signals?|instruments?|measurements?) (?:of|on|in|at|for|around) (?:the )?ASSET", about=3.2
    ),
    _cue(
        r"(?:what|which) (?:are |is |s )?(?:the |its )?(?:\w+ )?(?:limits?|alarm limits?|"
        "trip (?:limits?|points?)|range|engineering units?|unit|units|thresholds?|"
        r"span)\b(?! (?:was|has|did|were))",
        about=3.2,
    ),
    _cue(
        "(?:limits?|range|units?|span|thresholds?|trip points?|alarm settings?|meaning|"
        r"description|purpose)\b (?:of |for |on )?(?:the )?(?:TAG|ASSET)",
        about=3.0,
    ),
    _cue(
        r"TAG\W+(?:'s )?(?:alarm |trip |hi |lo )?(?:limits?|range|units?|span|thresholds?|"
        r"meaning|members)\b(?!.*TIME)(?! pass)",
        about=2.8,
    ),
    _cue(r"ASSET (?:members|parts|tags)|(?:on|in) the ASSET\W*$", about=1.8),
    _cue(
        r"(?:what|which) (?:does|do|is|did)\b.*\b(?:mean|stand for|measure|represent|"
        r"refer to|measuring)\b|meaning of|defin(?:e|ition)|what(?:'s|s|"
        r" is)? (?:the )?TAG (?:for|about)\b",
        about=3.8,
    ),
    _cue(r"(?:tell me|know|explain)\b.*\bwhat\b.*\b(?:means|measures|is)\b\W*$", about=2.0),
    _cue(
        r"(?:which|what|list|show|all|how many)\b(?: \w+){0,4} (?:tags?|sensors?|signals?|"
        "instruments?|measurements?|transmitters?|setpoints?|assets?|equipment|points|parts|"
        r"variables)\b(?!.*\b(?:chang|alter|adjust|touch|moved|were)\w*)",
        about=2.6,
        moves=-0.4,
    ),
    _cue(
        r"(?:tags?|sensors?|signals?|instruments?|measurements?|points|parts)\b.*\b(?:on|in|"
        r"at|belong\w*|exist|there|have|has|consist)\b",
        about=1.4,
    ),
    _cue(
        r"(?:what|which)\b.*\b(?:can|could|may|am|are|able|allowed)\b(?: (?:i|we|one|you|"
        "operators?|an operator|be|allowed|able))*(?: to)? (?:move|set|chang|adjust|"
        r"manipulat|control|pull|turn|touch|tweak)\w*(?!.*\b(?:to|so that)\b (?:get|bring|"
        "raise|lower|keep|reduce|TAG))",
        about=4.2,
        moves=-3.0,
    ),
    _cue(
        r"(?:levers?|knobs?|handles?|movable|manipulated)\b.*\b(?:are there|can|could|do|"
        r"have|exist|available|there)\b|^\W*(?:handles?|levers?|setpoints?|tags?|limits?|"
        r"units?)\W*$|(?:is|can) (?:the )?TAG (?:be )?(?:movable|moved)",
        about=3.2,
        moves=-1.0,
    ),
    _cue(
        rf"(?:tell me|know|learn|info(?:rmation)?|something|details?)\b.*\babout (?:the |this |our )?(?:{PLANT}|TAG)",
        about=2.6,
    ),
    _cue(
        f"describe (?:the |this |our )?(?:{PLANT}|TAG)|what (?:kind|sort|type) of (?:plant|"
        r"factory|process|tag|sensor)|what(?:'s| is) (?:a |the |this )?ASSET\W*$|"
        "description of",
        about=3.2,
    ),
    _cue(
        r"(?:where|what|which) (?:is|does|asset|part)\b.*TAG.*\b(?:belong|located|installed|"
        r"sit|on|measured)\b|(?:at what|how (?:high|low)) .*TAG.*\b(?:trips?|alarms?)\b",
        about=3.4,
    ),
)
_POLITE = (
    "hello|hi|hey|hiya|yo|howdy|good (?:morning|evening|afternoon|day|night)|morning|"
    "moin|greetings|thanks?|thank you|thx|ty|cheers|"
    "bye|goodbye|see you|ok|okay|great|cool|nice|perfect|super|much appreciated|"
    "well done|got it|understood|that will be all"
)
HELP = (
    _cue(
        "how (?:do|can|should) i (?:talk|speak|type|write|use)|anybody there|can i type|"
        r"^\W*(?:test|sup|yo|ping|hey there)\W*$|chatgpt|this thing\b|bot\b|"
        r"what are you capable|you (?:understand|cover|offer|speak|know about)\b|(?:example|"
        "first) questions?|for asking questions|may ask you|goodbye|see you|good night",
        help=4.4,
        log=-3.0,
        forecast=-1.5,
        events=-2.0,
    ),
    _cue(
        "wh?at (?:things? )?(?:can|could|may|should|might|am|are|do) (?:you|u|i|we|"
        "the things)(?: able to| allowed to)? (?:do|ask|answer|say|tell|know|able|help|"
        r"offer|cover|that)\b(?!.*\bto (?:get|bring|raise|lower|keep))",
        help=4.4,
    ),
    _cue(
        r"^\W*(?:please |i need |some |can you |could you )*(?:help|"
        r"assist)(?: me)?(?: out)?(?: please)?\W*$|how (?:do|does|can|should) (?:i|we|you|"
        r"this|it|one) (?:use|ask|work|works?|phrase)\b|how you work|getting started",
        help=4.6,
    ),
    _cue(
        r"who (?:are|r) (?:you|u)|what are you\b|your name|(?:introduce|describe) yourself|"
        "(?:are you|u) (?:a |an )?(?:bot|robot|human|ai|real|there|artificial)",
        help=4.6,
    ),
    _cue(
        rf"^\W*(?:{_POLITE})(?:[ ,!.]+(?:{_POLITE}|there|you|a lot|very much|so much|twin|"
        r"foretell|factory|plant|all|again|everyone|tomorrow|mate|dear|that was \w+|work|"
        r"was \w+|for (?:your |the |all )?(?:help|everything|that)))*\W*$",
        help=5.4,
    ),
    _cue(
        r"(?:examples?|options|help|menu|commands?)\W*$|examples? (?:of )?(?:questions?)?|"
        r"(?:kinds?|sorts?|types?|good \w+|topics?|languages?|functions?|"
        r"things)\b.*\b(?:questions?|you|things|ask)|capab\w+|your (?:features|abilities|"
        r"skills)|manual\b.*question|(?:may|to|can) (?:i )?ask(?: you)?\W*$|what to ask",
        help=3.4,
    ),
)
OUT_OF_SCOPE = (
    _cue(
        r"\b(?:tv|umbrella|dollar|euro|snow|rain\w*|apples|oranges|credit card|sandwich|"
        r"train|blood|back pain|boss|wife|husband|mother|kids?|dog|cat|car\b|cheetah|sky|"
        r"sun\b|moon|tower|benzene|vapou?r pressure of|duty|appointment|cost|built|"
        r"manufacturer|permit|density of|outside|berlin|paris|london|cup\b|movies?|wear|buy|"
        r"nitroglycerin|bomb|reaction|ammonia|in 1\d{3}|spell|synonym|sad\b|feel about|"
        r"day off|shift end|fire the|hungry|age\b|old are|married|bike|beer|party|doctor|"
        r"hospital|medicine|drug)\b",
        out_of_scope=5.0,
    ),
    _cue(
        r"weather|poem|jokes?\b|songs?\b|story|recipe|cook\w*|football|soccer|match\b|movie|"
        r"film\b|capital of|president|chancellor|politic\w+|stock (?:price|market)|"
        r"share price|shares? of \w+ (?:inc|corp)|electricity price|bitcoin|crypto|lottery|"
        r"horoscope|birthday|translat\w+|holiday|vacation|restaurant|lunch|dinner|coffee|"
        r"pizza|essay|homework|girlfriend|love\b|news\b|meaning of life|religio\w+|god\b|"
        r"haiku|limerick|riddle|chess|pod bay|python\b|java\w*|css\b|wikipedia|google|"
        r"flight\b|hotel|train to|phone number|hire|salary|anniversary|speech|rhym\w+|pirate|"
        r"tax\w*|thermodynamics|sport\w*|music|game\b",
        out_of_scope=5.0,
    ),
    _cue(
        "(?:boiling|melting|freezing) point|molecular (?:weight|mass)|chemical formula|"
        r"periodic table|haber|avogadro|in general|generally speaking|how does an? [a-z]\w+|"
        r"what is an? [a-z]\w+|theory of|principle of|who (?:invented|discovered|won|is the)|"
        "history of (?!TAG|the TAG)|law of",
        out_of_scope=3.6,
    ),
    _cue(
        r"(?:other|another|different|competitor'?s?|neighbou?r\w*|sister|"
        "your other) (?:plants?|sites?|factor(?:y|ies)|refiner(?:y|ies))|"
        r"plant (?:in [a-z]\w+|of (?:our|the|your) (?:competitor|neighbou?r))|competitor|"
        r"customer|e-?mails?\b",
        out_of_scope=5.0,
    ),
)
CUES = (
    *EVENTS, *EXPLAIN, *DESCRIBE, *TREND, *COMPARE, *FORECAST, *SCENARIO, *ADVISE, *STATUS, *MOVES, *LOG, *ABOUT,
    *HELP,
)  # fmt: skip


def foreign_score(text: str) -> dict[str, float]:
    """What speaks for another topic, in a clause whose unknown names are not masked."""
    found = [cue.weights["out_of_scope"] for cue in OUT_OF_SCOPE if cue.pattern.search(text)]
    return {"out_of_scope": sum(found)}


def scored(text: str) -> dict[str, float]:
    """Score of every intent that a cue speaks for or against; `text` as `masking.for_cues` gives it."""
    scores: dict[str, float] = {}
    for cue in CUES:
        if cue.pattern.search(text):
            for intent, weight in cue.weights.items():
                scores[intent] = scores.get(intent, 0.0) + weight
    return scores
