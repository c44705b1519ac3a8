"""English, complete: the other languages have the same keys."""

from api.language.wording.catalog.forms import Entry, Forms, Plural

FORMS = Forms(
    decimal=".",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    date="{weekday} {day:02} {month}",
    stretch="{start} to {end}",
    quotes=("“", "”"),
    comma=", ",
    semicolon="; ",
    last=" and ",
    space=" ",
)

SENTENCES: dict[str, Entry] = {
    # events
    "events.found": Plural(
        "Yes: {count} unusual event{severe}{around}, {window}.",
        "Yes: {count} unusual events{severe}{around}, {window}.",
    ),
    "events.counted": Plural(
        "{count} unusual event{severe}{around}, {window}.", "{count} unusual events{severe}{around}, {window}."
    ),
    "events.none": "No unusual events{severe}{around}, {window}.",
    "events.around": " around {names}",
    "events.severe": " of at least {severity} severity",
    "events.unscored": "I cannot say whether anything was unusual: nothing was scored, {window}.",
    "events.moves": Plural("{count} move was logged in it.", "{count} moves were logged in it."),
    "events.line": "{when}, {severity} severity: {message} (event {event}).",
    "events.further": Plural(
        "{count} further event, of no higher severity.", "{count} further events, of no higher severity."
    ),
    "events.explained": Plural(
        "Not counted: {count} response to logged moves ({moves}).",
        "Not counted: {count} responses to logged moves ({moves}).",
    ),
    "events.withdrawn": Plural(
        "Not counted: {count} event that late samples explained ({time}).",
        "Not counted: {count} events that late samples explained ({time}).",
    ),
    "events.partly": "Only {share} of the window was scored.",
    "events.blind": "Nothing of it was scored.",
    "events.quiet": "All of it was scored; the highest score is {score}, the threshold {threshold}.",
    "events.scored": "All of it was scored.",
    "event.open": "Since {start}, still going on",
    "event.closed": "{start} to {end}",
    "event.late": "It appeared or changed after late samples came at {time}.",
    "event.gone": "It was withdrawn when late samples came at {time}.",
    "severity.low": "low",
    "severity.medium": "medium",
    "severity.high": "high",
    "move": "{tag} from {before} to {after} at {time}",
    # explain
    "explain.event": "{when}: {message} (event {event}).",
    "explain.first": "{tag} left its prediction first, at {time}.",
    "explain.first_only": "{tag} left its prediction first.",
    "explain.share": "{tag} {share} ({peak})",
    "explain.shares": "Largest contributions: {shares}.",
    "explain.reached": "{asset} at {time}",
    "explain.way": "It went through the plant: {steps}.",
    "explain.response": "It is the response to a logged move: {move}.",
    "explain.unlogged": "It looks like a move that nobody logged: {move}.",
    "explain.moved": "No logged move explains it; moved around it were: {moves}.",
    "explain.unmoved": "No move was logged in the {hours} before it.",
    "explain.similar": "It looks like the event of {time} ({share} alike, event {event}).",
    "explain.judged": "It was judged: {judgement}.",
    "explain.done": "Moved then: {moves}.",
    "explain.heard": "Last heard: {tags}.",
    "explain.heard_more": Plural(
        "Last heard: {tags} ({count} further tag).", "Last heard: {tags} ({count} further tags)."
    ),
    "explain.tag_at": "{tag} at {time}",
    "explain.silence": "The samples cannot say why: look at the transmitters, the network and the source.",
    "explain.none": "There is no event{around} to explain, {window}.",
    "explain.no_such": "There is no event of that number{around} to explain, {window}.",
    "explain.went": "{name} went from {first} to {last} in it.",
    "explain.nothing_moved": "Nothing was moved in it.",
    "explain.moved_in": "Moved in it: {moves}.",
    # moves
    "moves.found": Plural(
        "{count} move was logged{around}, {window}.", "{count} moves were logged{around}, {window}."
    ),
    "moves.on": " on {names}",
    "moves.none": "No moves were logged{around}, {window}.",
    "moves.last": Plural("The last one:", "The last {count}:"),
    "moves.list": "{moves}.",
    # tags
    "tags.missing": "There are no good samples of {tag}, {window}.",
    "tags.silent_last": "{tag} has gone silent; its last sample is of {time}.",
    "tags.mean": "{name} was {mean} on average, between {low} and {high}, from {samples}, {window}.",
    "tags.max": "{name} reached at most {high}{at} (mean {mean}), {window}.",
    "tags.min": "{name} fell to {low} at its lowest{at} (mean {mean}), {window}.",
    "tags.at": " at {time}",
    "tags.std": (
        "{name} had a standard deviation of {std} around its mean of {mean}, between {low} and {high}, {window}."
    ),
    "tags.range": "{name} was between {low} and {high}, a range of {range} (mean {mean}), {window}.",
    "tags.count": "There are {samples} of {name}, {window}.",
    "tags.first": "{name} was {first} at first (mean {mean}), {window}.",
    "tags.last": "{name} was {last} at last (mean {mean}), {window}.",
    "tags.summary": "{name} went from {first} to {last}, between {low} and {high} (mean {mean}), {window}.",
    "tags.samples": Plural("{count} good sample", "{count} good samples"),
    "tags.changes": Plural("{count} change", "{count} changes"),
    "tags.bad": Plural(
        "{count} sample of bad quality was left out.", "{count} samples of bad quality were left out."
    ),
    "tags.above": "Yes: {name} was above {limit}, {window}; its highest value was {reached}.",
    "tags.below": "Yes: {name} was below {limit}, {window}; its lowest value was {reached}.",
    "tags.never_above": "No: {name} was never above {limit}, {window}; its highest value was {reached}.",
    "tags.never_below": "No: {name} was never below {limit}, {window}; its lowest value was {reached}.",
    "tags.share_above": "{name} was above {limit} for {share} of the time ({length}), {window}.",
    "tags.share_below": "{name} was below {limit} for {share} of the time ({length}), {window}.",
    "tags.named_limit": "its {limit} of {value}",
    "tags.first_beyond": "The first time was at {time}.",
    "tags.now": "{name} is {value} at {time}, between {low} and {high} in the {hours} before.",
    "tags.was": "{name} was {value} at {time}, between {low} and {high} in the {hours} before.",
    "tags.silent": "{tag} has gone silent: what it is now is not known.",
    "tags.passed": "{tag} passed its {limit} of {value}, first at {time}, for {share} of the samples.",
    "limit.trip_lo": "low trip",
    "limit.lolo": "low low limit",
    "limit.lo": "low limit",
    "limit.hi": "high limit",
    "limit.hihi": "high high limit",
    "limit.trip_hi": "high trip",
    # status
    "status.empty": "The historian holds no data yet.",
    "status.ordinary": "{subject}: nothing unusual is going on and every tag is within its limits.",
    "status.unsure": "{subject}: nothing unusual is going on as far as can be seen, but not every tag speaks.",
    "status.unusual": "{subject}: {events}, {limits}.",
    "status.plant": "The plant",
    "status.events": Plural("{count} unusual event is open", "{count} unusual events are open"),
    "status.limits": Plural("{count} tag is beyond a limit", "{count} tags are beyond a limit"),
    "status.event": "Since {start}: {message} (event {event}).",
    "status.beyond": "{tag} is {value}, beyond its {limit}.",
    "status.values": "Newest values: {values}.",
    "status.value": "{tag} {value}",
    "status.silent": Plural(
        "{count} tag has gone silent or sends only bad quality, the first since {time}: {names}.",
        "{count} tags have gone silent or send only bad quality, the first since {time}: {names}.",
    ),
    "status.unheard": Plural(
        "{count} tag has never sent a sample: {names}.", "{count} tags have never sent a sample: {names}."
    ),
    "status.score": "The newest score is {score}, the threshold {threshold}.",
    "status.newest": "Newest sample: {time}.",
    "others": "{names} and others",
    # what if
    "whatif.order": "Foretell moves nothing in the plant; this is what the move would do.",
    "whatif.refused": "I do not stand behind {moves}: {reasons}.",
    "whatif.move": "{tag} {before} → {after} from {start}",
    "whatif.move_until": "{tag} {before} → {after} from {start} to {end}",
    "whatif.change_past": (
        "{name} would have been {change} after {length} ({share} interval {low} to {high}): {with_moves} "
        "instead of {without}"
    ),
    "whatif.change": (
        "{name} would be {change} after {length} ({share} interval {low} to {high}): {with_moves} instead of "
        "{without}"
    ),
    "whatif.same_past": (
        "{name} would not have changed clearly after {length} ({mean}, {share} interval {low} to {high})"
    ),
    "whatif.same": "{name} does not change clearly after {length} ({mean}, {share} interval {low} to {high})",
    "whatif.lead": "{effect}, with {moves}.",
    "whatif.next": "{effect}.",
    "whatif.nothing_past": "With {moves}, nothing would have been clearly different after {length}.",
    "whatif.nothing": "With {moves}, nothing would be clearly different after {length}.",
    "whatif.way": "On the way {tag} would be {change}, at {time}.",
    "whatif.way_past": "On the way {tag} would have been {change}, at {time}.",
    "whatif.held": "{tag} is set by the operator and stays where it is.",
    "whatif.besides": "Most moved besides: {effects}.",
    "whatif.besides_one": "{tag} {change}",
    "whatif.kept": "Compared with what really happened; the disturbances of that time are kept.",
    "whatif.kpi_past": "{kpi} would have been {change} on average.",
    "whatif.kpi": "{kpi} would be {change} on average.",
    "whatif.risk": "That {tag} passes its {limit} of {value} is {with_moves}, without the moves it is {without}.",
    "whatif.no_risk": "The chance of passing a limit does not change.",
    "whatif.nothing_undone": "There is nothing to take back: no move{around} was logged, {window}.",
    "whatif.undone": "the move {move} taken back",
    "curve.without": "{name}, without the moves",
    "curve.with": "{name}, with the moves",
    "curve.measured": "{name}, measured",
    "curve.forecast": "{name}, forecast",
    "change.higher": "{amount} higher",
    "change.lower": "{amount} lower",
    # forecast
    "forecast.refused": "I do not stand behind a forecast: {reasons}.",
    "forecast.value": "{name} is expected at {value} by {time} if nothing is moved ({share} band {low} to {high}).",
    "forecast.held": "{names} stays where it is: only an operator moves it.",
    "forecast.no_risk": "No limit is at risk by {time}.",
    "forecast.no_risk_of": "No limit of {names} is at risk by {time}.",
    "limit.chance": "That {tag} passes its {limit} of {value} by {time} is {chance}.",
    "limit.expected_above": (
        "Yes: {name} is expected above {limit}, at most at {expected}; the {share} band reaches {bound}."
    ),
    "limit.possible_above": (
        "It may be: {name} is expected to stay below {limit}, at most at {expected}, but the {share} band "
        "reaches {bound}."
    ),
    "limit.not_above": (
        "No: {name} is expected to stay below {limit}, at most at {expected}; the {share} band reaches {bound}."
    ),
    "limit.expected_below": (
        "Yes: {name} is expected below {limit}, at least at {expected}; the {share} band reaches {bound}."
    ),
    "limit.possible_below": (
        "It may be: {name} is expected to stay above {limit}, at least at {expected}, but the {share} band "
        "reaches {bound}."
    ),
    "limit.not_below": (
        "No: {name} is expected to stay above {limit}, at least at {expected}; the {share} band reaches {bound}."
    ),
    # trend and compare
    "trend.rising": "{name} rose by {change}, {window}: {slope} ({share} interval {low} to {high}).",
    "trend.falling": "{name} fell by {change}, {window}: {slope} ({share} interval {low} to {high}).",
    "trend.steady": "{name} neither rose nor fell clearly, {window}: {slope} ({share} interval {low} to {high}).",
    "trend.unknown": Plural(
        "I cannot say whether {name} rose or fell: there is {count} good value, {window}.",
        "I cannot say whether {name} rose or fell: there are {count} good values, {window}.",
    ),
    "compare.windows": "{name} was {change} ({aggregation} {first}, {window}, against {second}, {other}).",
    "compare.same": "{name} was the same ({aggregation} {first}, {window}, against {second}, {other}).",
    "compare.large": "That is more than twice the usual difference ({usual}).",
    "compare.usual": "Such a difference is not unusual (ordinary is {usual}).",
    "compare.missing": "{name} cannot be compared: one of the windows has no good samples, {window} and {other}.",
    "compare.tags": "{name} was {change} than {other} ({aggregation}: {values}), {window}.",
    "compare.tags_same": "{name} and {other} were the same ({aggregation}: {values}), {window}.",
    "compare.apart": "Their units do not convert, so I rank none of them ({aggregation}: {values}), {window}.",
    "compare.events_more": Plural(
        "More: {count} unusual event{around}, {window}, against {before}, {other}.",
        "More: {count} unusual events{around}, {window}, against {before}, {other}.",
    ),
    "compare.events_fewer": Plural(
        "Fewer: {count} unusual event{around}, {window}, against {before}, {other}.",
        "Fewer: {count} unusual events{around}, {window}, against {before}, {other}.",
    ),
    "compare.events_as_many": Plural(
        "As many: {count} unusual event{around}, {window}, and {before}, {other}.",
        "As many: {count} unusual events{around}, {window}, and {before}, {other}.",
    ),
    "compare.events_unknown": Plural(
        "I cannot compare, because one window was not scored: {count} event{around}, {window}, {before}, {other}.",
        "I cannot compare, because one window was not scored: {count} events{around}, {window}, {before}, {other}.",
    ),
    "compare.rates": "The windows differ in length: {first} a day against {second} a day.",
    "compare.ids": "{window}: {ids}.",
    "aggregation.mean": "mean",
    "aggregation.max": "maximum",
    "aggregation.min": "minimum",
    "aggregation.std": "standard deviation",
    "aggregation.range": "range",
    "aggregation.count": "samples",
    "aggregation.first": "first value",
    "aggregation.last": "last value",
    # advice
    "advice.best": "Advice: {moves}.",
    "advice.then": "{name} is then expected at {value} by {time} ({share} band {low} to {high}); the goal is {goal}.",
    "advice.otherwise": "If nothing is moved, {name} is expected at {without}.",
    "advice.nearest": "None of the moves tried brings {name} to {goal}.",
    "advice.closest": "The nearest: {moves}.",
    "advice.unneeded": (
        "No move is needed to bring {name} to {goal}: it is expected at {value} by {time} ({share} band "
        "{low} to {high})."
    ),
    "advice.nothing": (
        "None of the moves tried brings {name} to {goal}: it is expected at {value} by {time} if nothing is "
        "moved ({share} band {low} to {high})."
    ),
    "advice.unsure": "The expected value reaches it, the whole band does not.",
    "advice.tried": Plural(
        "{count} scenario was rolled out, with {handles}.", "{count} scenarios were rolled out, with {handles}."
    ),
    "advice.only": "This is advice only: nothing here can move the plant.",
    "goal.above": "≥ {value}",
    "goal.below": "≤ {value}",
    "goal.between": "{low} to {high}",
    # what people wrote
    "records.found": Plural("{count} entry{about}, {window}.", "{count} entries{about}, {window}."),
    "records.none": "Nothing was found in the log{about}, {window}.",
    "records.about": " about {text}",
    "records.entry": "{time}, {author}: {text}.",
    "records.scenario": "{time}, scenario: {text}; {outcome}.",
    "records.other": "{time}, {kind}: {text}.",
    "records.kind_entry": "entry",
    "records.kind_answer": "question",
    "records.kind_scenario": "scenario",
    "records.further": Plural("{count} further entry.", "{count} further entries."),
    # verdict and confidence
    "verdict.supported": "Supported: {reasons}.",
    "verdict.extrapolating": "With caution, this extrapolates: {reasons}.",
    "chance": "{words} ({share})",
    "certainty.99": "almost certain",
    "certainty.90": "very likely",
    "certainty.66": "likely",
    "certainty.33": "about as likely as not",
    "certainty.10": "unlikely",
    "certainty.01": "very unlikely",
    "certainty.00": "almost impossible",
    "model": "World model {version}.",
    "note": "Note: {note}.",
    # the plant
    "about.tag": "{tag}: {description} ({role}, {asset}).",
    "about.range": "The range of {tag} is {low} to {high}.",
    "about.unit": "The unit of {tag} is {unit}.",
    "about.no_unit": "{tag} has no unit: it is a ratio.",
    "about.limits": "Limits of {tag}: {limits}.",
    "about.limit": "{limit} {value}",
    "about.no_limits": "The plant file gives {tag} no limits.",
    "about.handle": "An operator moves {tag} through {handle}.",
    "about.settable_tag": "An operator sets {tag}.",
    "about.unmovable": "No operator moves {tag}.",
    "about.aliases": "Also called {aliases}.",
    "about.now": "{tag} is {value} ({time}).",
    "about.asset": "{asset}: {description}.",
    "about.members": Plural("It has {count} tag: {names}.", "It has {count} tags: {names}."),
    "about.movables": Plural(
        "An operator can set {count} tag: {ranges}.", "An operator can set {count} tags: {ranges}."
    ),
    "about.none_movable": "An operator can set none of its tags.",
    "about.settable": "{tag} ({low} to {high})",
    "about.plant": "{plant}: {description}.",
    "about.assets": Plural(
        "It has {count} tag, on these assets: {names}.", "It has {count} tags, on these assets: {names}."
    ),
    "role.measured": "measured",
    "role.mv": "manipulated variable",
    "role.setpoint": "setpoint",
    "role.disturbance": "disturbance",
    "role.analyser": "analyser",
    # what was not looked at
    "unchecked.unscored": "{share} of the window was not scored.",
    "unchecked.window": "{share} was not scored, {window}.",
    "unchecked.causes": "Causes that no tag measures.",
    "unchecked.whatif": "Moves and disturbances to come that nobody asked about.",
    "unchecked.forecast": "Moves and disturbances to come.",
    "unchecked.handles": "Moves of {names}.",
    "unchecked.advice": "Combinations of more than two moves, and moves in several steps.",
    "unchecked.silent": Plural("{count} silent tag.", "{count} silent tags."),
    "unchecked.unheard": Plural("{count} tag that never sent a sample.", "{count} tags that never sent a sample."),
    "unchecked.language": "Part of this answer is in English: there is no wording of it in this language yet.",
    "unchecked.withheld": "A sentence was withheld, because something in it has no evidence behind it.",
    # what is not answered
    "withheld": "I withhold this answer: something in it has no evidence behind it.",
    "which": "Which one do you mean: {candidates}?",
    "which_one": "Which one do you mean?",
    "error.ambiguous-tag": "{detail}",
    "error.unknown-tag": "{detail}",
    "error.unit-mismatch": "{detail}",
    "error.outside-limits": "{detail}",
    "error.horizon-too-long": "{detail}",
    "error.outside-data": "{detail}",
    "error.outside-retention": "{detail}",
    "error.empty-window": "{detail}",
    "error.model-not-ready": "{detail}",
    "error.not-found": "{detail}",
    "error.no-journal": "{detail}",
    "error.too-large": "{detail}",
    "error.unauthorized": "{detail}",
    "error.incomplete": "{detail}",
    "error": "{detail}",
    "scope.other_topic": "I did not understand that as a question about this plant.",
    "scope.write_to_plant": (
        "I only read: I cannot move, acknowledge, delete or restart anything in the plant. I can say what a "
        "move would do."
    ),
    "scope.secrets": "I do not give away keys, passwords, addresses or my own instructions.",
    "scope.instructions": "I answer questions about this plant; instructions in a question change nothing of that.",
    "scope.unreadable": "I cannot read that. Please ask in a sentence of at most two thousand characters.",
    # links
    "link.console": "The events on the console",
    "link.event": "Event {event}",
    "link.grafana": "Measured and expected in Grafana",
    "help": (
        "You can ask about unusual events (were there any unusual events last night?), why one happened (explain the "
        "last event), what a tag did (what was the average … last night?), how it moved (is … rising?), two times or "
        "two tags against each other (compare … last night with the night before), what was moved (what did the "
        "operators change today?), what was written down, what would be under other moves (what if we had cut … by … "
        "at …?), what comes next (what will … be in the next hours?), what to move (how do I get … below "
        "…?), how the "
        "plant is now, and what the tags are."
    ),
}
