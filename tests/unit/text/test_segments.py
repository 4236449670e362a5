"""Rules of cutting text into sentences and putting sentences back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.segments import rebuild, segments_of, split
from pipeline.types import Block, BlockKind, Match, Origin, Segment, Span, Story


def sentences(text: str) -> list[str]:
    return [sentence for sentence, _ in split(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["The mayor resigned.", "Nobody asked why."],
        ["Gen. D. N. J. Brown and Lt. Col. M. Ruiz of St. Louis met.", "They left."],
        ["It fell on Sept. 3 in No. 4 Main Street.", "Nobody saw it."],
        ["“They came at night.”", "She said so twice."],
        ["“Why now?” she asked.", "He had no answer."],
        ["Prosecutors praised the U.S. Congress in Jan. 2016.", "Then they left."],
        ["It cost $5.5 million, or 3.2 percent.", "Few could pay."],
        ["The judge, María D. Lopez, agreed.", "The case goes on."],
        ["Arrested in the U.S.", "The case goes on."],
        ["They left (see below.)", "The rest stayed."],
        ["He spoke to Sen. Ana Paz.", "Dr. Ruiz was there."],
    ],
    ids=lambda parts: parts[0][:24],
)
def test_sentences_end_where_a_reader_says(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


@pytest.mark.parametrize("text", ["They left (so they said.) ) Next came rain.", 'She said "No." " Then rain.'])
def test_no_sentence_begins_with_a_closing_mark(text: str) -> None:
    assert all(sentence[0] not in "”’»)]" for sentence in sentences(text))


def test_small_letter_never_begins_a_sentence() -> None:
    assert sentences("He asked e.g. this. and then left.") == ["He asked e.g. this. and then left."]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Mr. Paz", "J. R.", "left.", "He", "”", '"', ")", "(", " ", "  ", "?", "; ", ", ", "3", "the"])
    ).map("".join)
)
def test_sentences_and_gaps_are_the_text(text: str) -> None:
    pieces = split(text)
    assert "".join(sentence + gap for sentence, gap in pieces) == text
    assert all(not gap.strip() for _, gap in pieces)
    if text.strip():
        assert all(sentence.strip() for sentence, _ in pieces)


def test_overlong_sentence_is_cut_at_the_strongest_sign() -> None:
    clause = " ".join(["word"] * 60)
    pieces = sentences(f"One {clause}; {clause}, {clause}.")
    assert [piece[-1] for piece in pieces] == [";", ",", "."]
    assert all(len(piece.split()) <= 110 for piece in pieces)


def test_overlong_sentence_without_signs_stays_whole() -> None:
    assert len(sentences(" ".join(["word"] * 130) + ".")) == 1


def link(start: int, end: int) -> Span:
    return Span(tag="a", start=start, end=end, attributes=(("href", "https://a.example/"),))


STORY = Story(
    rung="payload",
    headline="Mayor Resigns. Why?",
    standfirst="He left. Nobody knows.",
    language="en",
    blocks=(
        Block(kind=BlockKind.PARAGRAPH, text="The mayor left. He is gone.", spans=(link(10, 18),)),
        Block(kind=BlockKind.VERBATIM, text="x = 1. y = 2."),
        Block(kind=BlockKind.BULLET, text="Gold", spans=(link(0, 4),)),
    ),
)


def test_places_count_blocks_and_sentences_and_pass_over_verbatim() -> None:
    assert [(s.place, s.text) for s in segments_of(STORY)] == [
        ("headline", "Mayor Resigns. Why?"),
        ("standfirst", "He left. Nobody knows."),
        ("b0.0", "The mayor left."),
        ("b0.1", "He is gone."),
        ("b2.0", "Gold"),
    ]


def test_span_over_a_sentence_end_is_in_both_sentences() -> None:
    first, second = (s for s in segments_of(STORY) if s.place.startswith("b0."))
    assert first.spans == (link(10, 15),)
    assert second.spans == (link(0, 2),)


def match(segment: Segment, target: str, spans: tuple[Span, ...]) -> Match:
    return Match(
        place=segment.place, source=segment.text, target=target, origin=Origin.MEMORY, spans=spans, gap=segment.gap
    )


def test_rebuild_joins_targets_and_moves_spans() -> None:
    first, second = (s for s in segments_of(STORY) if s.place.startswith("b0."))
    rebuilt = rebuild(
        STORY.blocks[0], [match(first, "El alcalde se fue.", (link(11, 17),)), match(second, "No está.", ())]
    )
    assert rebuilt == Block(kind=BlockKind.PARAGRAPH, text="El alcalde se fue. No está.", spans=(link(11, 17),))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["He left.", "Mr. Paz stayed.", "“Why?” she asked."]), min_size=1, max_size=5), st.data()
)
def test_rebuilding_from_the_source_itself_gives_the_text_back(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    block = Block(kind=BlockKind.PARAGRAPH, text=text, spans=(link(start, end),))
    story = Story(rung="payload", headline="H", language="en", blocks=(block,))
    segments = segments_of(story)[1:]
    rebuilt = rebuild(block, [match(segment, segment.text, segment.spans) for segment in segments])
    assert rebuilt.text == text
    linked = "".join(text[s.start : s.end] for s in rebuilt.spans)
    assert linked.replace(" ", "") == text[start:end].replace(" ", "")


def test_verbatim_block_comes_back_as_it_is() -> None:
    assert rebuild(STORY.blocks[1], []) is STORY.blocks[1]


def test_rebuild_refuses_parts_that_do_not_belong() -> None:
    segment = segments_of(STORY)[2]
    with pytest.raises(ValueError, match="no segments"):
        rebuild(STORY.blocks[1], [match(segment, "x", ())])
    with pytest.raises(ValueError, match="at least one part"):
        rebuild(STORY.blocks[0], [])


def test_the_splitter_is_loaded_only_when_first_needed() -> None:
    code = "import sys, pipeline.text.segments; sys.exit('nupunkt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
