"""The past of a feed: nothing falls between its pages, they stay as they are, and a withdrawn text leaves them all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from feeds import documents, files, history
from feeds.agreement import disagreements
from feeds.extension import ATOM, HISTORY
from feeds.readback import bodies
from pipeline.actions import upkeep
from pipeline.actions.withdraw import withdraw
from pipeline.ledger.models import ArchivePage, Partner
from pipeline.runner import Outcome
from tests.make import NEWSROOM, Office, corrected, other, story

if TYPE_CHECKING:
    from django.test import Client

SMALL = NEWSROOM.replace("[site]", "[site]\nfeed_size = 2\nfeed_hours = 12").replace(
    """[[product]]
slug = "puentes"
title = "Puentes"
sections = ["Bridges"]

""",
    "",
)
SITE = "https://eco.example/"


@pytest.fixture
def small(office: Office, home: Any) -> Office:
    """A newsroom whose feeds hold two entries."""
    (home / "newsroom.toml").write_text(SMALL)
    office.apply(SMALL)
    office.run()
    return office


RIVER = "https://river.example/2026/bridge"


def publish(office: Office, count: int, *, start: int = 0, hours: float = 13, **given: Any) -> list[int]:
    """Articles one after the other, so far apart that a reader of that rhythm would miss none."""
    made = []
    for number in range(start, start + count):
        office.clock.forward(hours=hours)
        made.append(office.publish(story(**given), url=f"{RIVER}/{number}"))
    return made


def chain(office: Office, product: str = "es/all") -> list[dict[str, Any]]:
    """The JSON feed and all its older pages, as a reader walks them, from the files."""
    documents = [json.loads(office.feed("json", product))]
    while address := documents[-1].get("next_url"):
        path = office.home / "public" / address.removeprefix(SITE)
        documents.append(json.loads(path.read_bytes()))
    return documents


def guids(document: dict[str, Any]) -> list[str]:
    return [item["id"] for item in document["items"]]


def texts(office: Office) -> dict[str, bytes]:
    return {name: content for name, content in office.files().items() if "/archive/" in name}


def test_a_reader_that_was_away_finds_every_article_on_its_way_back(small: Office) -> None:
    made = publish(small, 9)
    documents = chain(small)
    assert len(documents) == 4
    found = [guid for document in documents for guid in guids(document)]
    assert set(found) == {small.release(article).guid for article in made}
    assert all(len(guids(document)) == 2 for document in documents[1:])
    assert 2 <= len(guids(documents[0])) < 4
    ordered = [item["date_modified"] for document in documents for item in document["items"]]
    assert ordered == sorted(ordered, reverse=True)


def test_pages_know_their_neighbours_in_every_format(small: Office) -> None:
    publish(small, 8)
    folder = small.home / "public/feeds/es/all/archive"
    pages = sorted(folder.iterdir(), key=lambda page: int(page.name))
    assert [page.name for page in pages] == ["1", "2", "3"]
    for name, link in (("atom.xml", f"./{{{ATOM}}}link"), ("rss.xml", f"./channel/{{{ATOM}}}link")):
        for number, page in enumerate(pages, 1):
            root = etree.fromstring((page / name).read_bytes())
            assert root.find(f".//{{{HISTORY}}}archive") is not None
            links = {each.get("rel"): each.get("href") for each in root.iterfind(link)}
            assert links["self"] == f"{SITE}feeds/es/all/archive/{number}/{name}"
            assert links["current"] == f"{SITE}feeds/es/all/{name}"
            assert ("prev-archive" in links, "next-archive" in links) == (number > 1, number < 3)
            if number > 1:
                assert links["prev-archive"] == f"{SITE}feeds/es/all/archive/{number - 1}/{name}"
            if number < 3:
                assert links["next-archive"] == f"{SITE}feeds/es/all/archive/{number + 1}/{name}"
        now = etree.fromstring(small.feed(name.partition(".")[0]))
        links = {each.get("rel"): each.get("href") for each in now.iterfind(link)}
        assert links["prev-archive"] == f"{SITE}feeds/es/all/archive/3/{name}"
        assert now.find(f".//{{{HISTORY}}}archive") is None


def test_an_old_page_is_not_touched_by_what_comes_after(small: Office) -> None:
    publish(small, 8)
    before = {name: stamp for name, stamp in small.stamps().items() if "/archive/1/" in name or "/archive/2/" in name}
    assert before
    publish(small, 4, start=8)
    upkeep.refresh_feeds(now=small.clock())
    small.run()
    after = small.stamps()
    assert {name: after[name] for name in before} == before


def test_a_correction_appears_again_at_the_front_and_later_on_a_page_of_its_own_time(small: Office) -> None:
    first = publish(small, 8)[0]
    guid = small.release(first).guid
    old = texts(small)
    assert guid not in guids(chain(small)[0])
    small.clock.forward(hours=13)
    small.publish(corrected(), url=f"{RIVER}/0")
    documents = chain(small)
    assert guids(documents[0])[0] == guid
    assert "14 millones" in documents[0]["items"][0]["content_html"]
    assert {name: content for name, content in texts(small).items() if "/archive/1/" in name} == {
        name: content for name, content in old.items() if "/archive/1/" in name
    }
    publish(small, 6, start=8)
    newest = next(item for document in chain(small) for item in document["items"] if item["id"] == guid)
    assert "14 millones" in newest["content_html"]


def test_a_withdrawn_text_leaves_every_page_at_once_and_only_those_pages_move(small: Office, client: Client) -> None:
    made = [*publish(small, 3), small.publish(other(), url=f"{RIVER}/other"), *publish(small, 5, start=3)]
    gone = made[3]
    before = texts(small)
    assert any(b"biblioteca" in content for name, content in before.items())
    armed = withdraw(gone, kind="kill", reason="not true", actor="ana", now=small.clock.forward(hours=1))
    for unit in armed.units:
        small.runner.run(unit)
    for name, content in small.files().items():
        assert b"biblioteca" not in content.lower(), name
    folder = small.home / "public/feeds/es/all/archive"
    assert sorted(page.name for page in folder.iterdir()) == ["1", "2-2", "3", "4"]
    documents = chain(small)
    kept = {guid for document in documents for guid in guids(document)}
    assert kept == {small.release(article).guid for article in made}, "the others are all there, and the stub"
    assert documents[0]["items"][0]["_status"]["pubstatus"] == "canceled"
    for name, content in before.items():
        if "/archive/2/" not in name and "rss" in name and not name.endswith((".gz", ".br")):
            assert bodies("rss", small.files()[name]) == bodies("rss", content)
    answer = client.get("/feeds/es/all/archive/2/rss.xml")
    assert (answer.status_code, answer["Location"]) == (301, "../2-2/rss.xml")
    assert b"biblioteca" not in client.get("/feeds/es/all/archive/2-2/rss.xml").content


def test_every_version_of_a_withdrawn_text_leaves(small: Office) -> None:
    first = publish(small, 6)[0]
    small.clock.forward(hours=13)
    small.publish(corrected(), url=f"{RIVER}/0")
    publish(small, 6, start=6)
    held = [page.number for page in ArchivePage.objects.filter(held__release=small.release(first)).order_by("number")]
    assert len(held) == 2
    withdraw(first, kind="kill", reason="not true", actor="ana", now=small.clock.forward(hours=1))
    small.run()
    for document in chain(small):
        for item in document["items"]:
            assert item["id"] != small.release(first).guid or item["_status"]["pubstatus"] == "canceled"
    assert not any(b"14 millones" in content for content in small.files().values())


def test_a_stub_goes_to_the_archive_so_that_who_was_away_for_long_learns_of_it(small: Office) -> None:
    gone = publish(small, 2)[0]
    withdraw(gone, kind="kill", reason="not true", actor="ana", now=small.clock.forward(hours=1))
    small.run()
    small.clock.forward(days=40)
    publish(small, 5, start=2)
    documents = chain(small)
    assert small.release(gone).guid not in guids(documents[0])
    stubs = [item for document in documents[1:] for item in document["items"] if item["id"] == small.release(gone).guid]
    assert [stub["_status"]["pubstatus"] for stub in stubs] == ["canceled"]


def test_what_the_rights_record_forbids_later_leaves_the_past_too(small: Office) -> None:
    publish(small, 6)
    assert b"alcaldesa" in b"".join(texts(small).values())
    small.apply(SMALL.replace("licenses/by/4.0", "licenses/by-nd/4.0"))
    small.run()
    assert not any(b"alcaldesa" in content for content in small.files().values())


def test_a_burst_is_shown_whole_however_short_the_feed_is_set(small: Office) -> None:
    made = publish(small, 5, hours=0.1)
    assert set(guids(chain(small)[0])) == {small.release(article).guid for article in made}
    assert ArchivePage.objects.count() == 0


def test_a_release_that_changes_while_a_long_feed_is_rendered_is_not_shown_twice_or_lost(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, render, overtaken = publish(small, 5, hours=0.1), documents.entry_of, []

    def entry_of(*given: Any, **named: Any) -> Any:
        if not overtaken:  # the newest two are read, the oldest becomes the newest before the rest is
            overtaken.append(True)
            withdraw(made[0], kind="kill", reason="not true", actor="ana", now=small.clock.forward(minutes=1))
        return render(*given, **named)

    monkeypatch.setattr(documents, "entry_of", entry_of)
    upkeep.refresh_feeds(now=small.clock())
    assert set(small.run()) == {Outcome.DONE}
    shown = guids(chain(small)[0])
    assert sorted(shown) == sorted(small.release(article).guid for article in made)


def test_no_document_is_larger_than_readers_take(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_BYTES", 40_000)
    made = publish(small, 12, hours=0.1)
    documents = chain(small)
    assert {guid for document in documents for guid in guids(document)} == {small.release(one).guid for one in made}
    for name, content in small.files().items():
        assert len(content) <= 40_000, name


def test_a_partner_has_a_past_of_its_own_by_its_own_address(small: Office, client: Client) -> None:
    from feeds import tokens

    publish(small, 4)
    for number in range(2):  # not for those who sell access
        small.clock.forward(hours=13)
        small.publish(story(), source="harbor-wire", url=f"https://harbor.example/{number}")
    publish(small, 4, start=4)
    seen: dict[str, list[str]] = {}
    for slug in ("el-faro", "diario-de-pago"):
        token = tokens.issue(Partner.objects.get(slug=slug), actor="test", now=small.clock())
        address = f"/p/{token}/es/all/feed.json"
        seen[slug] = []
        while address:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer["Cache-Control"].startswith("private")
            document = json.loads(answer.content)
            assert token not in answer.content.decode()
            seen[slug] += guids(document)
            following = document.get("next_url")
            address = follow(address, following) if following else ""
        assert client.get(f"/p/{token}/es/all/archive/1/rss.xml").status_code == 200
        tag = client.get(f"/p/{token}/es/all/archive/1/rss.xml")["ETag"]
        again = client.get(f"/p/{token}/es/all/archive/1/rss.xml", headers={"If-None-Match": tag})
        assert again.status_code == 304
        for wrong in ("archive/99/rss.xml", "archive/1/x.xml", "archive/1/"):
            assert client.get(f"/p/{token}/es/all/{wrong}").status_code == 404
    assert client.get(f"/p/{token}x/es/all/archive/1/rss.xml").status_code == 404
    assert len(set(seen["el-faro"])) == 10
    assert len(set(seen["diario-de-pago"])) == 8


def follow(address: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(address, link)


def test_a_long_past_is_closed_in_several_runs_and_none_of_it_is_lost(small: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(history, "PAGES_AT_ONCE", 0)
    made = publish(small, 11)
    assert ArchivePage.objects.count() == 0
    assert len(guids(chain(small)[0])) == 11
    monkeypatch.setattr(history, "PAGES_AT_ONCE", 2)
    made += publish(small, 1, start=11)
    assert ArchivePage.objects.count() == 5
    assert {guid for document in chain(small) for guid in guids(document)} == {small.release(one).guid for one in made}


def test_a_page_that_was_closed_and_never_written_is_written(small: Office) -> None:
    publish(small, 6)
    folder = small.home / "public/feeds/es/all/archive/2"
    content = (folder / "rss.xml").read_bytes()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    publish(small, 1, start=6)
    assert (folder / "rss.xml").read_bytes() == content


def test_a_ledger_that_was_restored_gives_the_same_pages(small: Office) -> None:
    publish(small, 8)
    before = small.files()
    for name in before:
        (small.home / name).unlink()
    upkeep.refresh_everything(now=small.clock())
    small.run()
    assert small.files() == before


def test_a_product_that_is_switched_off_takes_its_past_along_and_brings_it_back(small: Office) -> None:
    publish(small, 6)
    before = texts(small)
    renamed = SMALL.replace('slug = "all"', 'slug = "everything"')
    for use in ('use = "N"', 'use = "P"'):
        renamed = renamed.replace(use, f'{use}\nproducts = ["es/everything"]')
    small.apply(renamed)
    small.run()
    assert not any("feeds/es/all/archive" in name for name in small.files())
    small.apply(SMALL)
    small.run()
    assert {name: content for name, content in texts(small).items() if "es/all" in name} == before


def test_the_checker_knows_what_a_page_must_and_must_not_hold(small: Office) -> None:
    publish(small, 6)
    config = small.room.config
    assert disagreements(config, now=small.clock()) == []
    page = small.home / "public/feeds/es/all/archive/1/rss.xml"
    whole = page.read_bytes()
    [first, *_] = list(bodies("rss", whole))
    for changed, complaint in (
        (whole.replace(first.encode(), b"tag:eco.example,2026:article/99/es"), f"lacks {first}"),
        (whole.replace(first.encode(), b"tag:eco.example,2026:article/99/es"), "article/99/es, which must not stand"),
        (whole[:-20], "cannot be read"),
    ):
        files.write(page, changed, modified=small.clock())
        assert any(complaint in each for each in disagreements(config, now=small.clock())), complaint
    files.remove(page)
    stranger = small.home / "public/feeds/es/all/archive/9"
    stranger.mkdir()
    told = disagreements(config, now=small.clock())
    assert "rss.xml of archive page 1 of es/all is missing" in told
    assert "feeds/es/all/archive/9 stands there, but the ledger knows no such page" in told
