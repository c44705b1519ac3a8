"""Findings in words: sentences of the catalog, every number and name of them put down as evidence."""

from api.language.run.findings import (
    Advised,
    Compared,
    Described,
    EventsSeen,
    Explained,
    Findings,
    Foreseen,
    Imagined,
    Moved,
    NothingToUndo,
    Recorded,
    Standing,
    Told,
    Trended,
    Unexplained,
)
from api.language.wording.facts import Draft, Id
from api.language.wording.say.advice import say_advice
from api.language.wording.say.compared import say_compared
from api.language.wording.say.events import say_events, say_moves
from api.language.wording.say.explained import say_explanation, say_no_explanation
from api.language.wording.say.forecast import say_forecast
from api.language.wording.say.plant import say_plant, say_scope
from api.language.wording.say.records import say_records
from api.language.wording.say.standing import say_standing
from api.language.wording.say.tags import say_tags
from api.language.wording.say.trends import say_trends
from api.language.wording.say.whatif import say_nothing_to_undo, say_what_if

__all__ = ["word"]


def word(findings: Findings, language: str) -> Draft:
    """The answer in the making: what the findings say, in that language."""
    draft = Draft(
        findings.plant,
        _source(findings),
        language,
        status=findings.status,
        series=findings.series,
        tools=findings.tools,
        result=dict(findings.raw),
        model_version=findings.model_version,
        plans=(findings.plan,),
    )
    _say(draft, findings)
    draft.notes(findings.plan.notes)
    if findings.model_version is not None:
        draft.line("model", version=Id(findings.model_version, "model version"))
    if draft.untranslated:
        draft.left_out("unchecked.language")
    return draft


def _source(findings: Findings) -> str:
    if not findings.tools:
        return "plant file"
    last = findings.tools[-1]
    identity = last.arguments.get("event_id")
    return f"{last.name} {identity}" if identity else last.name


def _say(draft: Draft, findings: Findings) -> None:  # noqa: C901 - one case a kind of result
    match findings.result:
        case EventsSeen() as seen:
            say_events(draft, findings, seen)
        case Explained() as known:
            say_explanation(draft, known.explanation)
        case Unexplained() as known:
            say_no_explanation(draft, findings, known)
        case Described() as described:
            say_tags(draft, findings, described)
        case Trended() as trended:
            say_trends(draft, trended)
        case Compared() as compared:
            say_compared(draft, compared.outcome)
        case Moved() as moved:
            say_moves(draft, findings, moved)
        case Recorded() as recorded:
            say_records(draft, recorded.found)
        case Imagined() as imagined:
            say_what_if(draft, findings, imagined)
        case NothingToUndo() as nothing:
            say_nothing_to_undo(draft, findings, nothing)
        case Foreseen() as foreseen:
            say_forecast(draft, findings, foreseen)
        case Advised() as advised:
            say_advice(draft, findings, advised.advice)
        case Standing() as standing:
            say_standing(draft, findings, standing)
        case Told() as told:
            say_plant(draft, findings, told)
        case None:
            say_scope(draft, findings.plan)
