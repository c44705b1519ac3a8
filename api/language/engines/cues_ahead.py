"""Cues of what will be, would be, or should be done."""

from api.language.engines.cuewords import NOUN, REACH, VERB, WE, cue

FORECAST = (
    cue(r"anticipat\w+|foresee\w*|six hours from now|from now\b(?! on)", forecast=2.6),
    cue(
        r"future\b|later on\b|(?:just )?(?:sit|wait|do nothing)\b|about to\b|gonna\b|"
        r"going to (?:go|pass|reach|hit|exceed|fall|rise|drop|make)\b|how (?:soon|"
        r"long (?:till|until|before))\b",
        forecast=2.6,
        describe=-1.0,
    ),
    cue(r"(?:was|were|did|had|happened)\b.*AHEAD", forecast=-5.2, describe=1.0, events=0.5),
    cue(rf"{NOUN} (?:of|on|in|for)? ?AHEAD", events=2.5, forecast=-3.0),
    cue(
        "if (?:nobody|no one|we (?:don't|do not)|nothing) (?:touches|changes|moves|does|"
        "touch|change|move|is touched|is changed|do)",
        forecast=5.0,
        counterfactual=-7.0,
        what_if=-3.0,
        moves=-4.0,
    ),
    cue(r"will\b|'ll\b|won't\b|wil\b", forecast=3.2),
    cue(
        r"forecast\w*|predict\w*|outlook|prognos\w+|project(?:ed|ion)?\b(?! manag)|"
        r"extrapolat\w+|prospects?|estimate of",
        forecast=3.6,
    ),
    cue(
        r"expect\w*\b|going to\b|gonna\b|about to (?!take)|likely\b|bound to|due to (?:hit|"
        r"reach)|probability|chance\w*|see coming|comes? next|becomes of",
        forecast=2.6,
    ),
    cue(r"heading\b|headed\b|where\b.*\bgo(?:ing)?\b|end up\b", forecast=3.2),
    cue(
        r"rest of (?:the|this)|(?:from|by) now\b|ahead\b|from here\b|soon\b|next (?:hours?|"
        r"hrs?|shift)|how (?:much longer|long (?:till|until|before))|when (?:does|will|do)\b",
        forecast=2.4,
    ),
    cue(r"AHEAD", forecast=3.6, describe=-1.0, events=-0.5),
    cue(
        r"(?:nobody|no one) (?:touch|chang|mov|do)\w*|nothing is (?:changed|moved|done)|"
        "leave (?:everything|it|things|all)|as (?:it|things) (?:is|are)",
        forecast=2.6,
        what_if=-1.5,
    ),
)
_BACK = r"(?:had|'d|hadn't|hadnt|wed|hed|theyd|had not|have)"
SCENARIO = (
    cue(r"(?:would|will|could|might)\b.*\bwith (?:its|the|a|an)\b.*\bat N\b", what_if=3.2, events=-2.0),
    cue(rf"^\W*(?:please |now |can you |could you )*{VERB} (?:it|that|this)\W*$", what_if=4.4),
    cue(
        r"(?:would|will|does|could|might) (?:just |only |simply )?(?:lower|rais|increas|reduc|cutt|open|clos|"
        r"chang|mov|dropp|"
        r"push|turn|add|tak|giv|runn|sett|putt|slow|speed|halv|doubl)ing\b",
        what_if=4.5,
        trend=-2.0,
        plan=-3.0,
    ),
    cue(
        r"(?:would|will|could|might|does) (?:it|that) (?:\w+ )?(?:help|hurt|harm|matter|be enough|be better|pay off|"
        r"do any good|make (?:a|any) difference)\b.*\b(?:to|if|by)\b",
        what_if=4.6,
        plan=-4.0,
    ),
    cue(
        r"^\W*(?:what if )?no (?:TAG )?(?:cut|raise|increase|reduction|step|change|move)s?\b.*(?:TIME|MOMENT)",
        counterfactual=4.5,
    ),
    cue(r"^\W*say (?:the|we|i|they)\b|consequences? for", what_if=3.4, forecast=-2.0, describe=-1.5),
    cue(
        r"(?:^|if )\W*(?:i |we )?(?:shave|knock|nudge|give|gave|go|went)\b.*(?:N|TAG)|"
        "another N|what about [+-]?N (?:on|of|more|less)|(?:with|at) [+-]?N (?:more|less|"
        "higher|lower)",
        what_if=3.2,
    ),
    cue(
        r"(?:rewind|going back|go back) to\b|stayed the same|never (?:took place|happened|"
        "been)|had left|messed with|if nobody (?:touched|had|moved|changed|raised|cut|"
        "lowered|did)|nobody touched",
        counterfactual=4.0,
        forecast=-3.5,
        moves=-1.5,
    ),
    cue(r"what would (?:the )?TAG (?:say|do|look|be)\b.*\bif\b|where does .*\bend\b|sensitive", what_if=2.2),
    cue(
        r"wh?at[- ]if|suppos\w+|assum(?:e|ing)|imagin\w+|simulat\w+|hypothetical\w*|"
        r"counterfactual\w*|say we\b|scenario\b|try out\b",
        what_if=3.2,
        counterfactual=2.8,
    ),
    cue(
        r"wh?at (?:would |will |'ll |does )?happens? (?:to|with|when|if)\b|(?:,|"
        r"then)? ?wh?at happens\b|what follows|what then\b",
        what_if=2.8,
        counterfactual=0.5,
        events=-2.5,
        moves=-2.0,
    ),
    cue(rf"(?:if|when|should) {WE}\b(?! (?:leave|know|ask|see))", what_if=2.4, counterfactual=1.4, moves=-1.5),
    cue(r"(?:if|when|should) (?:both |the |our )*TAG", what_if=2.2, counterfactual=1.2),
    cue(
        "(?:effect|impact|influence|consequences?|result|response|reaction)s? (?:of|to|on|"
        r"if|would|has|does|have|TAG)\b",
        what_if=3.4,
        trend=-1.5,
        compare=-1.0,
    ),
    cue(
        r"(?:consequences?|impact|effect|influence)\b.*\b(?:doubl|halv|chang|rais|lower|cut|"
        r"increas|decreas|reduc)\w*",
        what_if=2.6,
    ),
    cue(
        r"^\W*(?:please |now |then |and |kindly |just |go |can you |could you |would you |"
        "i'd like you to |i would like you to |i want you to |you should |do |ok |"
        rf"also )*{VERB} (?:the |our |back )*TAG(?!.*\b(?:below|above|under|within)\b)",
        what_if=4.4,
        trend=-1.5,
        describe=-1.0,
    ),
    cue(r"(?:TAG|it) (?:\w+ )?(?:by|to|at|plus|minus|up|down|up by|down by|with)? ?[+-]?N\b(?!.*\?$)", what_if=1.6),
    cue(r"^\W*(?:the )?TAG (?:to|at|up|down|plus|minus|by) ?[+-]?N", what_if=3.6),
    cue(
        r"^\W*(?:a |and |with )*[+-]?N (?:more|less|higher|lower|of|increase|decrease|cut|reduction|step)\b.*TAG",
        what_if=3.4,
    ),
    cue(
        rf"\b{VERB}\b(?: \w+){{0,3}} TAG (?:\w+ )?(?:by |to |at |up |down |from )*[+-]?N",
        what_if=2.6,
        trend=-1.0,
        describe=-1.0,
    ),
    cue(r"(?:cut|increase|reduction|raise|drop|step|decrease|rise|change) (?:of|in) (?:the )?(?:TAG|N)", what_if=2.0),
    cue(
        r"how (?:would|does|will|might|do|is)\b.*\b(?:respond|react|chang\w*|affect\w*|"
        r"behave|influence\w*|sensitive)",
        what_if=2.4,
    ),
    cue(r"(?:what|how) (?:would|does|do|will)\b.*\b(?:do to|mean|affect|hurt|help)\b", what_if=2.4, about=-1.5),
    cue(
        r"would\b.*\btrip\w*\b.*\bif\b|trip if\b|TAG -> ?TAG|N ?-> ?TAG|thinking of|considering|work out what",
        what_if=2.4,
    ),
    cue(rf"(?:would|could|can|should|may|shall)\b.*\b{VERB}\b.*TAG.*N", what_if=1.8),
    cue(
        r"would (?:have|of|'ve)\b|would've|woulda|could (?:have|of)|coulda|might have|"
        "should(?:a| have)|wouldn't have",
        counterfactual=3.6,
        what_if=-0.5,
        explain=-0.5,
        moves=-2.0,
        events=-1.5,
    ),
    cue(
        r"had (?:we|i|they|you|somebody|someone|nobody|no one|not|our|my)\b|had (?:the|it|"
        r"TAG)\b.{0,30}\b(?:been|not)\b",
        counterfactual=2.8,
    ),
    cue(
        rf"(?:if|that|when|time) (?:only )?(?:{WE}|nobody|no one|the (?:\w+ )?\w+|it|"
        rf"(?:the )?TAG){_BACK.replace('|have', '')}\b",
        counterfactual=3.4,
    ),
    cue(
        r"(?:(?:if|when|time) (?:only )?(?:the (?:\w+ )?\w+|it|(?:the )?TAG)|(?:if|that|when|"
        rf"time) (?:only )?(?:{WE}|nobody|no one)) {_BACK}\b",
        counterfactual=3.6,
    ),
    cue(
        r"(?:if|wh?at if) (?:we'd|wed|they'd|he'd|i'd|we hadn'?t|they hadn'?t|nobody)\b|"
        r"hadn'?t\b|had not|had never|had nobody|not been for",
        counterfactual=3.6,
        moves=-2.0,
    ),
    cue(
        r"(?:nobody|no one|without|no|undo\w*|revers\w+|take back|taken back|not made|"
        r"leave out|left out|ignor\w+)\b.*\b(?:chang|mov|touch|step|adjust|rais|cut|lower)\w*",
        counterfactual=3.4,
        moves=-2.2,
        plan=-0.5,
    ),
    cue(
        r"(?:undo|revers[ei]\w*|revert|take back) (?:the |that |this |our |last |TIME |TAG |all |'s |setpoint )*"
        r"(?:cut|moves?|changes?|raise|steps?|increase|decrease|reduction|adjustments?|TAG)\b",
        counterfactual=3.0,
    ),
    cue(
        "left (?:the )?(?:TAG|it|everything|things) alone|(?:in|with) hindsight|"
        "looking back|at the time|made to keep|recovered anyway|have helped|been (?:avoided|"
        "prevented)|better off",
        counterfactual=3.4,
    ),
    cue(
        r"(?:if|were|was)\b.*TAG.*(?:N (?:lower|higher|more|less)|to N).*MOMENT|(?:TAG|"
        "N) (?:since|from) MOMENT|TAG.*N.*MOMENT|N.*TAG.*MOMENT",
        counterfactual=2.6,
    ),
    cue(rf"{VERB}\b.*N.*MOMENT", counterfactual=1.8),
    cue(r"instead\b|rather than", what_if=0.6, counterfactual=1.2),
)
ADVISE = (
    cue(r"^\W*(?:TAG|ASSET)\b(?!.*\b(?:was|were|is|did)\b).*\bhow\W*$", plan=4.0, describe=-1.5),
    cue(
        r"TAG\b.*\b(?:what|which)(?: \w+)? (?:should|must|can|could|do) (?:i|we) (?:touch|move|turn|use|change)\W*$",
        plan=6.0,
        what_if=-5.0,
    ),
    cue(
        r"^\W*(?:please |can (?:you|we|i) |could (?:you|we|i) )*(?:get|bring|return|take) (?:the |"
        r"our )?TAG (?:back )?(?:down |up )?"
        r"(?:to|under|below|above|over|within|between)\b.*AHEAD",
        plan=4.5,
        forecast=-4.0,
    ),
    cue(
        r"(?:best|quickest|safest|easiest|fastest|any|a|the) (?:way|route|path) (?:back |down |up )?(?:to|"
        r"below|above|under)\b|"
        r"what to (?:turn|touch|change|move|adjust|set|do) (?:so that|so|to|that)\b|(?:what|which)(?:'s|"
        r" is) my best (?:move|bet|option)",
        plan=5.0,
        describe=-2.0,
        about=-2.0,
    ),
    cue(
        r"what (?:should|must|can|do|have to) (?:i|we) (?:\w+ )?(?:move|do|touch|change)\b.*(?:, | )(?:to|um|"
        r"so that)\b",
        plan=4.4,
        what_if=-3.0,
    ),
    cue(r".*\bTAG\b[^.]*,? how\W*$", plan=3.6, what_if=-4.0),
    cue(
        "what (?:could|can|would|might) (?:lower|raise|reduce|increase|bring|calm|steady|"
        r"help|decrease|fix|cut|cool|stabili[sz]e)\b.*TAG|without (?:touching|moving|"
        "changing) (?:the )?TAG",
        plan=4.4,
        counterfactual=-4.0,
        what_if=-2.0,
    ),
    cue(
        r"^\W*(?:please |can you |could you )*(?:keep|hold|maintain|stabili[sz]e|get|"
        "bring) (?:the |our )?TAG (?:between|within|above|below|under|over|steady|stable|"
        r"in)\b",
        plan=4.5,
        what_if=-3.5,
    ),
    cue(
        "which (?:lever|handle|knob|setpoint|valve|move)s? (?:gets?|brings?|lowers?|raises?|"
        r"keeps?|helps?|does|do|will|would|can)\b",
        plan=3.4,
        trend=-2.0,
    ),
    cue(
        r"TAG (?:needs?|has|ought|should) to (?:come|go|be)\b|\bideas\b|"
        r"(?:any )?tricks? to\b|way to (?:get|bring)|what would (?:get|bring|you do)\b|"
        r"can (?:we|i) (?:somehow )?(?:get|bring)\b|(?:helps?|fix|tame|calm) (?:the )?TAG",
        plan=4.4,
        describe=-1.0,
        moves=-1.5,
    ),
    cue(
        r"(?:how|what|which)\b.*\b(?:get|bring|keep|hold|push)\b (?:the )?TAG.*(?:below|"
        "above|under|over|within|between|at|to|back|steady|stable|down|up|N)",
        plan=2.8,
        describe=-2.0,
        what_if=-2.0,
        trend=-2.0,
    ),
    cue(
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
    cue(
        r"(?:with |using |by )?(?:which|what) (?:handles?|knobs?|levers?|setpoints?|valves?|moves?)\W*$",
        plan=3.4,
        what_if=-2.5,
    ),
    cue(r"how (?:do|can|could|should|might|to) (?:i|we|you|one)\b", what_if=-3.5, counterfactual=-2.0),
    cue(r"(?:i|we) (?:need|want|would like)\b.*TAG.*(?:above|below|under|over|at|between|within|to) N", plan=2.6),
    cue(
        rf"how (?:do|can|cn|could|should|might|would|to|2)\b(?: (?:i|we|you|one))?\b.*\b{REACH}\b",
        plan=4.6,
        trend=-1.0,
    ),
    cue(r"how can (?:the )?TAG be \w+", plan=4.4),
    cue(
        r"(?:what|which)\b[^,?]*\b(?:should|can|could|must|would|shall|might|do|need|have to|"
        rf"required|needed)\b.*\b(?:to|so that|for)\b.*\b(?:{REACH}|TAG)\b",
        plan=2.8,
        moves=-1.5,
        help=-2.0,
    ),
    cue(
        "(?:which|what) (?:moves?|steps?|levers?|knobs?|handles?|setpoints?|valves?|"
        r"actions?|adjustments?|settings?|changes?)\b.*\b(?:would|will|could|should|to|bring|"
        r"get|give|keep|so that|propose|for)\b.*",
        plan=2.4,
        moves=-1.2,
    ),
    cue(
        "(?:best|safest|quickest|smartest|good|right|any|a) (?:way|move|moves|setting|"
        r"handle|strategy)s? (?:to|of|for)\b|advi[cs]e|recommend\w*|suggest\w*|propos\w+|"
        "how best to|help me (?:get|bring|keep|lower|raise|reduce)|get us there",
        plan=4.0,
        log=-1.5,
    ),
    cue(
        r"(?:need|want|like|have|trying|wish|aim|asked)\b(?: \w+){0,2} (?:to (?:get|bring|"
        r"keep|lower|raise|reduce|hold)\b|(?:the )?TAG)",
        plan=2.2,
    ),
    cue(
        r"^\W*(?:please |can you |could you )*(?:get|bring|keep|hold|maintain|stabili[sz]e) (?:the |our )?TAG",
        plan=2.2,
    ),
    cue(r"moves\b.*\b(?:that|to) (?:keep|bring|get|hold|reduce|raise|lower|increase)", plan=3.6, moves=-1.5),
    cue(
        "(?:what (?:now|do i do|to do|should i do|can (?:i|we|be) do(?:ne)?|"
        r"could be done))\b|TAG (?:is )?too (?:low|high)|(?:steady|stable) TAG how",
        plan=3.0,
        help=-3.0,
    ),
    cue(
        r"(?:which|what|wat) (?:to move|valve|knob|handle|lever|setpoint)s? (?:to|for)\b|what to move",
        plan=3.4,
        moves=-1.0,
    ),
    cue(
        "(?:only )?(?:with|using|via) (?:only )?(?:the )?TAG(?: alone|"
        r" only)?\W.*TAG.*(?:below|above|under|over|to|within|at) N",
        plan=3.0,
    ),
)
