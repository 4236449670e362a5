"""Cutting elements out of a tree: the text around them stays, also text that lxml would not set."""

from __future__ import annotations

import lxml.html
import pytest

from pipeline.text.blocks import from_html
from pipeline.text.cutting import cut


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<p>a<b>cut</b>c</p>", "ac"),
        ("<p><b>cut</b>c</p>", "c"),
        ("<p>a<i>b</i><b>cut <b>and cut</b></b>c</p>", "abc"),
        ("<p>a<b>cut</b>&#x1f;c</p>", "a\x1fc"),
        ("<p>a</p>", "a"),
    ],
)
def test_text_around_what_is_cut_stays(markup: str, left: str) -> None:
    root = lxml.html.fromstring(f"<div>{markup}</div>")
    cut(root, root.iter("b"))
    assert root.text_content() == left
    assert root.find(".//b") is None


def test_a_control_character_behind_a_picture_or_a_form_does_not_stop_the_reading() -> None:
    read = from_html("<p>One<img src=x>&#x1f; two<form>three</form>&#x1f; four.</p>", base_url=None)
    assert [block.text for block in read.blocks] == ["One two", "four."]  # a form ends its paragraph
