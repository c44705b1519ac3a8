"""Takes the rules at their word; until the chooser is there."""

from collections.abc import Sequence

import numpy as np

from api.language.asking import Answerable, AskBack, Asking, Decision, Declined, Opinion
from api.language.followups import plans_of
from twin.errors import ForetellError
from twin.query import INTENTS, OutOfScopePlan


class Plain:
    """The intent with the highest summed score."""

    def choose(self, opinions: Sequence[Sequence[Opinion]], asking: Asking) -> Decision:
        """The plans of the likeliest intents."""
        totals = [sum(engine[place].log_p for engine in opinions) for place in range(len(asking.clauses))]
        try:
            plans, memory = plans_of([INTENTS[int(np.argmax(total))] for total in totals], asking)
        except ForetellError as error:
            return AskBack(error, asking.memory, 1.0)
        if len(plans) == 1 and isinstance(plans[0], OutOfScopePlan):
            return Declined(plans[0], 1.0)
        return Answerable(plans, 1.0, "rules", memory)
