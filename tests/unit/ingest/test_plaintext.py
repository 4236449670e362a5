"""Rules for reading the text of a page as a scraper saw it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.ingest.dateline import byline, date_line, dateline, names
from pipeline.types import BlockKind, Format, Level
from tests.unit.ingest.samples import DELTA, PARAGRAPHS, TITLE, codes, page, story

BODY = "\n\n".join(PARAGRAPHS)
DATED = f"{TITLE}\n\nPERU / 3 SEP 2019 BY ANA MCALLISTER\n\n{BODY}\n\n"


def test_scraped_page_yields_its_story_and_nothing_of_its_furniture() -> None:
    read = story(page("scraped.txt"))
    assert read.rung == "plaintext"
    assert read.headline == TITLE
    assert read.published == date(2019, 9, 3)
    assert read.section == "Brief"
    assert read.keywords == ("PERU",)
    kinds = [block.kind for block in read.blocks]
    assert kinds == [BlockKind.PARAGRAPH] * 4 + [BlockKind.HEADING] + [BlockKind.PARAGRAPH] * 2
    text = "\n".join(block.text for block in read.blocks)
    for furniture in (
        "SEE ALSO",
        "share icon",
        "page of use",
        "DONATE",
        "seizure",
        "FOUNDATION",
        "Home",
        TITLE,
        "encourage",
    ):
        assert furniture not in text
    assert "\u00a0" not in text
    assert text.endswith("harbour budget twice.")
    assert "(pdf)" in text


def test_rights_sentence_is_captured_to_the_letter_though_it_stands_after_the_body() -> None:
    read = story(page("scraped.txt"))
    assert read.rights_text is not None
    assert read.rights_text.startswith("We encourage readers to copy this text\u00a0for purposes")
    assert read.rights_text in page("scraped.txt").decode()


def test_doubled_word_is_reported_and_left_alone() -> None:
    read = story(page("scraped.txt"))
    (finding,) = [finding for finding in read.findings if finding.code == "doubled-word"]
    assert finding.level is Level.WARN
    assert "Rosa Rosa" in finding.reason
    assert "Rosa Rosa" in finding.reason_es
    assert any("Rosa Rosa Quispe" in block.text for block in read.blocks)


def test_registered_author_is_spelt_properly_and_a_shouted_stranger_is_kept() -> None:
    assert story(page("scraped.txt")).authors == ("Ana McAllister",)
    assert story(page("scraped.txt"), profile=replace(DELTA, authors={})).authors == ("ANA MCALLISTER",)
    assert story(page("scraped.txt"), author="A. McAllister").authors == ("A. McAllister",)


def test_date_of_a_teaser_never_dates_the_story() -> None:
    undated = page("scraped.txt").decode().replace("PERU / 3 SEP 2019 BY ANA MCALLISTER EN", "")
    read = story(undated)
    assert read.published is None
    assert "date-missing" in codes(read, Level.HOLD)
    late = f"{TITLE}\n\n{BODY}\n\nshare icon\n\nRelated Content\n\nHAITI / 9 NOV 2021 BY SOME ONE\n\nMore."
    assert story(late).published is None


def test_body_begins_after_the_title_when_the_envelope_dates_the_story() -> None:
    read = story(f"{TITLE}\n\n{BODY}", published=date(2020, 1, 2), author="Ana Mora")
    assert read.headline == TITLE
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS
    assert codes(read, Level.HOLD) == set()


def test_envelope_headline_wins_and_a_reworded_title_does_not_become_a_paragraph() -> None:
    given = "Harbour Town Swaps Its Patrol Boats for Night Schools"
    read = story(f"HomeNews\nBRIEF\n{TITLE}\n\n{BODY}", headline=given, published=date(2020, 1, 2))
    assert read.headline == given
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS


def test_text_without_its_title_loses_no_paragraph_when_the_envelope_has_the_headline() -> None:
    read = story(BODY, headline=TITLE, published=date(2020, 1, 2))
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS
    assert read.headline == TITLE


def test_bare_byline_date_and_wrapped_paragraphs_are_understood() -> None:
    read = story(page("plain.txt"))
    assert read.headline == "Bakers of Santa Rita Share One Oven"
    assert read.authors == ("Lena Ortiz", "Paul de Groot")
    assert read.published == date(2020, 2, 14)
    assert [block.text[-12:] for block in read.blocks] == ["arket opens.", "ut interest.", " the valley."]


def test_two_lines_of_a_head_are_not_taken_for_a_wrapped_paragraph() -> None:
    read = story(f"HomeNewsBrief{TITLE}\nBRIEF\n{TITLE}\nPERU / 3 SEP 2019 BY ANA MORA\n{BODY}")
    assert (read.headline, read.section, len(read.blocks)) == (TITLE, "Brief", 3)


@pytest.mark.parametrize("title", ["Boats Sold in the U.S.", "TOWN SELLS TWO PATROL BOATS", "Boats, Nets and Schools"])
def test_kicker_is_never_the_title(title: str) -> None:
    text = f"BRIEF\n\n{{}}\n\nPERU / 3 SEP 2019 BY ANA MORA\n\n{BODY}"
    assert story(text.format(title)).headline == title
    assert "title-missing" in codes(story(text.format("")), Level.HOLD)


def test_share_line_above_the_story_does_not_end_it() -> None:
    read = story(DATED.replace(PARAGRAPHS[0], f"share icon icon\n\n{PARAGRAPHS[0]}"))
    assert tuple(block.text for block in read.blocks) == PARAGRAPHS


def test_paragraph_that_begins_with_about_is_no_tail() -> None:
    about = "About forty people were in the hall when the mayor spoke, and most of them clapped."
    read = story(f"{DATED}{about}\n\nAbout Delta Monitor\n\nWe are a foundation of four people by the river.")
    assert read.blocks[-1].text == about


def test_much_text_behind_the_end_is_held_for_a_person_to_see() -> None:
    long = "The second half of the story goes on at length, and nobody should lose it without noticing. " * 3
    cut = story(f"{DATED}share icon icon\n\n{long}\n\n{long} Again.\n\nRelated Content\n\n{long}")
    assert "body-cut" in codes(cut, Level.HOLD)
    assert "body-cut" not in codes(story(f"{DATED}share icon icon\n\nRelated Content\n\n{long}\n\n{long}"))


def test_profile_names_more_furniture_and_more_ends() -> None:
    profile = replace(DELTA, furniture=("Photo:",), body_ends=("Notes to editors",))
    text = f"{DATED}photo: the harbour\n\nOne more line of the story.\n\nNotes to editors\n\nNever print this."
    assert [block.text for block in story(text, profile=profile).blocks][3:] == ["One more line of the story."]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CHILE / 26 MAY 2016 BY IAN MACRAE EN", (("CHILE",), date(2016, 5, 26), ("IAN MACRAE",))),
        ("PERU, PORTS / 1 SEPT 2019 BY A B AND C D ES", (("PERU", "PORTS"), date(2019, 9, 1), ("A B", "C D"))),
        ("PERU / 1 JANUARY 2019 BY A B, C D AND E F", (("PERU",), date(2019, 1, 1), ("A B", "C D", "E F"))),
        ("PERU / 31 FEB 2016 BY ANA MORA", (("PERU",), None, ("ANA MORA",))),
    ],
)
def test_dateline_gives_topics_day_and_authors(line: str, expected: object) -> None:
    found = dateline(line)
    assert found is not None
    assert (found.topics, found.published, found.authors) == expected


@pytest.mark.parametrize(
    "line", ["LAMP OIL / 9 NOV 2021", "PERU / 9 NUV 2021 BY ANA MORA", "9 NOV 2021 BY ANA MORA", ""]
)
def test_line_without_an_author_or_a_month_is_no_dateline(line: str) -> None:
    assert dateline(line) is None


def test_bylines_are_names_and_not_sentences() -> None:
    assert byline("By Ana Mora and Luis de la Cruz") == ("Ana Mora", "Luis de la Cruz")
    assert byline("By Monday the boats were gone") == ()
    assert byline("By Ana Mora reported on the matter.") == ()
    assert names("Research and Policy Team") == ("Research and Policy Team",)
    assert date_line("May 26, 2016") == date_line("26 May 2016") == date_line("2016-05-26") == date(2016, 5, 26)


def test_page_source_labelled_as_text_is_read_as_a_page() -> None:
    assert story(page("page.html"), Format.TEXT).rung == "page"
