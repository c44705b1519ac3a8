import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.language.reading.guard import LONGEST, guarded


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("how  is\tthe plant", "how is the plant"),
        ("pres\u200bsure\u202e now", "pressure now"),
        ("ｗｈａｔ ｉｓ １０ ％", "what is 10 %"),
        ("2\u00a0745 kPa", "2 745 kPa"),
        ("昨晚？", "昨晚?"),
        ("20 %", "20 %"),
        ("03:00", "03:00"),
        ("为", "为"),
    ],
)
def test_a_readable_question_is_made_plain(text, clean):
    assert guarded(text).text == clean
    assert guarded(text).reason is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?",
        "!!!???",
        "\x00\x01\x02ELF\x00",
        "PNG\ufffd\ufffd\ufffd data",
        "\u200b\u200b",
        "🙂🙂🙂",
        "a" * (LONGEST + 1),
        "█▓▒░" * 20 + "ab",
    ],
)
def test_what_nobody_can_read_is_said_to_be_so(text):
    assert guarded(text).reason == "unreadable"


def test_a_long_text_is_cut_at_the_limit():
    assert len(guarded("\ufdfa" * 50_000).text) <= LONGEST


@given(st.text(max_size=300))
@settings(deadline=None)
def test_nothing_that_is_typed_raises_and_cleaning_twice_changes_nothing(text):
    once = guarded(text)
    assert guarded(once.text).text == once.text
