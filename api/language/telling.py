"""One plan carried out and told, without a question before it: reports and other documents."""

from datetime import timedelta

from api.language.grounding import Verifier
from api.language.run import Limits, run
from api.language.wording.answers import closed
from api.language.wording.say import word
from twin.answer import Answer
from twin.protocols import Twin
from twin.query import Plan


def told(plan: Plan, twin: Twin, max_horizon: timedelta, language: str = "en") -> Answer:
    """What the plan comes to, in words, checked against its evidence; raises ForetellError as its operations do."""
    findings = run(plan, twin, Limits(max_horizon), (), lambda _: None)
    return closed([word(findings, language)], Verifier(twin.plant), language)
