"""What is not for this twin: writing to the plant, secrets, orders to the program itself, letters without sense."""

import re

from api.language.reading.slotwords import Reason

_INSTRUCTIONS = re.compile(
    r"\b(?:ignor\w*|disregard\w*|forget|override|bypass|skip|drop|"
    r"neglect)\b[^.?!]{0,30}\b(?:instruct\w*|rules?|prompts?|guidelines|polic(?:y|ies)|"
    "restrictions?|"
    "(?:previous|prior|above|earlier|everything) (?:you|text|messages?|above|before)|"
    r"safety|filters?|commands?|training|limits?)\b|\b(?:forget|disregard|"
    "ignore) (?:everything|all (?:that|of)|what(?:ever)?) (?:you|i|we|was|has|is|before|"
    r"above)|\bforget (?:everything|all)\b|\bobey (?:me|my)\b|"
    r"\byou are (?:now|no longer)\b|\bfrom now on,? (?:you|ignore|act|answer|speak|"
    r"respond)|\bact as\b|\bpretend (?:that )?(?:you|to be|all|the|i am|i'm|there)|"
    r"\brole-?play|\bjailbreak|"
    r"\bdeveloper mode|\bdebug mode|\bdan\b mode|\bsudo\b|\broot access|\b(?:run|execute|"
    r"exec|eval)\b[^.?!]{0,25}\b(?:sql|query|script|code|command|shell|python)|"
    r"\bselect\b.{1,60}\bfrom\b \w+|\b(?:drop|truncate|alter|create) (?:table|database|"
    r"schema)\b|\bdelete from\b|\binsert into\b|\bupdate \w+ set\b|\bunion select\b|"
    "<script|"
    r"\brm -rf|\bos\.system|\b__import__|\bsystem\s*:|\[/?inst\]|<\|?\w+\|?>|"
    r"\bnew (?:instructions?|rules?|system)\b|\bdo anything now|"
    r"\bwithout (?:any )?(?:restrictions|filters?|rules)|"
    r"\bstay in character|\banswer (?:only )?(?:in|with) (?:rhymes?|emojis?|base64)|"
    r"\brepeat after me|\byour new (?:role|task|job|name)|\bi am your (?:developer|admin|"
    "creator|boss)|"
    r"\b(?:invent|make up|fabricate|fake|hallucinate)\b[^.?!]{0,30}\b(?:numbers?|values?|data|answer|events?)",
    re.IGNORECASE,
)
_SECRETS = re.compile(
    r"\bpass ?w(?:or)?ds?\b|\bpasswd|\bapi[- ]?keys?\b|\b(?:access|secret|private|ssh|"
    r"encryption|license) (?:keys?|tokens?)|\bsecrets?\b|\bcredentials?\b|\btokens?\b|"
    r"\bconnection ?strings?\b|\b(?:system|hidden|initial|your|ur|"
    r"secret) (?:\w+ )?(?:prompts?|instructions)\b|\bprompts?\b|"
    r"\benv(?:ironment)?[ _]?var\w*|\.env\b|\bdatabase_url|"
    r"\b(?:login|log-in)s?\b(?! page)|\bdsn\b|\b(?:config(?:uration)?|settings) files?\b|"
    r"\bwhat (?:are|were) you told|\byour (?:configuration|source code)\b|/etc/|"
    r"\bprivate data|"
    r"\bconfidential|\b(?:home|email|ip) address(?:es)?|"
    r"\bphone numbers? of (?:the )?(?:operators?|crew)|\bsalar(?:y|ies) of",
    re.IGNORECASE,
)
_THINGS = (
    r"(?:events?|horns?|sirens?|beep\w*|alarms?|alerts?|incidents?|trips?|log|logs|logbook|entr(?:y|ies)|"
    r"histor\w+|data|database|samples?|values?|records?|tables?|models?|checkpoints?|"
    "tags?|"
    "sensors?|notifications?|interlocks?|esd|sis|safety systems?|limits?|thresholds?|"
    "alarm limits?|plcs?|dcs|controllers?|control system|scada|system|service|server|"
    "twin|plant|factory|"
    "unit|process|site|everything|it all|answers?|sessions?|questions?|notes?|readings?|"
    "archive|backups?|shift log|files?)"
)
_ASSET = (
    "(?:plant|factory|process|unit|site|facility|line|machine|server|service|twin|"
    "system|model|reactor|whole thing|everything)"
)
_POLITE = (
    "(?:please |kindly |can you |could you |would you |i want you to |i'd like you to |"
    "i need you to |you (?:should|must|have to) |go (?:ahead )?(?:and )?|just |now |"
    "and |also |then |let's |ok |to )*"
)
_WRITE = re.compile(
    r"\b(?:delet\w*|eras\w*|wip(?:e|es|ed|ing)|purge all|truncat\w*|overwrit\w*|"
    rf"tamper\w*|falsif\w*|backdat\w*)\b(?=.*\b{_THINGS}\b|.*·)|\b(?:remove|clear|edit|"
    "rename|modify|change|correct|alter|adjust|"
    "manipulate|update|hide|mark|close|cancel|reset|archive|snooze|shelve|unshelve|"
    r"suppress|inhibit|mute|silence|disable|deactivate|enable|activate|ack|acknowledg\w*|"
    r"confirm|dismiss|approve|force|unlock)\b"
    " (?:all |the |that |this |these |those |my |our |any |every |of |last |first |"
    rf"second |open |old |first|latest |newest |\w+ |·\s*)*{_THINGS}\b(?! (?:of|for|on|"
    r"in) (?:the )?(?:last|next) \d)"
    r"|\b(?:ack|acknowledg\w*|unacknowledge)\b|\b(?:turn|switch|shut) (?:off |"
    "down )?(?:all |the |that |this |those |of )*(?:alarms?|alerts?|notifications?|"
    rf"interlocks?|lights?|safety \w+|controllers?|{_ASSET})(?: (?:off|down|on))?\b"
    rf"|\b(?:turn|switch|shut|power|put|take) (?:the |our |whole |this )*{_ASSET} (?:off|"
    r"down(?! (?:by|to) [-+]?\d)|on|offline|into|in)\b|\b(?:shut ?down|shutdown|start ?up|stop|halt|kill|trip|"
    "restart|reboot|reset|start|scram|power (?:off|down|up)|"
    r"bring down|blow up|vent|evacuate|crash|emergency[- ]stop|e-?stop)\b (?:the |our |"
    f"whole |this |that |entire )*(?:\\w+ (?=serv|mach|syst|mod))?(?:{_ASSET}|·|alarm|trip)(?!\\w)(?! (?:and|"
    f"or|limit|point|of)\\b)"
    r"|\b(?:shut|turn|switch|power|take) (?:the |our |this )*·(?: \d+)? (?:off|offline|out of (?:service|"
    r"operation))\b"
    r"|\bshut (?:the |our |this )*·(?: \d+)? down\b(?! (?:by|to) [-+]?\d)"
    r"|\bemergency (?:stop|shut ?down)|\bwrite\b.*\b(?:to|into|in) (?:the )?(?:plc|dcs|"
    "control|controller|scada|plant|opc|system|log|logbook|database|historian|·)|"
    r"\b(?:send|push|download|upload|transfer|forward|email|mail|"
    r"post)\b.*\b(?:to (?:the )?"
    "(?:dcs|plc|plant|controller|boss|manager|customer|operators?|team|crew|field|"
    rf"everyone|maintenance))|\b(?:put|switch|set|turn)\b.{{0,30}}\b(?:in|to|into|"
    "on) (?:manual|auto(?:matic)?(?: mode)?|cascade|local|remote|standby|maintenance|"
    r"bypass)\b"
    r"|\b(?:defeat|bypass|jumper|disarm|override)\b|\b(?:add|make|create|enter|insert|"
    rf"put|write)\b(?: \w+){{0,3}} (?:entr(?:y|ies)|notes?|remark|comment|log|event|"
    r"alarm)s?\b(?= (?:in|to|into|that|saying|for|:)|:|\W*$)"
    r"|\b(?:set|make|create|raise|lower|increase|decrease|widen|move)\b (?:an? |the |"
    r"all |that |up |·|\s)*(?:alarm|trip|alert)s?\b(?! (?:go|went)\b)(?: (?:limit|"
    r"threshold|setting|point|level)s?)?|\b(?:make|let) (?:the |that |this |"
    "all )*(?:alarm|event|horn|beeping)s? (?:go away|stop|disappear|vanish)"
    r"|\b(?:raise|lower|change|set|move|widen|increase|adjust) (?:the |·|\s|of |"
    r"\w+ )*(?:alarm|trip|alert|high|low|hi|lo) (?:limit|threshold|setting|point|"
    r"level)s?\b|\bretrain|\btrain (?:the |a )?(?:new )?model|\bpromote (?:the )?model|"
    r"\broll ?back\b"
    r"|\b(?:open|close) (?:a |the )?(?:ticket|work order|door|gate)s?\b|\border (?:a |"
    r"some |new )?(?:spare|part|pump)s?|\bstop (?:logging|recording|monitoring|watching)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:and |so |but |then |also |please |can you tell|could you tell|"
    "tell me )*(?:what|when|who|whom|whose|why|how|which|where|is|are|was|were|did|does|"
    "do (?:we|they|i|the)|has|have|had|will|would|show|list|plot|if|"
    r"suppose|imagine|assume|simulate|any|anything)\b",
    re.IGNORECASE,
)
_KEYS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
_ROWS = (*_KEYS, *(row[::-1] for row in _KEYS))
_VOWEL = re.compile(r"[aeiouyäöüáéíóúàèâêîôû]", re.IGNORECASE)


def reason(text: str, *, moves: bool, known: bool) -> Reason | None:
    """Why a text is not for this twin; names in it are replaced by "·".

    `moves` says that it holds a change of a movable tag, which is a what-if, `known` that it names something of the
    plant or a time.
    """
    if _INSTRUCTIONS.search(text):
        return "instructions"
    if _SECRETS.search(text):
        return "secrets"
    if not moves and not _ASKS.match(text) and _WRITE.search(text):
        return "write_to_plant"
    return None if known or not (_senseless(text) or _hammered(text)) else "unreadable"


def _senseless(text: str) -> bool:
    """Letters that make no words: most have hardly a vowel, or go on and on."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    if any(letter >= "\u0370" for letter in "".join(words)):
        return False
    odd = [word for word in words if _odd(word.lower())]
    return not words or len(odd) > 0.5 * len(words)


def _hammered(text: str) -> bool:
    """Whether most words are runs of neighbouring keys, or one letter over and over: "asdf qwer", "lkj qqq"."""
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    runs = [word for word in words if len(word) > 2 and (len(set(word)) == 1 or any(word in row for row in _ROWS))]
    return len(runs) > 0.5 * len(words)


def _odd(word: str) -> bool:
    if len(word) < 4:
        return False
    run = re.search(r"[bcdfghjklmnpqrstvwxz]{5,}|(.)\1{3,}", word)
    vowels = len(_VOWEL.findall(word)) / len(word)
    return (
        run is not None
        or vowels < 0.15
        or len(word) > 25
        or re.search(r"[qjxz][bcdfghjklmnpqrstvwxz]{2,}|[bcdfghjklmnpqrstvwxz]{2}[qjx]", word) is not None
    )
