"""Cues of the plant, its operators and its log; of help, and of what is not for this twin."""

from api.language.engines.cuewords import CHANGED, HOW, NOUN, OK, PEOPLE, PLANT, TOUCHED, cue

STATUS = (
    cue(
        r"^\W*(?:so|and|well)\W+(?:everything|all)\b.*\b(?:under control|ok|okay|fine|good|"
        "well|normal)",
        status=3.0,
    ),
    cue(
        "what(?:'s|s| is)? (?:up|going on|cooking|happening)(?: with| in|"
        r" at)? ?(?:the )?(?:plant|factory|ASSET)?\b(?!.*(?:TIME|MOMENT))",
        status=2.4,
    ),
    cue(
        r"(?:plant|ASSET|all|everything) (?:good|green|fine|ok|well)\b|still alive|on fire|"
        "how are we standing|sitrep|life in the ASSET|problem (?:at the moment|right now|"
        "now)|do we have a problem",
        status=3.4,
    ),
    cue(rf"{HOW}(?: \w+)? (?:{PLANT}|it going|things|everything|we|it look|u|ya)", status=3.6),
    cue(
        r"how\b[^?]*\b(?:things|everything|ASSET|plant|factory|process|we)\b[^?]*\b(?:doing|"
        r"stand|going|look|looking|run|running|feel\w*|is|are)\b",
        status=2.4,
    ),
    cue(r"(?:what does|how does)\b.*(?:plant|factory|ASSET).*\blook\b", status=3.2),
    cue(r"how (?:is|'s|s)\b[^?]*ASSET|how is", status=1.0),
    cue(
        r"status\b|state of\b|current state\b|health\b|overview|situation\b|(?:big|"
        r"overall) picture|condition\b|snapshot",
        status=3.6,
    ),
    cue(rf"(?:is|are|does|do|s)\b[^?]*(?:{PLANT}|everything|evrything|things|all|we|it)\b[^?]*\b{OK}", status=3.2),
    cue(rf"^\W*(?:everything|evrything|all|we|things|plant|ASSET)\b.*\b{OK}", status=3.2),
    cue(
        f"run(?:ning|nin|s)? {OK}|(?:doing|going) {OK}|all (?:good|clear|green|well|"
        "ok(?:ay)?|quiet)|(?:steady|normal) operation",
        status=2.8,
    ),
    cue(
        r"summar\w+(?!.*TAG)|report\b(?! for)|sitrep|where do we stand|how do things stand|"
        "how we doing|how are you feeling",
        status=2.2,
    ),
    cue(
        rf"(?:anything|something|concern|worry|wrong|going on|relax|{NOUN}|up)\b.*\b(?:now|"
        r"right now|at the moment|at present|currently|presently|rn)\b|(?:now|right now|"
        rf"at the moment|at present|currently)\b.*\b(?:{NOUN}|wrong|worry)",
        status=2.6,
    ),
    cue(rf"^\W*(?:{PLANT})\W*(?:now|right now|ok|running|runnin)?\W*$", status=2.2),
    cue(r"(?:is|are) (?:the )?(?:ASSET|plant|factory|process)\b", status=1.4),
)
MOVES = (
    cue(
        r"^\W*(?:any |all |list |show )?changes? (?:(?:of|to|on|in|at|for) )?(?:the )?TAG(?! (?:by|to))",
        moves=3.6,
        what_if=-4.0,
    ),
    cue(
        r"(?:playing|fiddl\w+|mess(?:ed|ing)?) with\b|(?:what|which) (?:has been done|"
        r"actions|settings|was done)\b|did (?:the )?(?:others|\w+ shift|"
        "last shift) (?:change|touch|move|adjust|fiddle)|last change of|changes? (?:of|to|"
        "on) (?:the )?TAG",
        moves=3.4,
        what_if=-2.0,
    ),
    cue(r"unlogged moves", moves=-3.0, events=1.5),
    cue(
        "(?:wh?at|which|who|did|has|have|anything|how often|"
        rf"by how much)\b.*\b{PEOPLE}(?: \w+){{0,2}} (?:have |has |had |been )*{CHANGED}\b",
        moves=3.2,
    ),
    cue(rf"(?:who|anybody|anyone|someone|somebody|nobody|sb)(?: \w+){{0,2}} {CHANGED}\b", moves=3.2),
    cue(
        "(?:set ?-?points?|sp|manual|operators?|valve|knob|crew|control|handle|operator's|"
        r"operators') (?:\w+ )?(?:ch?a?n?ges?|chnges|moves?|actions?|adjustments?|"
        r"interventions?|steps?|activity)\b",
        moves=3.8,
    ),
    cue(
        r"(?:moves\b|move (?:was|on|of)\b)(?= ?(?:were|was|made|did|have|has|had|logged|"
        r"since|in|during|on|by|TIME)\b)|(?:all|any|list|logged|which|what|recent|last|the|"
        r"no|many) (?:the )?moves?\b|^\W*moves\b",
        moves=3.0,
    ),
    cue(r"interventions?|adjustments?|(?:operator|manual) activity|tweaks?\b|control actions?", moves=2.8),
    cue(
        rf"(?:what|which|any|anything)\b(?: \w+){{0,3}} (?:(?:was|were|got|has been|have been|"
        rf"been|had been) )?(?:\w+ )?{TOUCHED}\b",
        moves=3.0,
        about=-1.0,
    ),
    cue(rf"(?:was|were|has|have|had|is|when)\b.*TAG.*\b{TOUCHED}\b|TAG {TOUCHED}\b", moves=3.2),
    cue(r"changes? (?:made|to|of|in|on|were|at)\b", moves=1.4),
    cue(
        r"(?:what|which)\b.*\b(?:did|has|have)\b.*\b(?:change|adjust|move|touch|tweak|turn|"
        r"alter|changed|adjusted|moved|touched)\b(?! to)",
        moves=2.0,
        about=-1.0,
    ),
    cue(
        r"knobs? (?:did|were|was|has)|setpoints? (?:chang|mov|adjust|touch|were)\w*|"
        r"who (?:cut|raised|lowered|opened|closed|set)|by how much did (?:they|the \w+|we|i|"
        "operators|anyone) ",
        moves=2.8,
    ),
    cue(rf"when (?:was|were|did)\b.*\b(?:{TOUCHED}|cut|raised|lowered)\b|set differently", moves=2.8),
)
LOG = (
    cue(r"what (?:does|did|do|is in) (?:the |our |it in the )?(?:log|logbook|diary|journal)\b", log=3.0),
    cue(r"(?:who|anyone|anybody|someone|somebody|nobody)(?: \w+)? asked?\b", log=4.0, plan=-3.0),
    cue(r"(?:did|have) you (?:tell|told|say|said|answer\w*|reply|replied)\b", log=4.0, events=-1.5),
    cue(
        r"jot\w*|scribbl\w*|(?:in|from) the book\b|in writing|leave us a message|left us|"
        r"word from the|complain\w*|experiments?|trials?\b|put on record|"
        r"handover\b(?! point)|(?:search|find|look)\b.*\b(?:note|word|entry|log|logbook)|"
        r"^\W*log\b|log the\b|noting\b",
        log=3.4,
        out_of_scope=-1.5,
        events=-0.8,
    ),
    cue(
        "log ?-?books?|shift ?-?(?:log|book)|(?:log|shift|diary|journal|handover|operator|"
        "crew) (?:entr(?:y|ies)|notes?|book|comments?|remarks?)",
        log=4.4,
        moves=-1.0,
    ),
    cue(
        r"(?:in|search|from|check|read|look\w* (?:in|through|up)|browse|grep|"
        r"show) (?:\w+ )?(?:the |our )?(?:\w+ )?(?:logs?|notes?|diary|journal)\b",
        log=3.8,
    ),
    cue(r"entr(?:y|ies)\b|notes?\b(?! that)|remarks?\b|comments?\b|hand-?over|journal\b|notes that\b", log=3.4),
    cue(
        r"(?:writ(?:e|ten|ing)|wrote|noted|jotted|documented|put) (?:\w+ )?(?:down|up|about)|"
        r"(?:write|wrote|written|noted|log(?:ged)?|mention\w*|record\w*|report\w*|"
        r"document\w*|say|said)\b.*\b(?:about|with|at|on|regarding|concerning)\b",
        log=2.6,
    ),
    cue(
        r"(?:did|does|has|have|anyone|anybody|someone|somebody|who|what|was|everything|anything|something)\b.*\b(?:"
        r"wr[io]te|written|noted?|mention\w*|documented|report(?:ed)?|recorded|jotted|logged)\b",
        log=3.0,
        moves=-2.0,
        events=-1.5,
    ),
    cue(
        r"(?:was|were|been|did \w+|have \w+|has \w+|i|we|people|anyone) (?:\w+ )?ask(?:ed|"
        r"ing)?\b(?! (?:you )?to)|questions?\b.*\b(?:asked|put|came)|earlier questions|"
        "answers? (?:did|have|you) ",
        log=4.0,
        help=-1.0,
    ),
    cue(
        r"(?:scenarios?|what-?ifs?|simulations?|rollouts?)\b.*\b(?:tried|run|ran|played|"
        "tested|made|done|saved|asked|dealt)|(?:tried|ran|run|tested|list|which|earlier|"
        r"past|show me the|our)(?: \w+){0,3} (?:scenarios?|what-?ifs\b|simulations?)|"
        "scenarios (?:tried|run|TIME)",
        log=5.0,
        what_if=-2.5,
        counterfactual=-2.5,
    ),
    cue(r"logs?\b(?! )|logged\b|(?:the|show|shift) log\b", log=1.6),
)
ABOUT = (
    cue(
        r"^\W*what (?:all )?(?:can|may|could) (?:i|we|one|you) (?:move|set|change|adjust|turn|touch)\W*$",
        about=3.0,
        plan=-4.0,
    ),
    cue(
        r"how (?:far|high|low|hot|cold) (?:may|can|could|should|is) (?:the )?TAG\b.*\b(?:go|get|be|run|allowed)\b|"
        r"(?:highest|lowest|max\w*|min\w*|most|least)\b.*TAG (?:may|can|is allowed|should|is permitted)\b|"
        r"(?:allowed|permitted|permissible|safe) (?:\w+ )?(?:TAG|range|values?|maximum|minimum)|"
        r"(?:at|from) (?:what|which)\b.*\b(?:does|do|will)\b.*\b(?:trips?|alarms?)\b",
        about=4.4,
        describe=-3.4,
        events=-3.0,
        forecast=-2.0,
    ),
    cue(
        r"(?:name|label|title|alias) (?:of|for) (?:the )?TAG|TAG(?:'s)? (?:full |long )?name\b",
        about=3.8,
        describe=-1.0,
    ),
    cue(
        r"^\W*(?:the |and |its |what(?:'s|s| is| are) (?:the )?)*(?:(?:hi+|lo+|high|low|upper|lower|alarm|"
        r"trip|hi-?hi|"
        r"lo-?lo|hh|ll)\W+(?:and |or )?)*(?:lim(?:it)?s?|alarms?|trips?|thresholds?)\b(?: (?:of|for|on))?\W*"
        r"(?:the |it\b|its )*(?:TAG)?\W*$|TAG\W+(?:(?:hi+|lo+|high|low|upper|lower)\W+(?:and |or "
        r")?)*lim(?:it)?s?\W*$|"
        r"(?:hi-?hi|lo-?lo|hihi|lolo)\b.*TAG",
        about=4.6,
        describe=-1.5,
        events=-2.0,
    ),
    cue(
        r"(?:where|what|which) (?:are |is )?(?:the )?(?:\w+ )?(?:trips?|alarms?|limits?|thresholds?)\b(?: \w+)*"
        r" (?:set\b|lie\b|appl(?:y|ies)|has|have|does|hold|stand|are there|exist)",
        about=4.0,
        events=-2.0,
        describe=-1.0,
    ),
    cue(
        r"TAG\W+(?:=|:|is)\W*\?|TAG\W+(?:what(?:'s|s| is) (?:that|it|this)|meaning|definition|what for)\b|"
        r"(?:what|which) (?:\w+ly )?(?:does|do|is) (?:the )?(?:tag |code |setpoint )?TAG (?:\w+ly )?(?:stand "
        r"for|mean|measure|represent|for)\b|"
        r"what (?:\w+ )?(?:does|do) (?:the )?TAG\W+(?:actually |really |exactly )?mean\b|what does mean TAG|"
        r"what TAG (?:stands for|means|measures|is for)|TAG for\W+(?:exactly|really|actually)|(?:stand|good|"
        r"used) for\b",
        about=4.0,
        describe=-2.0,
    ),
    cue(
        r"(?:what|which|list)\b(?: \w+){0,3} (?:readings?|measurements?|tags?|sensors?|instruments?|measured)\b"
        r"(?: \w+){0,3} (?:at|on|in|of|for|around) (?:the )?ASSET",
        about=4.0,
    ),
    cue(
        r"(?:which|what)\b(?: \w+){0,2} (?:handles?|knobs?|levers?|setpoints?|valves?)\b.*\b(?:mine|ours|available|"
        r"there|to move|to turn|to touch|i (?:can|may)|we (?:can|may))\W*",
        about=3.4,
        plan=-2.0,
    ),
    cue(r"between (?:what|which) values can\b|what is measured (?:at|on|in)", about=4.0),
    cue(r"what is (?:the )?(?:setpoint |tag |valve )?TAG for\b", about=2.5),
    cue(
        "(?:can|could|may) (?:the )?TAG be (?:set|moved|put|adjusted)|(?:something|"
        "anything) (?:i|we) can (?:move|set|change|adjust)|is (?:the )?TAG (?:an? )?(?:movable|adjustable|"
        "settable|changeable|fixed)",
        about=4.6,
        describe=-1.5,
        plan=-1.0,
    ),
    cue(
        r"(?:list|everything|all|show)\b.*\b(?:i|we|one|you|operators?) (?:can|could|may|"
        "am able to|are allowed to) (?:move|set|change|adjust|touch|turn)",
        about=5.0,
    ),
    cue(r"between (?:what|which) values can|its span\b", about=3.0),
    cue(r"what do (?:we|you) call|what is it\W*$|what it is\b|known as\b", about=3.4),
    cue(
        r"(?:can|could|may) (?:the )?TAG be (?:measured|read)|its (?:span|range|unit|limits?)\b|be measured\b",
        about=5.0,
        describe=-3.4,
    ),
    cue(
        r"what(?:'s|s| is) (?:the )?(?:TAG|ASSET) (?:good )?for\b|what(?:'s|s| is) that TAG|"
        "TAG thing|(?:what|where)(?:'s|s| is| are) (?:the )?(?:alarm |trip )?(?:limits?|"
        r"line|allowed)\b|allowed for|(?:in|which) (?:bar|kpa|psi|units?|degrees)\b|"
        r"called officially|tag TAG|actually (?:is|mean)|TAG means?\b|does (?:the )?TAG mean",
        about=3.4,
        describe=-1.5,
        explain=-2.0,
        what_if=-2.5,
    ),
    cue(
        "how (?:far|high|low|hot) (?:may|can|could|should) (?:the )?TAG|from where to where|"
        "belongs? to|consists? of|list of tags|tell me about (?:the )?(?:TAG|plant|ASSET)|"
        "when does TAG alarm|at what value|can (?:i|we|you|one) (?:change|turn|move|set|"
        r"adjust) (?:the )?TAG\W*(?:at all)?\W*$",
        about=4.0,
        describe=-1.5,
        forecast=-2.0,
        status=-1.0,
    ),
    cue(r"^\W*(?:and )?what(?:'s| is)? (?:a |the )?TAG\?\W*$", about=0.4),
    cue(
        r"(?:tags?|sensors?|signals?|instruments?|measurements?) (?:of|on|in|at|for|around) (?:the )?ASSET", about=3.2
    ),
    cue(
        r"(?:what|which) (?:are |is |s )?(?:the |its )?(?:\w+ )?(?:limits?|alarm limits?|"
        "trip (?:limits?|points?)|range|engineering units?|unit|units|thresholds?|"
        r"span)\b(?! (?:was|has|did|were))",
        about=3.2,
    ),
    cue(
        "(?:limits?|range|units?|span|thresholds?|trip points?|alarm settings?|meaning|"
        r"description|purpose)\b (?:of |for |on )?(?:the )?(?:TAG|ASSET)",
        about=3.0,
    ),
    cue(
        r"TAG\W+(?:'s )?(?:alarm |trip |hi |lo )?(?:limits?|range|units?|span|thresholds?|"
        r"meaning|members)\b(?!.*TIME)(?! pass)",
        about=2.8,
    ),
    cue(r"ASSET (?:members|parts|tags)|(?:on|in) the ASSET\W*$", about=1.8),
    cue(
        r"(?:what|which) (?:does|do|is|did)\b.*\b(?:mean|stand for|measure|represent|"
        r"refer to|measuring)\b|meaning of|defin(?:e|ition)|what(?:'s|s|"
        r" is)? (?:the )?TAG (?:for|about)\b",
        about=3.8,
    ),
    cue(r"(?:tell me|know|explain)\b.*\bwhat\b.*\b(?:means|measures|is)\b\W*$", about=2.0),
    cue(
        r"(?:which|what|list|show|all|how many)\b(?: \w+){0,4} (?:tags?|sensors?|signals?|"
        "instruments?|measurements?|transmitters?|setpoints?|assets?|equipment|points|parts|"
        r"variables)\b(?!.*\b(?:chang|alter|adjust|touch|moved|were)\w*)",
        about=2.6,
        moves=-0.4,
    ),
    cue(
        r"(?:tags?|sensors?|signals?|instruments?|measurements?|points|parts)\b.*\b(?:on|in|"
        r"at|belong\w*|exist|there|have|has|consist)\b",
        about=1.4,
    ),
    cue(
        r"(?:what|which)\b.*\b(?:can|could|may|am|are|able|allowed)\b(?: (?:i|we|one|you|"
        "operators?|an operator|be|allowed|able))*(?: to)? (?:move|set|chang|adjust|"
        r"manipulat|control|pull|turn|touch|tweak)\w*(?!.*\b(?:to|so that)\b (?:get|bring|"
        "raise|lower|keep|reduce|TAG))",
        about=4.2,
        moves=-3.0,
    ),
    cue(
        r"(?:levers?|knobs?|handles?|movable|manipulated)\b.*\b(?:are there|can|could|do|"
        r"have|exist|available|there)\b|^\W*(?:handles?|levers?|setpoints?|tags?|limits?|"
        r"units?)\W*$|(?:is|can) (?:the )?TAG (?:be )?(?:movable|moved)",
        about=3.2,
        moves=-1.0,
    ),
    cue(
        rf"(?:tell me|know|learn|info(?:rmation)?|something|details?)\b.*\babout (?:the |this |our )?(?:{PLANT}|TAG)",
        about=2.6,
    ),
    cue(
        f"describe (?:the |this |our )?(?:{PLANT}|TAG)|what (?:kind|sort|type) of (?:plant|"
        r"factory|process|tag|sensor)|what(?:'s| is) (?:a |the |this )?ASSET\W*$|"
        "description of",
        about=3.2,
    ),
    cue(
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
    cue(r"about yourself|about you\b|(?:anyone|anybody) (?:there|listening|home)\b|^\W*ok(?:ay)? then\W*$", help=4.6),
    cue(
        r"(?:what|which) (?:sorts?|kinds?|types?) of (?:things?|questions?|stuff)\b.*\b(?:ask|do|answer|say|"
        r"help|know)",
        help=4.0,
        log=-4.0,
    ),
    cue(
        "how (?:do|can|should) i (?:talk|speak|type|write|use)|anybody there|can i type|"
        r"^\W*(?:test|sup|yo|ping|hey there)\W*$|chatgpt|this thing\b|bot\b|"
        r"what are you capable|you (?:understand|cover|offer|speak|know about)\b|(?:example|"
        "first) questions?|for asking questions|may ask you|goodbye|see you|good night",
        help=4.4,
        log=-3.0,
        forecast=-1.5,
        events=-2.0,
    ),
    cue(
        "wh?at (?:things? )?(?:can|could|may|should|might|am|are|do) (?:you|u|i|we|"
        "the things)(?: able to| allowed to)? (?:do|ask|answer|say|tell|know|able|help|"
        r"offer|cover|that)\b(?!.*\bto (?:get|bring|raise|lower|keep))",
        help=4.4,
    ),
    cue(
        r"^\W*(?:please |i need |some |can you |could you )*(?:help|"
        r"assist)(?: me)?(?: out)?(?: please)?\W*$|how (?:do|does|can|should) (?:i|we|you|"
        r"this|it|one) (?:use|ask|work|works?|phrase)\b|how you work|getting started",
        help=4.6,
    ),
    cue(
        r"who (?:are|r) (?:you|u)|what are you\b|your name|(?:introduce|describe) yourself|"
        "(?:are you|u) (?:a |an )?(?:bot|robot|human|ai|real|there|artificial)",
        help=4.6,
    ),
    cue(
        rf"^\W*(?:{_POLITE})(?:[ ,!.]+(?:{_POLITE}|there|you|a lot|very much|so much|twin|"
        r"foretell|factory|plant|all|again|everyone|tomorrow|mate|dear|that was \w+|work|"
        r"was \w+|for (?:your |the |all )?(?:help|everything|that)))*\W*$",
        help=5.4,
    ),
    cue(
        r"(?:examples?|options|help|menu|commands?)\W*$|examples? (?:of )?(?:questions?)?|"
        r"(?:kinds?|sorts?|types?|good \w+|topics?|languages?|functions?|"
        r"things)\b.*\b(?:questions?|you|things|ask)|capab\w+|your (?:features|abilities|"
        r"skills)|manual\b.*question|(?:may|to|can) (?:i )?ask(?: you)?\W*$|what to ask",
        help=3.4,
    ),
)
OUT_OF_SCOPE = (
    cue(
        r"book (?:me|us|a|an)\b|remind me|meeting room|taxi|ring (?:up )?(?:my|the)|order (?:me|us) |"
        r"call (?:me|my|a|an|us)\b|set (?:a |an )?(?:timer|reminder|alarm clock)|in general\W*$|generally speaking|"
        r"^\W*(?:why|how) do (?!we|i\b|you|they|the\b)\w+ \w+(?! TAG)",
        out_of_scope=3.0,
        forecast=-3.0,
        explain=-4.0,
    ),
    cue(
        r"\b(?:tv|umbrella|dollar|euro|snow|rain\w*|apples|oranges|credit card|sandwich|"
        r"train|blood|back pain|boss|wife|husband|mother|kids?|dog|cat|car\b|cheetah|sky|"
        r"sun\b|moon|tower|benzene|vapou?r pressure of|duty|appointment|cost|built|"
        r"manufacturer|permit|density of|outside|berlin|paris|london|cup\b|movies?|wear|buy|"
        r"nitroglycerin|bomb|reaction|ammonia|in 1\d{3}|spell|synonym|sad\b|feel about|"
        r"day off|shift end|fire the|hungry|age\b|old are|married|bike|beer|party|doctor|"
        r"hospital|medicine|drug)\b",
        out_of_scope=5.0,
    ),
    cue(
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
    cue(
        "(?:boiling|melting|freezing) point|molecular (?:weight|mass)|chemical formula|"
        r"periodic table|haber|avogadro|in general|generally speaking|how does an? [a-z]\w+|"
        r"what is an? [a-z]\w+|theory of|principle of|who (?:invented|discovered|won|is the)|"
        "history of (?!TAG|the TAG)|law of",
        out_of_scope=3.6,
    ),
    cue(
        r"(?:other|another|different|competitor'?s?|neighbou?r\w*|sister|"
        "your other) (?:plants?|sites?|factor(?:y|ies)|refiner(?:y|ies))|"
        r"plant (?:in [a-z]\w+|of (?:our|the|your) (?:competitor|neighbou?r))|competitor|"
        r"customer|e-?mails?\b",
        out_of_scope=5.0,
    ),
)
