"""What the sentences of the catalog claim besides their numbers, by key; the tag is the first one named.

Evidence of kind `claim` (docs/grounding.md). What a sentence claims only at times is put down where it is said.
"""

from collections.abc import Mapping

from api.language.grounding.families import Family

_YES = (Family.REPLY, "yes")
_NO = (Family.REPLY, "no")
_NONE = (Family.QUANTIFIER, "none")
_ALL = (Family.QUANTIFIER, "all")
_ONLY = (Family.QUANTIFIER, "only")
_SOME = (Family.QUANTIFIER, "some")
_ABOVE = (Family.COMPARISON, "above")
_BELOW = (Family.COMPARISON, "below")
_CLEAR = (Family.DEGREE, "clear")
_UNUSUAL = (Family.STATE, "unusual")
_LOGGED = (Family.STATE, "logged")
_SILENT = (Family.STATE, "silent")
_FULL = (Family.COMPLETENESS, "full")
_PARTIAL = (Family.COMPLETENESS, "partial")
_ANY_LIMIT = (Family.LIMIT, "any")
_HIGHEST = (Family.EXTREME, "highest")
_LOWEST = (Family.EXTREME, "lowest")

CLAIMS: Mapping[str, tuple[tuple[Family, str], ...]] = {
    "events.found": (_YES, _UNUSUAL),
    "events.counted": (_UNUSUAL,),
    "events.none": (_NO, _NONE, _UNUSUAL),
    "events.unscored": (_NONE, _UNUSUAL),
    "events.moves": (_LOGGED,),
    "events.further": (_NONE,),
    "events.explained": (_LOGGED, (Family.CAUSE, "known")),
    "events.withdrawn": ((Family.STATE, "withdrawn"), (Family.CAUSE, "known")),
    "events.partly": (_ONLY, _PARTIAL),
    "events.blind": (_NONE,),
    "events.quiet": (_ALL, _FULL, _HIGHEST),
    "events.scored": (_ALL, _FULL),
    "event.open": ((Family.STATE, "open"),),
    "event.closed": ((Family.STATE, "ended"),),
    "event.gone": ((Family.STATE, "withdrawn"),),
    "explain.shares": (_HIGHEST,),
    "explain.response": (_LOGGED, (Family.CAUSE, "known")),
    "explain.unlogged": (_NONE, (Family.STATE, "unlogged")),
    "explain.moved": (_NONE, _LOGGED, (Family.CAUSE, "unknown")),
    "explain.unmoved": (_NONE, _LOGGED),
    "explain.silence": ((Family.CAUSE, "unknown"),),
    "explain.none": (_NONE,),
    "explain.no_such": (_NONE,),
    "explain.nothing_moved": (_NONE,),
    "moves.found": (_LOGGED,),
    "moves.none": (_NONE, _NO, _LOGGED),
    "tags.missing": (_NONE,),
    "tags.silent": (_SILENT, _NONE),
    "tags.silent_last": (_SILENT, (Family.ORDINAL, "-1")),
    "tags.above": (_YES, _ABOVE, _HIGHEST),
    "tags.below": (_YES, _BELOW, _LOWEST),
    "tags.never_above": (_NO, _NONE, _ABOVE, _HIGHEST),
    "tags.never_below": (_NO, _NONE, _BELOW, _LOWEST),
    "tags.share_above": (_ABOVE,),
    "tags.share_below": (_BELOW,),
    "status.empty": (_NONE,),
    "status.ordinary": (_NONE, _ALL, _ANY_LIMIT, (Family.STATE, "normal")),
    "status.unsure": (_NONE, _SOME, (Family.STATE, "normal")),
    "status.events": (_UNUSUAL, (Family.STATE, "open")),
    "status.limits": (_ANY_LIMIT,),
    "status.event": ((Family.STATE, "open"),),
    "status.silent": (_SILENT, _ONLY),
    "status.unheard": (_NONE,),
    "whatif.order": (_NONE,),
    "whatif.same": (_CLEAR, _NONE, (Family.DIRECTION, "steady")),
    "whatif.same_past": (_CLEAR, _NONE, (Family.DIRECTION, "steady")),
    "whatif.nothing": (_CLEAR, _NONE),
    "whatif.nothing_past": (_CLEAR, _NONE),
    "whatif.held": ((Family.DIRECTION, "steady"),),
    "whatif.besides": (_HIGHEST,),
    "whatif.no_risk": (_ANY_LIMIT, _NONE, (Family.DIRECTION, "steady")),
    "whatif.nothing_undone": (_NONE, _LOGGED),
    "forecast.value": (_NONE,),
    "forecast.held": (_ONLY, (Family.DIRECTION, "steady")),
    "forecast.no_risk": (_NONE, _ANY_LIMIT),
    "forecast.no_risk_of": (_NONE, _ANY_LIMIT),
    "limit.expected_above": (_YES, _ABOVE),
    "limit.possible_above": (_BELOW, (Family.PROBABILITY, "possible")),
    "limit.not_above": (_NO, _BELOW),
    "limit.expected_below": (_YES, _BELOW),
    "limit.possible_below": (_ABOVE, (Family.PROBABILITY, "possible")),
    "limit.not_below": (_NO, _ABOVE),
    "trend.rising": ((Family.DIRECTION, "up"),),
    "trend.falling": ((Family.DIRECTION, "down"),),
    "trend.steady": (_CLEAR, (Family.DIRECTION, "steady")),
    "compare.same": ((Family.COMPARISON, "equal"),),
    "compare.tags_same": ((Family.COMPARISON, "equal"),),
    "compare.apart": (_NONE,),
    "compare.usual": (_NONE,),
    "compare.missing": (_NONE,),
    "compare.events_unknown": (_NONE,),
    "advice.nearest": (_NONE,),
    "advice.otherwise": (_NONE,),
    "advice.unneeded": (_NONE,),
    "advice.nothing": (_NONE,),
    "advice.only": (_ONLY, _NONE, (Family.ADVICE, "advised")),
    "about.no_limits": (_NONE, _ANY_LIMIT),
    "about.unmovable": (_NONE,),
    "about.none_movable": (_NONE,),
    "records.none": (_NONE,),
}
