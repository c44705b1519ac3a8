"""Drafts closed into answers, of which the evidence backs everything; and what is said where there is no plan."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from api.language.reading.missing import Incomplete
from api.language.run.steps import numbered
from api.language.wording.catalog import entry, forms
from api.language.wording.facts import Draft
from api.language.wording.shown import opened
from twin.answer import Answer, Claim, Evidence, Fact, Grounding, Outcome, Status, TimeWindow
from twin.errors import (
    AmbiguousTag,
    EmptyWindow,
    ForetellError,
    InvalidInput,
    ModelNotReady,
    NoJournal,
    OutsideRetention,
    Unauthorized,
    UnknownTag,
)
from twin.plant import Plant
from twin.query import OutOfScopePlan

REFUSED = ("write_to_plant", "secrets", "instructions")
"""Reasons that are refusals; the others are not understood."""


class Checked(Protocol):
    """A text as it may leave, and what was found in it."""

    @property
    def text(self) -> str:
        """The text, repaired where that could be done."""
        ...

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the text states."""
        ...

    @property
    def ok(self) -> bool:
        """Whether the text may leave."""
        ...


class Checker(Protocol):
    """Matches what a text states against the evidence."""

    def check(
        self, text: str, evidence: Sequence[Evidence], *, language: str = "en", window: TimeWindow | None = None
    ) -> Checked:
        """The text, with what does not match repaired or withheld."""
        ...


def closed(drafts: Sequence[Draft], verifier: Checker, language: str) -> Answer:
    """The drafts of one question as one answer, in their order, without sentences that the evidence does not back.

    A draft whose first sentence is withheld is withheld as a whole. It is answered when any of its parts is. What
    two parts say alike is said once.
    """
    said: set[str] = set()
    parts = [_Part(draft, verifier, language, said) for draft in drafts]
    claims = tuple(claim for part in parts for claim in part.claims)
    lost = tuple(claim.said for claim in claims if claim.outcome is Outcome.WITHHELD)
    kept = [part.status for part in parts]
    return Answer(
        text="\n\n".join(dict.fromkeys(part.text for part in parts)),
        status=Status.ANSWERED if Status.ANSWERED in kept else kept[0],
        evidence=_evidence(drafts),
        series=tuple(line for draft in drafts for line in draft.series),
        window=next((draft.window for draft in drafts if draft.window), None),
        tools=tuple(call for draft in drafts for call in draft.tools),
        grounding=Grounding(checked=len(claims), unmatched=lost, claims=_referring(parts)),
        candidates=tuple(candidate for draft in drafts for candidate in draft.candidates),
        result=_results(drafts) or None,
        model_version=next((draft.model_version for draft in drafts if draft.model_version), None),
        plans=tuple(plan for draft in drafts for plan in draft.plans),
        language=language,
        links=tuple(dict.fromkeys(link for draft in drafts for link in draft.links)),
        unchecked=tuple(dict.fromkeys(said for part in parts for said in part.unchecked)),
    )


class _Part:
    """One draft, checked; `told` are lines that the parts before it have said."""

    def __init__(self, draft: Draft, verifier: Checker, language: str, told: set[str]) -> None:
        self.draft = draft
        said = [line for line in draft.sentences if line not in told]
        told.update(line for line in said if line.startswith("\n"))
        checks = [verifier.check(line, draft.evidence, language=language, window=draft.window) for line in said]
        self.claims = tuple(claim for check in checks for claim in check.claims)
        lead = bool(checks) and checks[0].ok
        self.status = draft.status if lead else Status.REFUSED
        kept = [line for line, check in zip(said, checks, strict=True) if check.ok]
        space = forms(language).space
        self.text = space.join(kept).replace(f"{space}\n", "\n") if lead else _phrase("withheld", language)
        left = [(line, verifier.check(line, draft.evidence, language=language)) for line in draft.unchecked]
        self.unchecked = [line for line, check in left if check.ok]
        if len(kept) < len(said):
            self.unchecked.append(_phrase("unchecked.withheld", language))


def declined(plan: OutOfScopePlan, language: str, plant: Plant) -> Answer:
    """Why this is not a question for the twin, and what can be asked."""
    text = _phrase(f"scope.{plan.reason}", language)
    if plan.reason == "other_topic":
        text = f"{text}{forms(language).space}{_phrase('help', language)}"
    return Answer(
        text=text,
        status=Status.REFUSED if plan.reason in REFUSED else Status.NOT_UNDERSTOOD,
        evidence=(_quote(text, plant.name),),
        plans=(plan,),
        language=language,
    )


def asked_back(error: ForetellError, language: str) -> Answer:
    """What is not clear, and what can be chosen."""
    return from_error(error, language)


def from_error(error: ForetellError, language: str = "en") -> Answer:
    """What went wrong as an answer: asked back where a person can choose, refused with the reason otherwise.

    The reason itself is the error's own English; the sentence before it is in the language.
    """
    status = _status(error)
    detail = opened(error.detail)
    detail += "" if error.detail.endswith((".", "?", "!")) else "."
    text = _phrase(_error_key(error, language), language, detail=detail)
    if status is Status.ASK_BACK and error.candidates:
        unsaid = [
            name for name in error.candidates if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", error.detail)
        ]
        key = "which" if unsaid else "which_one"
        text += forms(language).space + _phrase(key, language, candidates=", ".join(unsaid))
    told = [_quote(detail, "reading"), *(_quote(candidate, "reading") for candidate in error.candidates)]
    return Answer(text=text, status=status, candidates=error.candidates, evidence=tuple(told), language=language)


def _status(error: ForetellError) -> Status:
    chosen = isinstance(error, AmbiguousTag | Incomplete) or (isinstance(error, UnknownTag) and error.candidates)
    if chosen or (type(error) is InvalidInput and error.candidates):
        return Status.ASK_BACK
    if isinstance(error, OutsideRetention):
        return Status.OUTSIDE_RETENTION
    if isinstance(error, EmptyWindow | ModelNotReady | NoJournal):
        return Status.NO_DATA
    return Status.NO_PERMISSION if isinstance(error, Unauthorized) else Status.REFUSED


def _error_key(error: ForetellError, language: str) -> str:
    key = "error.incomplete" if isinstance(error, Incomplete) else f"error.{error.slug}"
    return key if _known(key) else "error"


def _known(key: str) -> bool:
    try:
        entry("en", key)
    except KeyError:
        return False
    return True


def _phrase(key: str, language: str, **slots: str) -> str:
    """A sentence of the catalog that holds no facts."""
    item, _ = entry(language, key)
    return str(item).format(**slots)


def _quote(text: str, source: str) -> Evidence:
    return Evidence(name="reason", value=text, source=source, kind=Fact.QUOTE, id="")


def _evidence(drafts: Sequence[Draft]) -> tuple[Evidence, ...]:
    """All evidence, numbered through."""
    everything = [item for draft in drafts for item in draft.evidence]
    return tuple(item.model_copy(update={"id": f"e{number}"}) for number, item in enumerate(everything, 1))


def _referring(parts: Sequence[_Part]) -> tuple[Claim, ...]:
    """The claims of all parts; what they refer to is numbered through."""
    told: list[Claim] = []
    before = 0
    for part in parts:
        told += [claim.model_copy(update={"evidence": _shifted(claim.evidence, before)}) for claim in part.claims]
        before += len(part.draft.evidence)
    return tuple(told)


def _shifted(identity: str | None, by: int) -> str | None:
    """The id of evidence that is numbered through; what a claim stands on besides (the plant file) stays."""
    number = (identity or "").removeprefix("e")
    return f"e{int(number) + by}" if number.isdigit() else identity


def _results(drafts: Sequence[Draft]) -> dict[str, Any]:
    """The operations' results by name; a second one of a name has its number behind it."""
    told: dict[str, Any] = {}
    for draft in drafts:
        for name, result in draft.result.items():
            told[numbered(name, told)] = result
    return told
