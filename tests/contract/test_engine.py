"""What every engine promises, asked of the phrase book, of the Argos engine with the bundled model, of the same model
behind the API of LibreTranslate (a real one where TORNAVOZ_LIBRETRANSLATE_PYTHON names it), and of two in a row."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.errors import (
    BatchFailed,
    EngineRefused,
    EngineUnavailable,
    ModelDamaged,
    ModelMissing,
    Retry,
    TargetForbidden,
)
from pipeline.remote import Remote
from pipeline.translation import models
from pipeline.translation.argos import ArgosEngine, batched
from pipeline.translation.engine import Engine
from pipeline.translation.libretranslate import LibreTranslateEngine
from pipeline.translation.pivot import PivotEngine
from tests.fakes import PhraseBook
from tests.servers import libretranslate, small

NOUNS = ("The mayor", "A judge", "Two farmers", "The old port", "Every witness", "The health ministry")
ENDS = (
    "opened the new road.",
    "did not answer our questions on Monday.",
    "lost 12 percent of its income after the flood, according to a report.",
    "asked the court to publish the list of names, although nobody had seen it since the long strike of 1998.",
    "was wrong.",
)
SENTENCES = [f"{noun} {end}" for noun in NOUNS for end in ENDS]


@pytest.fixture(scope="session")
def starter(
    install_starter: Callable[[Path], models.Installed], tmp_path_factory: pytest.TempPathFactory
) -> models.Installed:
    return install_starter(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def server(starter: models.Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with libretranslate(starter, tmp_path_factory.mktemp("server")) as url:
        yield url


def remote(url: str, target: str = "es", api_key: str = "") -> Engine:
    return Remote(url, name="starter", api_key=api_key, allow_private=frozenset({"127.0.0.1"}))("en", target)


@pytest.fixture(
    params=[
        "phrasebook",
        pytest.param("argos", marks=pytest.mark.model),
        pytest.param("libretranslate", marks=pytest.mark.model),
        "pivot of phrase books",
        pytest.param("pivot with argos", marks=pytest.mark.model),
        pytest.param("pivot with libretranslate", marks=pytest.mark.model),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "libretranslate":
        return remote(request.getfixturevalue("server"))
    if request.param == "pivot of phrase books":
        there = {sentence: f"Phrase {place}: {sentence[::-1]}" for place, sentence in enumerate(SENTENCES)}
        on = {french: f"Frase: {french[8:]}" for french in there.values()}
        return PivotEngine(PhraseBook(there, target="fr"), PhraseBook(on, source="fr"))
    if request.param.startswith("pivot"):  # the first leg repeats what it is given; the bundled model is the second
        name = request.param.removeprefix("pivot with ")
        last = (
            remote(request.getfixturevalue("server"))
            if name == "libretranslate"
            else ArgosEngine(request.getfixturevalue("starter"), inter_threads=2)
        )
        return PivotEngine(PhraseBook(mark="", target="en"), last)
    if request.param == "phrasebook":
        return PhraseBook({sentence: f"Frase {place}: {sentence[::-1]}" for place, sentence in enumerate(SENTENCES)})
    return ArgosEngine(request.getfixturevalue("starter"), inter_threads=2)


def test_order_is_kept(engine: Engine) -> None:
    forth = engine.translate(SENTENCES)
    back = engine.translate(SENTENCES[::-1])
    assert len(forth) == len(SENTENCES)
    assert forth == back[::-1]
    assert len({answer.text for answer in forth}) > len(SENTENCES) // 2


def test_equal_sentences_get_equal_answers(engine: Engine) -> None:
    one, other, again = engine.translate([SENTENCES[0], SENTENCES[7], SENTENCES[0]])
    assert one == again
    assert one != other


def test_nothing_in_nothing_out(engine: Engine) -> None:
    assert engine.translate([]) == []


def test_progress_never_falls_and_ends_at_the_number_of_sentences(engine: Engine) -> None:
    told: list[int] = []
    engine.translate([*SENTENCES, SENTENCES[3]], on_batch=told.append)
    assert told == sorted(told)
    assert told[-1] == len(SENTENCES) + 1


def test_neighbours_change_neither_text_nor_score(engine: Engine) -> None:
    alone = {sentence: engine.translate([sentence])[0] for sentence in SENTENCES}
    pool = list(SENTENCES)
    random.Random(4).shuffle(pool)  # noqa: S311  a seeded order, no secret
    together = dict(zip(pool, engine.translate(pool), strict=True))
    assert {each: (one.text, one.score) for each, one in alone.items()} == {
        each: (one.text, one.score) for each, one in together.items()
    }


def test_asking_for_attention_changes_neither_text_nor_score(engine: Engine) -> None:
    without = engine.translate(SENTENCES)
    with_it = engine.translate(SENTENCES, attention=True)
    assert [(one.text, one.score, one.pieces) for one in without] == [
        (one.text, one.score, one.pieces) for one in with_it
    ]


def test_attention_has_a_row_per_target_piece_and_a_column_per_source_piece(engine: Engine) -> None:
    """Or there is none at all: an engine behind the API of another program has none to show, nor have two in a row."""
    answers = engine.translate(SENTENCES, attention=True)
    if isinstance(engine, LibreTranslateEngine | PivotEngine):
        assert all(answer.attention is None for answer in answers)
        return
    for answer in answers:
        assert answer.attention is not None
        assert answer.pieces
        assert answer.source_pieces
        assert len(answer.attention) == len(answer.pieces)
        assert {len(row) for row in answer.attention} == {len(answer.source_pieces)}
        assert all(weight >= 0 for row in answer.attention for weight in row)


def test_a_score_is_a_mean_of_log_probabilities_or_there_is_none(engine: Engine) -> None:
    scores = [answer.score for answer in engine.translate(SENTENCES)]
    if "libretranslate" in engine.identity.engine:
        assert scores == [None] * len(SENTENCES)
    else:
        assert all(score is not None and score < 0 for score in scores)


@pytest.mark.model
def test_the_score_is_the_decoders_with_its_length_penalty_undone(starter: models.Installed) -> None:
    """Beside what CTranslate2 gives each piece when it scores the finished answer, with or without its end."""
    import ctranslate2

    translator = ctranslate2.Translator(str(starter.path / "model"), inter_threads=1, intra_threads=1)
    for answer in ArgosEngine(starter, inter_threads=1).translate(SENTENCES[:6]):
        [scored] = translator.score_batch([list(answer.source_pieces)], [list(answer.pieces)])
        means = [sum(some) / len(answer.pieces) for some in (scored.log_probs, scored.log_probs[:-1])]
        assert answer.score is not None
        assert min(abs(answer.score - mean) for mean in means) < 0.02 * abs(answer.score) + 0.005


def test_no_attention_unless_asked(engine: Engine) -> None:
    assert engine.translate(SENTENCES[:1])[0].attention is None


def test_identity_is_stable(engine: Engine) -> None:
    before = engine.identity
    engine.translate(SENTENCES[:2])
    assert engine.identity == before
    assert engine.identity.key == before.key
    assert (engine.source, engine.target) == ("en", "es")


@pytest.mark.model
def test_a_server_says_what_the_same_model_says_here(server: str, starter: models.Installed) -> None:
    here = ArgosEngine(starter, inter_threads=1).translate(SENTENCES)
    there = remote(server).translate(SENTENCES)
    # LibreTranslate mends the first letter's case and the last sign; the words are the model's
    assert [_words(one.text) for one in there] == [_words(one.text) for one in here]


def _words(text: str) -> str:
    return text.strip(" .?!").lower()


@pytest.mark.model
def test_the_provenance_of_a_server_names_it_and_its_models(server: str) -> None:
    identity = remote(server).identity
    assert (identity.engine, identity.model) == ("libretranslate", "starter en-es")
    assert identity.engine_version.startswith("libretranslate 1.")
    assert "key" not in repr(identity)


@pytest.mark.model
def test_a_pair_that_the_server_lacks_waits_for_the_operator(server: str) -> None:
    with pytest.raises(ModelMissing, match="Install en-xx on that server"):
        remote(server, "xx").translate(["The road is open."])


@pytest.mark.model
def test_a_wrong_key_waits_for_the_operator_and_the_right_one_is_sent(starter: models.Installed) -> None:
    with small(starter, api_key="right") as url:
        with pytest.raises(EngineRefused, match="TORNAVOZ_LIBRETRANSLATE_KEY"):
            remote(url, api_key="wrong").translate(["The road is open."])
        assert remote(url, api_key="right").translate(["The road is open."])[0].text


def test_a_server_that_is_away_is_tried_again_later() -> None:
    engine = remote("http://127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="does not answer"):
        engine.translate(["The road is open."])
    assert EngineUnavailable.retry is Retry.LATER


def test_a_server_in_a_private_range_is_not_contacted_unless_it_is_listed() -> None:
    guarded = Remote("http://127.0.0.1:9", name="x", api_key="", allow_private=frozenset())("en", "es")
    with pytest.raises(TargetForbidden, match=r"list its host in \[network\] allow_private"):
        guarded.translate(["The road is open."])


class Scripted:
    """A wire that gives one answer."""

    def __init__(self, status: int, body: object) -> None:
        self._answer = status, body if isinstance(body, bytes) else json.dumps(body).encode()
        self.sent: list[dict[str, object]] = []

    def get(self, path: str) -> tuple[int, bytes]:
        return self._answer

    def post(self, path: str, content: bytes) -> tuple[int, bytes]:
        self.sent.append(json.loads(content))
        return self._answer


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, {"error": "Cannot translate text: boom"}, BatchFailed),
        (400, {"error": "Invalid request: request exceeds text limit"}, BatchFailed),
        (503, b"", EngineUnavailable),
        (429, {"error": "Slowdown"}, EngineUnavailable),
        (403, {"error": "Please contact the server operator"}, EngineRefused),
        (200, b"<html>hello</html>", BatchFailed),
        (200, {"translatedText": ["one too", "many"]}, BatchFailed),
        (200, {"translatedText": [3]}, BatchFailed),
    ],
)
def test_what_a_server_answers_is_told_apart(status: int, body: object, error: type[Exception]) -> None:
    engine = LibreTranslateEngine(Scripted(status, body), source="en", target="es", name="x")
    with pytest.raises(error):
        engine.translate(["The road is open."])


def test_requests_are_bounded_and_hold_each_sentence_once() -> None:
    class Echo(Scripted):
        def post(self, path: str, content: bytes) -> tuple[int, bytes]:
            super().post(path, content)
            return 200, json.dumps({"translatedText": self.sent[-1]["q"]}).encode()

    wire = Echo(200, {})
    engine = LibreTranslateEngine(wire, source="en", target="es", name="x")
    given = [f"{'word ' * 60}{number}." for number in range(90)]
    answers = engine.translate([*given, given[0], ""])
    assert [answer.text for answer in answers] == [*given, given[0], ""]
    asked: list[list[str]] = [sent["q"] for sent in wire.sent]  # type: ignore[misc]
    assert sum(map(len, asked)) == 90
    assert all(len(batch) <= 50 and sum(map(len, batch)) <= 4000 for batch in asked)


@pytest.mark.model
def test_settings_that_change_answers_change_the_identity(starter: models.Installed) -> None:
    exact = ArgosEngine(starter, inter_threads=1)
    assert exact.identity == ArgosEngine(starter, inter_threads=2, batch_tokens=64).identity
    assert exact.identity.key != ArgosEngine(starter, inter_threads=1, mode="fast").identity.key


@pytest.mark.model
def test_batch_size_and_threads_change_neither_text_nor_score(starter: models.Installed) -> None:
    wide = ArgosEngine(starter, inter_threads=1, batch_tokens=2048).translate(SENTENCES)
    narrow = ArgosEngine(starter, inter_threads=2, batch_tokens=32).translate(SENTENCES)
    assert wide == narrow


@pytest.mark.model
def test_fast_mode_answers_every_sentence(starter: models.Installed) -> None:
    answers = ArgosEngine(starter, inter_threads=2, mode="fast").translate(SENTENCES)
    assert len(answers) == len(SENTENCES)
    assert all(answer.text for answer in answers)


@pytest.mark.model
def test_an_underscore_of_the_source_is_not_turned_into_a_blank(starter: models.Installed) -> None:
    (answer,) = ArgosEngine(starter, inter_threads=1).translate(["_"])
    assert " " not in answer.text.strip() or "_" in answer.text


@pytest.mark.model
def test_a_changed_file_is_noticed_before_it_is_loaded(
    install_starter: Callable[[Path], models.Installed], tmp_path: Path
) -> None:
    folder = install_starter(tmp_path)
    with (folder.path / "model" / "model.bin").open("r+b") as file:
        file.seek(100_000)
        file.write(b"\0\0\0\0")
    with pytest.raises(ModelDamaged, match=r"model\.bin has changed"):
        ArgosEngine(folder, inter_threads=1).translate(["The road is open."])


@pytest.mark.model
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_model_loaded_before_a_fork_refuses_instead_of_hanging(starter: models.Installed) -> None:
    engine = ArgosEngine(starter, inter_threads=1)
    engine.translate(["The road is open."])
    child = os.fork()
    if child == 0:
        try:
            engine.translate(["The road is open."])
        except EngineUnavailable:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_exact_batches_never_mix_lengths_and_never_outgrow_the_bound() -> None:
    lengths = {f"s{place}": 3 + place * 7 % 11 for place in range(60)} | {"huge": 90}
    batches = batched(lengths, "exact", 40)
    assert sorted(each for batch in batches for each in batch) == sorted(lengths)
    for batch in batches:
        assert len({lengths[each] for each in batch}) == 1
        assert len(batch) == 1 or sum(lengths[each] for each in batch) <= 40


def test_fast_batches_count_their_padding() -> None:
    lengths = {f"s{place}": 3 + place * 7 % 11 for place in range(60)}
    batches = batched(lengths, "fast", 40)
    assert sorted(each for batch in batches for each in batch) == sorted(lengths)
    assert all(len(batch) * max(lengths[each] for each in batch) <= 40 for batch in batches)
    assert len(batches) < len(batched(lengths, "exact", 40))
