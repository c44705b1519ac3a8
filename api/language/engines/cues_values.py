"""Cues of what tags were: values, trends, comparisons."""

from api.language.engines.cuewords import BETTER, NOUN, OK, SHOW, WHEN, cue

DESCRIBE = (
    cue(
        r"where (?:does|did|do) (?:the |our )?(?:it|they|that|TAG) (?:stand|sit|lie)\b|"
        r"what (?:does|did|do) (?:the |our )?(?:it|they|TAG) (?:read|show|say)\b",
        describe=2.8,
    ),
    cue(rf"(?:is|are|was|were) (?:the |our )?TAG (?:\w+ ){{0,2}}?(?:{OK}|noisy|too (?:high|low))\b", describe=2.6),
    cue(
        r"^\W*(?:please |can you )?(?:plot|show|graph|chart|draw) (?:me )?(?:it|that|this|them|those)\b", describe=4.6
    ),
    cue(
        r"how (?:high|hot|low|cold|warm|much|full|fast) (?:did|was|were|has|is|does)\b",
        describe=2.6,
        events=-1.5,
        trend=-0.5,
    ),
    cue(r"between (?:what|which)\b(?! values can)|in (?:what|which) range", describe=3.4, about=-2.5, moves=-2.0),
    cue(r"averag\w*|avg\b|mean\b(?! by)|typical\w*|on average|median\b|in the mean\b", describe=2.8),
    cue(r"max(?:im\w+)?\b|peak\w*|highest|how high|top(?:ped)? (?:value|out)|largest|greatest", describe=2.8),
    cue(r"(?:low|high) (?:point|mark)|(?:high|top) (?:minus|less) (?:the )?(?:low|bottom)", describe=2.8),
    cue(r"min(?:im\w+)?\b(?! later)|lowest|smallest|how low|bottom(?:ed)?(?: out)?\b|least\b", describe=2.8),
    cue(
        r"std\b|standard deviation|variab\w+|varian\w+|how (?:stable|steady|noisy|"
        r"much noise)|fluctuat\w+|spread\b|scatter\w*",
        describe=2.6,
    ),
    cue(
        r"extremes|between which|statistics|stats\b|how (?:much|far|widely) did\b.*(?:var|"
        r"swing|move)|range did|TAG range\b.*TIME",
        describe=2.6,
    ),
    cue(rf"{SHOW}\b.*TAG|TAG (?:plot|chart|graph|curve)", describe=2.6),
    cue(
        r"how long (?:was|were|did|has|is|have)\b|for how long\b|how (?:much|"
        "many) (?:of the )?(?:time|hours|minutes)|(?:share|fraction|percentage|percent|"
        "proportion|part|pct) of",
        describe=3.2,
    ),
    cue(r"(?:what|how|where)(?:'s|s| is| was| were| are|'re| did)? (?:the |our )?(?:\w+ ){0,3}TAG", describe=1.8),
    cue(r"(?:what|wat|how)(?:'s|s| is| was| did)? (?:the )?TAG\b.*(?:MOMENT|TIME|now)", describe=1.2),
    cue(
        r"(?:read(?:s|ings?)?|values?|samples?|data|numbers?|figures?|gauge|say|show)\b.*TAG|"
        r"TAG.*\b(?:readings?|read|values?|data|samples?)\b",
        describe=1.6,
    ),
    cue(r"(?:current\w*|now|right now|at the moment|present(?:ly)?|latest|live|rn)\b.*TAG", describe=1.6),
    cue(r"TAG.*\b(?:now|right now|at the moment|presently|currently|rn|atm)\b", describe=1.6),
    cue(
        r"^\W*(?:and |the |our |please |give me |gimme |tell me |check |what about |"
        rf"how about )*TAG\W*(?:{WHEN})?\W*(?:please)?\W*$",
        describe=2.6,
    ),
    cue(rf"^\W*{WHEN}\W*TAG\W*$", describe=2.2),
    cue(
        r"(?:history|histor\w+|behav\w+|evol\w+|develop\w*|look\w*|doing|summari[sz]e|"
        r"summary|went)\b.*TAG|TAG.*\b(?:histor\w*|behav\w*|look\w*|do|doing|went|go)\b",
        describe=1.2,
    ),
    cue(r"how (?:is|was|are|were|did)\b.*TAG", describe=1.2),
    cue(
        r"(?:did|was|were|has|have|is|ever|hours)\b.*TAG.*(?:exceed\w*|above|over|beyond|"
        r"below|under|past|reach\w*|hit|higher than|lower than|more than|less than|violat\w*|"
        r"pass(?:ed)?|greater than)\W*(?:the |its |a )?(?:N\b|\w* ?\w* ?(?:limit|trip))",
        describe=3.2,
    ),
    cue(
        r"(?:its|the|a|any) (?:high|low|hi|lo|upper|lower|alarm|trip)[- ](?:(?:high|low|hi|lo|alarm|trip)[- ])?"
        r"(?:alarm|limit|trip|threshold)\b",
        describe=2.0,
        events=-2.6,
    ),
    cue(
        r"(?:violat\w+|outside|breach\w*|pass(?:ed)?|over|above|exceed\w*|cross\w*|touch\w*|"
        r"hit)\b (?:the |its |any |a )?(?:\w+ ){0,2}(?:limits?|trip)\b",
        describe=1.8,
    ),
    cue(r"TAG (?:ever )?(?:above|over|below|under|exceed\w*|beyond|past|>|<) ?N", describe=2.6),
    cue(r"(?:let me |i'd like to |i would like to |want to )?(?:see|view|look at)\b.*TAG", describe=1.2),
    cue(
        r"(?:first|last|latest|final|initial) (?:value|reading|sample)\b|when (?:was|did|"
        r"were)\b.*\b(?:highest|lowest|peak|max\w*|min\w*)",
        describe=2.4,
    ),
)
TREND = (
    cue(
        r"(?:did|has|have|does) (?:the )?TAG (?:\w+ ){0,2}?(?:drop\w*|r[io]se\w*|fall\w*|fell|climb\w*|increas\w*|"
        r"decreas\w*|sink|sunk|gain\w*|lose|lost|jump\w*|(?:go|gone|come) (?:up|down))\b",
        trend=2.0,
        what_if=-6.0,
        counterfactual=-8.0,
    ),
    cue(
        "(?:is|are) (?:it|they|that) (?:still )?(?:going|coming|moving) (?:up|down)|(?:is|"
        "are) (?:it|they|that) (?:still )?(?:rising|falling|climbing|dropping|stable|steady)",
        trend=2.6,
    ),
    cue(
        r"(?:did|have|has|are) (?:we|you|i) (?:lose|lost|losing|gain\w*) (?:\w+ )?TAG|"
        r"trend of\b|show (?:me )?the trend",
        trend=3.4,
    ),
    cue(r"trend plot|plot (?:of )?the trend", trend=-3.5),
    cue(
        r"cr[ea]e?pt?\w* (?:up|down)|upwards?\b|downwards?\b|TAG (?:rose|fell|sank|climbed|"
        r"crept|dropped|drifted|increased|decreased)\b",
        trend=3.4,
    ),
    cue(
        r"(?:is|are|has|have|was|were|did|does|still)\b.*TAG.*\b(?:getting (?:higher|lower|"
        r"worse|better|hotter|colder)|wander\w*|coming (?:back )?(?:up|down)|settl\w*|moving|"
        r"going anywhere|picked? up|pick up|level(?:l?ed|l?ing)? (?:off|out)|creep\w*)",
        trend=3.4,
    ),
    cue(
        r"TAG (?:moving|going (?:anywhere|up|down)|on the (?:rise|way))\b|are we (?:losing|"
        "gaining) (?:the )?TAG|increasing or decreasing|rising or falling",
        trend=3.2,
    ),
    cue(r"(?:has|have|been) .*going (?:up|down)|direction\b.*TAG", trend=1.8, moves=-5.0),
    cue(r"trend\w*|drift\w*|slope\b|gradient|tendenc\w+", trend=3.8),
    cue(
        r"(?:is|are|was|were|been|start\w*|keep\w*|kept|still)\b[^?]*\b(?:rising|falling|"
        r"climbing|dropping|coming (?:up|down)|levell?\w* (?:out|off))",
        trend=3.2,
    ),
    cue(
        "(?:increasing|decreasing|going (?:up|down)|creeping|sinking|declining|growing|"
        "sliding|rising|falling|climbing|dropping)",
        trend=2.2,
    ),
    cue(
        r"(?:did|has|have|does|is)\b.*TAG.*\b(?:r[iou]se|risen|fall(?:en)?|fell|climb\w*|"
        r"drop\w*|go(?:ne)? (?:up|down)|come (?:up|down)|remained|stay\w*|levell?\w*)\b",
        trend=2.4,
    ),
    cue(
        r"(?:did|has|have|does)\b.*TAG.*\b(?:increas\w+|decreas\w+|declin\w+|sink|sunk|shift\w*|c[ra]me? down)",
        trend=2.6,
    ),
    cue(
        "(?:how (?:fast|quickly|rapidly|steeply)|rate of (?:climb|increase|decrease|decline|ascent|descent|"
        "drop)|(?:climb|rise|fall|drop) rate|(?:at|by) (?:what|how much) (?:rate|pace|"
        r"per)|by how much per|rate of (?:change|rise|fall))\b",
        trend=4.0,
    ),
    cue(r"(?:which|what) (?:way|direction)\b|in what direction|(?:up|rising|higher|flat),? or ", trend=3.6),
    cue(
        "TAG (?:rising|falling|climbing|dropping|drifting|up|down|coming (?:up|down)|"
        r"going (?:up|down)|flat|steady|stable|trend)\b(?! N)",
        trend=2.8,
    ),
    cue(
        r"(?:held?|holding|stay\w*|remain\w*|been|was|is|were)\b.*TAG.*\b(?:steady|flat|"
        r"constant|stable|level)\b|(?:is|was|has) TAG.*\b(?:steady|flat|constant|stable)\b|"
        "TAG (?:held|stayed|remained) ",
        trend=2.8,
    ),
    cue(r"on (?:its|the) way (?:up|down)|moving (?:up|down)|pace\b", trend=3.0),
)
COMPARE = (
    cue(r"(?:more|fewer|less|as many) (?:\w+ )?" + NOUN + r" than\b", compare=2.4),
    cue(
        r"compar\w+|copmare|comparison|versus\b|vs\b|against\b|relative to|contrast\w*|cmp\b|"
        "next to (?:the|each)|side by side",
        compare=4.0,
    ),
    cue(r"(?:different|difference|differ\w*|diff)\b", compare=3.0),
    cue(rf"{BETTER}\b[^.?]*\bthan\b(?! (?:the )?N)", compare=3.4),
    cue(
        r"(?:which|what) (?:one |of \w+ (?:two )?)?(?:was|is|were|has been|had|ran)\b.*(?:er|more|most|est)\b",
        compare=2.6,
    ),
    cue(r"(?:same|as \w+) as\b|comes? out on top", compare=2.0),
    cue(r"TAG (?:or|vs\.?|versus|against|with|than) (?:the )?TAG", compare=1.8),
    cue(r"TIME (?:or|vs\.?|versus|against|than|compared (?:to|with)|with|and) (?:with |against )?TIME", compare=2.0),
    cue(r"from TIME to TIME|between TIME and TIME|TIME.*TIME", compare=2.4),
    cue(rf"{BETTER}\b.*\b(?:TAG|ASSET|TIME),? or (?:the )?(?:TAG|ASSET|TIME)", compare=2.6),
)
