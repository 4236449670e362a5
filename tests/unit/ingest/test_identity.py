"""Rules for telling articles, submissions and stories apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.ingest.identity import article_key, belongs, canonical_url, content_hash, story_hash
from pipeline.types import Block, BlockKind, Format, Span
from tests.unit.ingest.samples import URL, incoming, page, story


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTPS://News.Example:443/A/b?utm_source=x&id=3&fbclid=1#top", "https://news.example/A/b?id=3"),
        ("http://news.example:80", "http://news.example/"),
        ("https://news.example:8443/a/", "https://news.example:8443/a/"),
        ("https://news.example/a?UTM_Campaign=1", "https://news.example/a"),
        ("https://news.example./a?b&c=", "https://news.example/a?b&c="),
        ("https://peña.example/año", "https://xn--pea-8ma.example/a%C3%B1o"),
        ("https://[2001:DB8:0::1]/a", "https://[2001:db8::1]/a"),
        ("  https://news.example/a%2Fb  ", "https://news.example/a%2Fb"),
    ],
)
def test_shared_forms_of_an_address_become_one(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://news.example/a",
        "//news.example/a",
        "/a",
        "",
        "https://",
        "https:///a",
        "https://:443/a",
        "https://user:pass@news.example/",
        "https://user@news.example/",
        "https://news.example:port/",
        "https://news.example:99999/",
        "https://new s.example/",
        "https://news.example/a\nb",
        "https://news.example\\@evil.example/",
        "https://[::1/",
        "https://[zz]/",
        "https://a..b/",
        "https://-/",
        "https://news.example/" + "a" * 3_000,
    ],
)
def test_what_is_no_public_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(SourceError, match=r"\.$"):
        canonical_url(url)


_URLS = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(("http", "https", "HTTPS")),
    st.sampled_from(("News.Example", "a.b:80", "a.b:443", "[::1]:8080", "ñandú.example", "ß.example")),
    st.text(max_size=20).map(lambda text: "/" + text),
    st.text(max_size=20).map(lambda text: "?" + text),
    st.sampled_from(("", "#x", "&utm_medium=1", "&gclid=")),
)


@given(url=_URLS | st.text(max_size=60))
def test_canonical_form_is_its_own_canonical_form(url: str) -> None:
    try:
        once = canonical_url(url)
    except SourceError:
        return
    assert canonical_url(once) == once
    assert once.isascii()


def test_article_has_one_key_however_it_was_pasted() -> None:
    key = article_key("delta", URL)
    for other in (URL.replace("https", "http"), URL.rstrip("/"), URL.replace("//", "//www."), URL + "?utm_source=x"):
        assert article_key("delta", other) == key
    assert key.startswith("delta:")
    assert article_key("other", URL) != key
    assert article_key("delta", URL + "?p=2") != key


def test_same_submission_twice_has_one_hash() -> None:
    first = incoming("text")
    assert content_hash(first) == content_hash(incoming("text", url=URL + "?utm_source=mail#x"))
    assert content_hash(incoming("text", url="not an address")) != content_hash(first)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "x"},
        {"author": "x"},
        {"published": date(2020, 1, 1)},
        {"section": "x"},
        {"keywords": ("x",)},
        {"licence": "x"},
        {"correction": "x"},
        {"language": "es"},
        {"url": URL + "2"},
        {"source": "other"},
    ],
)
def test_change_of_any_field_that_shows_changes_the_hash(change: dict[str, Any]) -> None:
    assert content_hash(incoming("text", **change)) != content_hash(incoming("text"))
    assert content_hash(incoming("text.")) != content_hash(incoming("text"))


def test_story_hash_sees_the_story_and_not_its_furniture() -> None:
    once = story(page("scraped.txt"))
    again = story(page("scraped.txt") + b"\n\nHAITI / 1 JAN 2024\n\nAnother teaser of another day...\n")
    assert story_hash(once) == story_hash(again)
    assert story_hash(replace(once, findings=(), rung="other")) == story_hash(once)
    assert story_hash(replace(once, headline="x")) != story_hash(once)
    linked = Block(
        kind=BlockKind.PARAGRAPH, text="a", spans=(Span(tag="a", start=0, end=1, attributes=(("href", "x"),)),)
    )
    plain = Block(kind=BlockKind.PARAGRAPH, text="a")
    assert story_hash(replace(once, blocks=(linked,))) != story_hash(replace(once, blocks=(plain,)))


def test_formats_of_one_payload_are_different_submissions() -> None:
    assert content_hash(incoming("x", Format.HTML)) != content_hash(incoming("x", Format.TEXT))


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://www.river.example/1", True),
        ("http://news.river.example/1", True),
        ("https://driver.example/1", False),
        ("https://river.example.evil.example/1", False),
        ("", False),
    ],
)
def test_a_site_is_its_host_and_those_below_it(url: str, own: bool) -> None:
    assert belongs(url, "https://river.example/") is own
    assert belongs(url, "https://www.river.example/") is own


def test_a_source_has_as_many_sites_as_it_names() -> None:
    sites = ("https://river.example/", "https://delta.example/")
    assert belongs("https://www.delta.example/1", *sites)
    assert not belongs("https://driver.example/1", *sites)
    assert not belongs("https://river.example/1")
