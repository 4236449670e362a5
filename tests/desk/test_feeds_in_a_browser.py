"""What a person sees who opens a feed with a browser: the real one, over the real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.make import Office

if TYPE_CHECKING:
    from tests.desk.browser import Desk

SEEN = """() => {
  const made = (each, part) => {
    const words = getComputedStyle(each, part).content;
    return ["none", "normal"].includes(words) ? "" : words.replace("attr(href)", each.getAttribute("href"));
  };
  const own = each => [...each.childNodes].filter(node => node.nodeType === 3).map(node => node.data);
  return [...document.querySelectorAll("*")].filter(each => each.checkVisibility())
    .flatMap(each => [made(each, "::before"), ...own(each), made(each, "::after")]).join(" ");
}"""


def seen(desk: Desk, path: str) -> str:
    """The words that are to be seen, those of the style sheet included."""
    answer = desk.page.goto(f"{desk.url}{path}")
    assert answer is not None
    assert answer.header_value("content-type") == "application/xml; charset=utf-8"
    words = desk.page.evaluate(SEEN)
    assert isinstance(words, str)
    return " ".join(words.replace('"', "").split())


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_feed_reads_as_a_page(form: str, open_desk: Callable[..., Desk], office: Office) -> None:
    article = office.publish()
    desk = open_desk(width=390)
    words = seen(desk, f"/feeds/es/all/{form}.xml")
    assert "Esto es un canal: copie su dirección en un lector" in words
    assert f"Dirección del canal: https://eco.example/feeds/es/all/{form}.xml" in words
    assert "El puente abre tras nueve años de obras" in words
    assert "Ana Pond" in words
    assert f"https://eco.example/es/articles/{article}.html" in words
    assert "<p" not in words  # the text as markup is for programs
    assert "Todavía no hay artículos" not in words
    desk.picture(f"feed-{form}-390")


def test_a_feed_without_articles_says_so(open_desk: Callable[..., Desk], office: Office) -> None:
    assert "Todavía no hay artículos." in seen(open_desk(), "/feeds/es/all/atom.xml")
