"""JSON Feed as written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from feeds.jsonfeed import jsonfeed
from pipeline.types import Correction, Entry, FeedDocument, History

MakeEntry = Callable[..., Entry]
MakeDocument = Callable[..., FeedDocument]


def read(document: FeedDocument) -> Any:
    return json.loads(jsonfeed(document))


def test_same_document_gives_same_bytes(make_document: MakeDocument) -> None:
    document = make_document()
    assert jsonfeed(document) == jsonfeed(document)
    assert list(read(document))[:4] == ["version", "title", "home_page_url", "feed_url"]


def test_item_has_page_origin_credit_and_licence(make_document: MakeDocument) -> None:
    item = read(make_document())["items"][0]
    assert item["id"] == "tag:eco.example,2026:article/2/es"
    assert item["url"] == "https://eco.example/es/articulos/2.html"
    assert item["external_url"] == "https://river.example/2016/05/bridge-opens"
    assert [author["name"] for author in item["authors"]] == ["Ana Pond", "The River Post"]
    assert item["tags"] == ["Obras", "puentes", "ríos"]
    rights = item["_rights"]
    assert rights["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert rights["original"]["title"] == "Bridge opens after nine years"
    assert rights["translation"] == {
        "from": "en",
        "outlet": "Eco Sur",
        "engine": "Argos",
        "model": "translate-en_es 0.1",
    }
    assert item["_status"] == {"pubstatus": "usable", "version": 1}


def test_corrections_are_listed_with_the_version(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    note = Correction(on=date(2026, 3, 3), note="Son 90 metros.")
    status = read(make_document(make_entry(1, version=2, corrections=(note,))))["items"][0]["_status"]
    assert status == {
        "pubstatus": "usable",
        "version": 2,
        "corrections": [{"date": "2026-03-03", "note": "Son 90 metros."}],
    }


def test_withdrawal_removes_text_but_keeps_id(make_document: MakeDocument, withdrawn: Entry) -> None:
    document = make_document(withdrawn)
    item = read(document)["items"][0]
    assert item["id"] == withdrawn.guid
    assert item["_status"]["pubstatus"] == "canceled"
    assert "_rights" not in item
    assert "external_url" not in item
    text = jsonfeed(document).decode()
    assert not [word for word in (withdrawn.headline, "vecinos", "bridge-opens", "Ana Pond", "Obras") if word in text]


def test_hub_and_own_address_are_given_only_where_they_exist(make_document: MakeDocument) -> None:
    assert read(make_document())["hubs"] == [{"type": "WebSub", "url": "https://eco.example/hub"}]
    secret = read(make_document(urls={}, hub=None))
    assert "feed_url" not in secret
    assert "hubs" not in secret


def test_history_is_walked_by_next_url_and_an_old_page_says_so(make_document: MakeDocument) -> None:
    older = {"json": "https://eco.example/archive/6/feed.json"}
    now = read(make_document(history=History(older=older)))
    assert now["next_url"] == "https://eco.example/archive/6/feed.json"
    assert "archive" not in now["_status"]
    page = read(make_document(history=History(archive=True, older=older, current={"json": "https://eco.example/now"})))
    assert (page["_status"]["archive"], page["_status"]["current"]) == (True, "https://eco.example/now")
    assert "next_url" not in read(make_document())


def test_feed_has_its_licence_its_picture_and_a_word_to_whoever_opens_it(make_document: MakeDocument) -> None:
    feed = read(make_document(icon="https://eco.example/icon.png"))
    assert feed["_rights"]["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert feed["icon"] == "https://eco.example/icon.png"
    assert feed["user_comment"].startswith("Esto es un canal")


def test_empty_feed_still_has_its_list_of_items(make_document: MakeDocument) -> None:
    assert read(replace(make_document(), entries=()))["items"] == []


def test_lone_surrogate_does_not_break_the_feed(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    assert read(make_document(make_entry(1, headline="Uno\ud800 dos")))["items"][0]["title"] == "Uno dos"


def test_repeated_guid_is_refused(make_document: MakeDocument, make_entry: MakeEntry) -> None:
    with pytest.raises(ValueError, match="article/1/es"):
        jsonfeed(make_document(make_entry(1), make_entry(1)))
