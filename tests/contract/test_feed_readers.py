"""Feeds judged by programs that others wrote: what partners read has to be what we meant.

Being valid is not enough: every reader must find the same entries, in each format, with our page as the link, our
title, our first words and our dates. The entries are written for these tests and as hostile as text gets.
"""

from __future__ import annotations

import html as html_entities
import json
import re
from calendar import timegm
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fastfeedparser  # type: ignore[import-untyped]
import feedparser
import pytest
import reader

from feeds.item import carried
from feeds.jsonfeed import jsonfeed
from feeds.page import article, gone
from feeds.render import atom
from pipeline.rights import invariant, rendered
from pipeline.types import Attribution, Correction, Entry, FeedDocument, Licence, Status
from tests.judges import absent, faults, flat, newsboat, program, rss2email, seen
from tests.published import WRITERS, Site

pytestmark = [
    # These readers' own uses of things that Python means to drop; nothing of ours warns.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:reader"),
]

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def licence(code: str) -> Licence:
    return Licence(
        code=code,
        version="4.0",
        url=f"https://creativecommons.org/licenses/{code}/4.0/",
        name=f"CC {code.upper()} 4.0",
    )


CREDIT = Attribution(
    publisher="The River Post",
    publisher_url="https://river.example/",
    original_url="https://river.example/2026/02/bridge?id=4&view=full",
    original_title="Bridge & tunnel: <open> at last",
    original_language="en",
    language="es",
    authors=("Ana Pond", "Léa O'Hara"),
    original_date=date(2026, 2, 27),
    licence=licence("by"),
    contact="redaccion@eco.example",
    outlet="Eco Sur",
    engine="Argos",
    model="translate-en_es 0.1",
)

# headline, body, changes to the entry, changes to the credit
SAMPLES: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("El puente abre tras nueve años", "<p>Los vecinos cruzaron primero.</p><p>Nadie cobró peaje.</p>", {}, {}),
    ("Agua & luz: la deuda baja un 3 %", "<p>Agua &amp; luz bajan si 3 &lt; 5.</p><p>Y nada más.</p>", {}, {}),
    ("Un titular larguísimo " + "que sigue y sigue " * 16, "<p>El cuerpo, en cambio, es breve.</p>", {}, {}),
    ("Fiesta 🎉 en la plaza 👩‍🚒", "<p>Hubo música 🎶 hasta tarde.</p><p>Luego llovió ☔.</p>", {}, {}),
    (
        "Una voz en árabe: «مرحبا بالعالم»",
        '<p dir="rtl" lang="ar">مرحبا بالعالم</p><p>Así saludó la autora.</p>',
        {},
        {},
    ),
    (
        "Con\x00troles\x0b fuera\x1f",
        "<p>Nada\x00 de esto\ufffe se ve.</p><p>Ni \ud83d esto.</p>",
        {"section": "\x01"},
        {},
    ),
    ("El final ]]> no es el final", "<p>Quien escribe ]]&gt; no rompe nada.</p><p>Y ]]> tampoco.</p>", {}, {}),
    (
        "Qué hace alert(1) en una página",
        "<p>Se escribe &lt;script&gt;alert(1)&lt;/script&gt; y se lee.</p><p>Sin que pase nada.</p>",
        {"keywords": ('<b>"uno"</b>', "dos, tres"), "section": "Técnica & ciencia"},
        {"original_title": "</title><script>alert(1)</script>", "authors": ('<b>"Eve"</b>',)},
    ),
    (
        "Con permiso de la casa",
        "<p>Este texto no lleva licencia libre.</p>",
        {},
        {"licence": None, "basis": "permission"},
    ),
    (
        "Bajo las reglas del medio",
        "<p>El medio tiene sus propias reglas.</p>",
        {},
        {"licence": None, "basis": "house-terms", "terms_url": "https://river.example/reuse"},
    ),
    (
        "Sin autor conocido",
        "<p>Nadie firmó esta nota.</p>",
        {"url": "https://eco.example/es/articulos/10.html?a=1&b=2"},
        {"authors": (), "licence": licence("by-nc-sa"), "source_feed": "https://river.example/feed"},
    ),
    (
        "Corregido: son noventa metros",
        "<h2>La obra</h2><p>Mide noventa metros.</p><ul><li>Ancho</li><li>Alto</li></ul>"
        '<p>Lo dijo <a href="https://river.example/x?y=1&amp;z=2">el alcalde</a>.</p>',
        {"version": 2, "corrections": (Correction(on=date(2026, 3, 1), note="Mide 90 metros & no 80."),)},
        {},
    ),
    ("Cien párrafos", "".join(f"<p>Párrafo número {n} de la historia larga.</p>" for n in range(300)), {}, {}),
    ("«¿Por qué?», preguntó", "<p>—No lo sé —dijo—. ¡Qué más da!</p><p>Costó 1\u00a0000\u00a0€.</p>", {}, {}),
)


def entry(number: int) -> Entry:
    headline, body, changes, credit = SAMPLES[number]
    at = START - timedelta(minutes=7 * number)
    plain = Entry(
        guid=f"tag:eco.example,2026:article/{number}/es",
        version=1,
        status=Status.USABLE,
        url=f"https://eco.example/es/articulos/{number}.html",
        language="es",
        headline=headline,
        summary=f"Resumen {number}: qué pasó & por qué.",
        body=body,
        attribution=replace(CREDIT, **credit),
        published=at,
        updated=at,
        section="Obras",
        keywords=("puentes", "ríos"),
    )
    return replace(plain, **changes)


ENTRIES = tuple(entry(number) for number in range(len(SAMPLES)))
WITHDRAWN = replace(
    entry(0),
    guid="tag:eco.example,2026:article/900/es",
    url="https://eco.example/es/articulos/900.html",
    headline="Palabra retirada",
    status=Status.CANCELED,
    version=2,
    updated=START + timedelta(minutes=5),
    withdrawn_on=date(2026, 3, 1),
)


def document(base: str = "https://eco.example/", entries: tuple[Entry, ...] = (WITHDRAWN, *ENTRIES)) -> FeedDocument:
    return FeedDocument(
        id="tag:eco.example,2026:feed/es",
        title="Eco Sur & compañía",
        subtitle="Noticias libres en español",
        language="es",
        home_url="https://eco.example/es/",
        urls={name: base + file for name, (_, file) in WRITERS.items()},
        updated=max(entry.updated for entry in entries),
        publisher="Eco Sur",
        contact="redaccion@eco.example",
        entries=entries,
        hub="https://eco.example/hub",
    )


@dataclass(frozen=True)
class Read:
    """What a reader made of an entry, with markup and spacing taken out of the way."""

    guid: str
    link: str
    title: str
    published: datetime | None


def wanted(entries: tuple[Entry, ...] = (WITHDRAWN, *ENTRIES)) -> list[Read]:
    return [
        Read(
            entry.guid,
            entry.url,
            "Retirado" if entry.status is Status.CANCELED else flat(entry.headline),
            entry.published,
        )
        for entry in entries
    ]


def opening(shown: Entry) -> str:
    return rendered.edge_words(carried(shown.body))[0]


def bodies_open_with_our_words(bodies: dict[str, str]) -> bool:
    missing = [shown.guid for shown in ENTRIES if opening(shown) not in seen(bodies[shown.guid])]
    assert missing == []
    stub = seen(bodies[WITHDRAWN.guid])
    assert "1 de marzo de 2026" in stub
    assert opening(WITHDRAWN) not in stub
    return True


# --- a real server -----------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "public")
    site.publish(document(site.base))
    yield site
    site.close()


# --- parsers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_feedparser_finds_no_fault_and_the_same_entries(name: str) -> None:
    found = feedparser.parse(WRITERS[name][0](document()))
    assert found.bozo == 0
    assert html_entities.unescape(found.feed.title) == "Eco Sur & compañía"
    assert found.feed.link == "https://eco.example/es/"
    assert {link.rel: link.href for link in found.feed.links}["hub"] == "https://eco.example/hub"
    read = [
        Read(
            e.id, e.link, flat(html_entities.unescape(e.title)), datetime.fromtimestamp(timegm(e.published_parsed), UTC)
        )
        for e in found.entries
    ]
    assert read == wanted()
    assert bodies_open_with_our_words({e.id: e.content[0].value for e in found.entries})
    for shown, e in zip(ENTRIES, found.entries[1:], strict=True):
        vias = [link.href for link in e.links if link.rel == "via"]
        assert vias == [shown.attribution.original_url]
        licences = {link.href for link in e.links if link.rel == "license"}
        assert licences == ({shown.attribution.licence.url} if shown.attribution.licence else set())


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_fastfeedparser_reads_the_same_entries(name: str) -> None:
    found = fastfeedparser.parse(WRITERS[name][0](document()))
    read = [
        Read(e["id"], e["link"], flat(html_entities.unescape(e["title"])), datetime.fromisoformat(e["published"]))
        for e in found.entries
    ]
    assert read == wanted()
    assert bodies_open_with_our_words({e["id"]: e["content"][0]["value"] for e in found.entries})


def test_json_feed_keeps_the_rules_of_its_specification() -> None:
    found = json.loads(jsonfeed(document()))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert len({item["id"] for item in found["items"]}) == len(found["items"]) == len(ENTRIES) + 1
    for item in found["items"]:
        assert item["content_html"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert all(set(author) <= {"name", "url", "avatar"} and author["name"] for author in item["authors"])
        assert set(item) <= {
            *("id", "url", "external_url", "title", "content_html", "summary", "date_published", "date_modified"),
            *("authors", "tags", "language", "_rights", "_status"),
        }


def test_every_format_has_the_same_ids_and_titles() -> None:
    in_json = [(item["id"], item["title"]) for item in json.loads(jsonfeed(document()))["items"]]
    for name in ("rss", "atom"):
        found = feedparser.parse(WRITERS[name][0](document()))
        assert [(e.id, flat(html_entities.unescape(e.title))) for e in found.entries] == in_json


# --- subscribers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_subscriber_gets_articles_then_correction_then_withdrawal(name: str, site: Site) -> None:
    if find_spec("sgmllib") is None:  # once part of Python, now the distribution sgmllib3k
        absent("sgmllib3k, which this subscriber's parser imports,")
    with closing(reader.make_reader(":memory:")) as subscriber:
        address = site.base + WRITERS[name][1]
        subscriber.add_feed(address)
        subscriber.update_feed(address)
        got = {e.id: e for e in subscriber.get_entries()}
        assert {(e.id, e.link) for e in got.values()} == {(w.guid, w.link) for w in wanted()}
        assert {e.id: flat(html_entities.unescape(e.title or "")) for e in got.values()} == {
            w.guid: w.title for w in wanted()
        }
        assert bodies_open_with_our_words({e.id: e.content[0].value for e in got.values()})

        subscriber.update_feed(address)
        assert site.statuses[-1] == 304

        later = START + timedelta(hours=1)
        note = Correction(on=date(2026, 3, 1), note="Cruzaron segundos.")
        corrected = replace(ENTRIES[0], version=2, updated=later, corrections=(note,))
        canceled = replace(ENTRIES[1], version=2, updated=later, status=Status.CANCELED, withdrawn_on=date(2026, 3, 1))
        site.publish(document(site.base, (corrected, canceled, *ENTRIES[2:])))
        subscriber.update_feed(address)
        assert site.statuses[-1] == 200
        now = {e.id: e for e in subscriber.get_entries()}
        assert len(now) == len(got)
        assert "Cruzaron segundos." in seen(now[corrected.guid].content[0].value)
        assert now[canceled.guid].title == "Retirado"
        assert opening(ENTRIES[1]) not in seen(now[canceled.guid].content[0].value)


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_newsboat_stores_what_we_published(name: str, site: Site, tmp_path: Path) -> None:
    got = newsboat(site.base + WRITERS[name][1], tmp_path / "home")
    assert (got.title, got.url) == ("Eco Sur & compañía", "https://eco.example/es/")
    assert {(item[0], item[1], flat(item[2])) for item in got.items} == {(w.guid, w.link, w.title) for w in wanted()}
    assert bodies_open_with_our_words({item[0]: item[3] for item in got.items})
    dates = {item[0]: datetime.fromtimestamp(item[4], UTC) for item in got.items}
    assert dates == {w.guid: w.published for w in wanted()}


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_rss2email_mails_what_we_published(name: str, site: Site, tmp_path: Path) -> None:
    mails = rss2email(site.base + WRITERS[name][1], tmp_path / "home")
    assert {(mail["X-RSS-ID"], mail["X-RSS-URL"]) for mail in mails} == {(w.guid, w.link) for w in wanted()}
    subjects = {mail["X-RSS-ID"]: flat(mail["Subject"]) for mail in mails}
    assert subjects == {w.guid: w.title for w in wanted()}
    assert bodies_open_with_our_words({mail["X-RSS-ID"]: mail.get_content() for mail in mails})


# --- the grammar -------------------------------------------------------------------------------------------------


def test_atom_keeps_the_grammar(tmp_path: Path) -> None:
    program("jing")
    assert faults(atom(document()), tmp_path) == ""
    assert faults(atom(replace(document(), urls={}, hub=None, entries=ENTRIES[:1])), tmp_path) == ""
    assert faults(atom(replace(document(), entries=())), tmp_path) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<updated>2026-03-01T08:05:00+00:00</updated>", b"<updated>2026-03-01 08:05</updated>"),
        (b"<updated>2026-03-01T08:05:00+00:00</updated>", b""),
        (b"<id>tag:eco.example,2026:feed/es</id>", b"<id>feed</id>"),
        (b'type="html"', b'type="CDATA"'),
        (b'hreflang="en"', b'hreflang="in English"'),
        (b' href="https://eco.example/es/articulos/0.html"', b""),
        (b"<name>Ana Pond</name>", b"<name> </name>"),
        (b"<at:comment>", b"<stray/><at:comment>"),
        (b'<category term="puentes"/>', b"<category>puentes</category>"),
        (b"<entry ", b'<pubDate xmlns="">today</pubDate><entry '),
        (b"<entry ", b"<item/><entry "),
        (b"</entry>", b"<title>twice</title></entry>"),
    ],
)
def test_grammar_refuses_a_broken_feed(before: bytes, after: bytes, tmp_path: Path) -> None:
    program("jing")
    content = atom(document())
    assert before in content
    broken = content.replace(before, after, 1)
    if after == b"<stray/><at:comment>":  # anything may stand inside an extension: this one is no fault
        assert faults(broken, tmp_path) == ""
    else:
        assert faults(broken, tmp_path) != ""


def test_grammar_wants_an_author_for_every_entry(tmp_path: Path) -> None:
    program("jing")
    content = re.sub(rb"<author>.*?</author>", b"", atom(document(entries=ENTRIES[:1])))
    assert b"<author>" not in content
    assert faults(content, tmp_path) != ""


# --- the credit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", ENTRIES, ids=lambda shown: shown.guid.split("/")[-2])
def test_credit_is_whole_in_every_output(shown: Entry) -> None:
    first, last = rendered.edge_words(carried(shown.body))
    alone = document(entries=(shown,))
    outputs = {name: write(alone).decode() for name, (write, _) in WRITERS.items()}
    outputs["page"] = article(shown, alone.urls).decode()
    for name, output in outputs.items():
        found = invariant.problems(output, shown.attribution, first_words=first, last_words=last)
        assert found == [], name


def test_no_word_of_a_withdrawn_article_is_in_any_output() -> None:
    alone = document(entries=(WITHDRAWN,))
    outputs = [write(alone).decode() for write, _ in WRITERS.values()]
    outputs.append(gone(WITHDRAWN, contact="redaccion@eco.example").decode())
    for output in outputs:
        assert WITHDRAWN.guid in output or "Retirado" in output
        words = (
            "Palabra retirada",
            "vecinos cruzaron",
            "Resumen 0",
            "river.example",
            "Ana Pond",
            "River Post",
            "Obras",
        )
        assert not [word for word in words if word in output]
