"""A move that was made and is imagined away: "if nobody had raised it", "without the cut", "undo the last step"."""

import re

_MADE = (
    r"(?:chang\w*|mov\w*|touch\w*|rais\w*|lower\w*|cut\w*|increas\w*|decreas\w*|reduc\w*|"
    r"adjust\w*|set\b|open\w*|clos\w*|turn\w*|step\w*|mess\w*|alter\w*|done|made|put\b|"
    r"tweak\w*|took|taken|drop\w*|bump\w*|play\w*|fiddl\w*)"
)
_UNDONE = re.compile(
    rf"\b(?:nobody|no one|none of us|no operator)\b(?: \w+){{0,3}} {_MADE}|\b(?:nobody|no one|"
    rf"none of us)\b(?: \w+){{0,2}} had\b|"
    rf"\bnot had {_MADE}|\b(?:nobody|no one|none of us)\b[^,?.]* had {_MADE}|"
    rf"\b(?:nobody|no one|none of us) (?:would have|'d|had)\b|"
    r"^\W*(?:what if |with |assume |say )?(?:there (?:was|were|had been) )?no\s{2,}(?:cut|raise|increase|"
    r"reduction|decrease|step|"
    r"change|move|drop|rise|adjustment)\b|^\W*(?:what if )?no\s(?:cut|raise|increase|reduction|step|change|"
    r"move)s? (?:of|to|on)\b|"
    rf"\b(?:had|have|"
    r"has|did|do|would|'d)(?: we| i| they| the \w+| operators?| the \w+ \w+)?(?: not|n't|"
    r" never)\b|"
    r"\b(?:hadn't|haven't|hadnt|havent|didn't|never|weren't|wasn't)\b|\b(?:undo\w*|"
    r"revers\w+|revok\w+|take back|took back|taken back|cancel\w*|roll\w* back|"
    r"imagine away)\b|"
    r"\bwithout (?:the |that |this |our |any |their |having |last |a )*(?:last |latest |"
    r"\s)*(?:moves?|changes?|setpoint change|cut|raise|steps?|adjust\w*|intervention|"
    r"increase|decrease|reduction|chang\w+|rais\w+|lower\w+|cutting|mov\w+|\s{3,})|"
    r"\b(?:left|leave|leaving|let|kept|keep) (?:\w+\s+|\s+){0,5}(?:alone|as (?:it|they|is)|"
    r"unchanged|untouched|where|the same|be\b)|\bnot been for\b|\bnot been (?:made|moved|"
    "changed|touched|raised|lowered|cut)|"
    r"\b(?:never|not) (?:taken place|took place|happened|occurred)|\bstayed (?:the same|"
    r"as|where|put|unchanged)|\bno (?:\s+)?(?:move|change|step|intervention)s? (?:on|of|"
    r"to|in|at|by|had)|\bunchanged\b|\bnecessary to\b|\bignor\w+ the\b"
)


def undone(text: str) -> tuple[int, int] | None:
    """Where the words stand that imagine a move away; None without any."""
    match = _UNDONE.search(text)
    return match.span() if match else None
