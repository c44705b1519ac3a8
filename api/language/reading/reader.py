"""Reads a question: what is said in each of its clauses, for every engine the same."""

import re
from dataclasses import replace

from api.language.asking import Asking, Clause, Memory
from api.language.engines.rules import scores_of
from api.language.reading.anchors import TwinAnchors
from api.language.reading.chatter import SURE, asked, shared
from api.language.reading.clausereader import ClauseReader, scenario_of
from api.language.reading.clauses import split
from api.language.reading.followups import completed
from api.language.reading.guard import guarded
from api.language.reading.lexicon.languages import language_of, to_english
from api.language.reading.masking import masked
from api.language.reading.numerals import Language
from api.language.reading.refusals import reason
from api.language.reading.shorthand import plain, shorthand_of
from api.language.reading.vocabulary import Vocabulary
from api.language.slots import Slots
from twin.calendar import PlantCalendar
from twin.errors import TooLarge
from twin.protocols import Twin

ANEW = re.compile(r"^\W*(?:and|what about|how about|also|same|likewise)\b", re.IGNORECASE)
"""Begins another question rather than what was left out of the last one."""
SENTENCES = re.compile(r"(?<=[?？!！。])(?=[^\s?？!！。])")
SHORT = 8
"""Words of a reply to what was asked back, at most."""
LEAST = 12
"""Letters of a reply that is a number with its unit, at most."""
MOST = 8
"""Questions that are read out of one."""


def asking(question: str, twin: Twin, vocabulary: Vocabulary, calendar: PlantCalendar, memory: Memory) -> Asking:
    """The question with its clauses read; raises TooLarge for more than `MOST` of them.

    A reply to what was asked back stands for that question with the reply in it.
    """
    gate = guarded(question)
    continued = gate.reason == "unreadable" and memory.intent and any(letter.isdigit() for letter in gate.text)
    if gate.reason is not None and not (continued and len(gate.text) <= LEAST):
        clause = Clause(gate.text, gate.text, gate.text, Slots(reason=gate.reason))
        return Asking(question, memory.language or "en", (clause,), vocabulary, calendar, memory)
    reader = _Reader(twin, vocabulary, calendar, memory)
    text = reader.completed(gate.text)
    language = reader.language(gate.text)
    return Asking(question, language, reader.clauses(text, language), vocabulary, calendar, reader.memory)


def _asked_about(clause: Clause, before: Memory, after: Memory) -> Memory:
    """What a clause behind this one may lean on, the kind of question where it surely asks one."""
    scores = scores_of(clause, before)
    best = max(scores, key=lambda intent: scores[intent]) if scores else ""
    sure = best not in {"", "help", "out_of_scope"} and scores[best] >= SURE
    return replace(after, intent=scenario_of(clause) or (best if sure else after.intent))


class _Reader:
    def __init__(self, twin: Twin, vocabulary: Vocabulary, calendar: PlantCalendar, memory: Memory) -> None:
        self.vocabulary = vocabulary
        self.memory = memory
        self._clause = ClauseReader(vocabulary, calendar, TwinAnchors(twin, vocabulary))

    def language(self, text: str) -> Language:
        """The question's language; a reply of a word or two is in that of the session."""
        found = language_of(text)
        known: dict[str, Language] = {"de": "de", "es": "es", "zh": "zh"}
        return (
            known[self.memory.language]
            if found == "en" and len(text.split()) < 2 and self.memory.language in known
            else found
        )

    def completed(self, text: str) -> str:
        """The question that was asked back with this reply in it; else the text, and nothing is pending any more."""
        pending = self.memory.pending
        if pending is None:
            return text
        full = completed(pending, text, self.vocabulary)
        short = len(text.split()) <= SHORT and not ANEW.match(text)
        if full is None and not pending.candidates and short and self._bears(text):
            full = f"{pending.question.rstrip(' ?.!')} {text}"
        self.memory = replace(self.memory, pending=None)
        return full or text

    def clauses(self, text: str, language: Language) -> tuple[Clause, ...]:
        """The clauses, each read in the light of those before it."""
        english = plain(self._english(text, language))
        if language == "en":
            english = shorthand_of(self.vocabulary.plant).written_out(english)
        refused = reason(english, moves=True, known=True)
        if refused is not None:
            return (Clause(text, english, masked(english, ()), Slots(reason=refused)),)
        parts = split(english, self._bears)
        if len(parts) > MOST:
            raise TooLarge(
                f"{len(parts)} questions at once, at most {MOST} are read: ask them one after the other",
                field="question",
                value=len(parts),
                limit=MOST,
            )
        said = (text,) if len(parts) == 1 else parts
        context = self.memory
        found: list[Clause] = []
        for part, own in zip(parts, said, strict=True):
            clause = self._clause.read(part, own if language != "en" else part, language, context)
            found.append(clause)
            context = _asked_about(clause, context, self._clause.after(clause, context))
        return shared(asked(found))

    def _english(self, text: str, language: Language) -> str:
        """In the English of the rules; Chinese sentence by sentence, as it has no blanks between them."""
        if language == "en":
            return text
        parts = SENTENCES.split(text) if language == "zh" else [text]
        return " ".join(to_english(part, language, self.vocabulary) for part in parts if part.strip())

    def _bears(self, text: str) -> bool:
        """Whether a stretch holds a name, a time or a number."""
        return any(letter.isdigit() for letter in text) or self._clause.names_something(text)
