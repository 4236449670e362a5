"""From an article handed in to files that partners read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.errors import ConfigError
from pipeline.ledger import codec, queries
from pipeline.ledger.articles import Reception
from pipeline.ledger.models import Article, Delivery, Revision, Unit
from pipeline.rights import invariant
from pipeline.runner import Outcome
from pipeline.types import Attribution
from tests.fakes import PhraseBook
from tests.make import GUID, PARAGRAPHS, SPANISH, Office, other, story

if TYPE_CHECKING:
    from django.test import Client


def test_an_article_ends_as_a_usable_release_with_its_credit_in_every_output(office: Office) -> None:
    article = office.publish()
    release = office.release(article)
    assert (release.state, release.version, release.guid) == ("usable", 1, GUID.format(article))
    attribution = codec.load(Attribution, release.attribution)
    outputs = {
        "rss": office.feed("rss"),
        "atom": office.feed("atom"),
        "json": office.feed("json"),
        "page": office.page(article).read_bytes(),
        "private rss": office.feed("rss", partner="el-faro"),
        "private atom": office.feed("atom", partner="el-faro"),
        "private json": office.feed("json", partner="el-faro"),
    }
    for name, output in outputs.items():
        found = invariant.problems(
            output.decode(),
            attribution,
            first_words=SPANISH[PARAGRAPHS[0]],
            last_words=SPANISH[PARAGRAPHS[-1]],
        )
        assert found == [], name
    for form in ("rss", "atom", "json"):
        assert list(office.bodies(form)) == [release.guid]


def test_the_credit_names_the_publisher_the_author_the_licence_and_the_original(office: Office) -> None:
    article = office.publish()
    attribution = codec.load(Attribution, office.release(article).attribution)
    assert (attribution.publisher, attribution.authors) == ("The River Post", ("Ana Pond",))
    assert attribution.original_url == "https://river.example/2026/bridge"
    assert attribution.original_title == story()["headline"]
    assert attribution.licence is not None
    assert attribution.licence.url == "https://creativecommons.org/licenses/by/4.0/"
    assert attribution.outlet == "Eco Sur"


def test_sections_and_keywords_read_in_the_language_of_the_feed_and_select_in_their_own(office: Office) -> None:
    phrases = '[source.fixed.es]\n"Bridges" = "Puentes"\n"rivers" = "ríos"\n\n[source.rights]'
    office.apply(office.text.replace("[source.rights]", phrases, 1))
    article = office.publish(section="Bridges", keywords=("rivers", "Arroyo"))
    [entry] = office.items("es/puentes").values()
    assert entry["tags"] == ["Puentes", "ríos", "Arroyo"]  # a name needs no wording
    assert "Bridges" not in office.page(article).read_text()


def test_a_translation_is_made_once_and_remembered(office: Office) -> None:
    office.publish()
    asked = len(office.engine.asked)
    office.publish(story(), source="harbor-wire", url="https://harbor.example/bridge")
    assert len(office.engine.asked) == asked, "the memory knew every sentence"
    assert len(office.bodies()) == 2


def test_an_article_of_two_products_has_one_guid_in_both_feeds(office: Office) -> None:
    article = office.publish(section="Bridges")
    elsewhere = office.publish(other(section="Schools"), url="https://river.example/library")
    assert set(office.bodies(product="es/puentes")) == {GUID.format(article)}
    assert set(office.bodies(product="es/all")) == {GUID.format(article), GUID.format(elsewhere)}
    bridge = office.items()[GUID.format(article)]
    assert office.items("es/puentes")[GUID.format(article)] == bridge


def test_the_same_again_is_a_duplicate_and_changes_nothing(office: Office) -> None:
    article = office.publish()
    before = office.stamps()
    office.clock.forward(hours=1)
    receipt = office.receive(url="https://www.river.example/2026/bridge/?utm_source=mail#top")
    assert receipt.reception is Reception.REVISED, "another form of address is another envelope"
    receipt = office.receive(url="https://river.example/2026/bridge?utm_source=mail")
    assert (receipt.article, receipt.reception) == (article, Reception.REVISED)
    office.run()
    assert Article.objects.count() == 1
    assert office.release(article).version == 1
    assert office.stamps() == before


def test_without_an_address_it_is_held_and_the_address_alone_completes_it(office: Office) -> None:
    held = office.receive(url=None)
    assert held.reception is Reception.HELD
    assert "--url" in held.reason
    assert office.run() == []
    fate = office.fate(held.article)
    assert (fate["state"], fate["code"]) == ("held", "url-missing")
    completed = office.receive()
    assert (completed.reception, completed.article) == (Reception.COMPLETED, held.article)
    office.run()
    assert Article.objects.count() == 1
    assert office.release(held.article).state == "usable"


def test_an_address_of_another_kind_is_held(office: Office) -> None:
    held = office.receive(url="javascript:alert(1)")
    assert held.reception is Reception.HELD
    assert office.fate(held.article)["code"] == "url-unusable"


def test_an_address_on_another_site_is_held_for_the_rights_record_is_not_about_it(office: Office) -> None:
    held = office.receive(url="https://harbour.example/2026/bridge")
    assert held.reception is Reception.HELD
    assert "https://harbour.example/2026/bridge is not on https://river.example/" in held.reason
    assert office.run() == []
    assert office.fate(held.article)["code"] == "url-elsewhere"
    again = office.receive(url="https://harbour.example/2026/bridge")
    assert (again.reception, again.reason) == (Reception.DUPLICATE, held.reason)
    completed = office.receive(url="https://news.river.example/2026/bridge")
    assert (completed.reception, completed.article) == (Reception.COMPLETED, held.article)
    office.run()
    assert office.release(held.article).state == "usable"


def test_a_second_site_of_the_publisher_is_named_in_the_file_and_the_same_completes_it(office: Office) -> None:
    held = office.receive(url="https://delta.example/2026/bridge")
    assert "add the site to the other_sites of the source" in held.reason
    home = 'url = "https://river.example/"\n'
    assert home in office.text
    office.apply(office.text.replace(home, home + 'other_sites = ["https://www.delta.example"]\n', 1))
    completed = office.receive(url="https://delta.example/2026/bridge")
    assert (completed.reception, completed.article) == (Reception.COMPLETED, held.article)
    office.run()
    assert "https://delta.example/2026/bridge" in office.bodies()[office.release(held.article).guid]


def test_a_date_to_come_is_held_and_the_right_one_completes_it(office: Office) -> None:
    held = office.receive(story(published="2031-03-13"))
    office.run()
    assert office.fate(held.article)["code"] == "date-unlikely"
    office.receive(story())
    office.run()
    release = office.release(held.article)
    assert (release.state, release.version) == ("usable", 1)


def test_a_text_in_another_language_than_it_says_is_held(office: Office) -> None:
    spanish = tuple(SPANISH[paragraph] for paragraph in PARAGRAPHS)
    held = office.receive(story("El puente abre", spanish))
    office.run()
    fate = office.fate(held.article)
    assert (fate["state"], fate["code"]) == ("held", "wrong-language")
    assert fate["translations"] == []
    assert office.engine.asked == []


def test_a_text_in_the_language_of_every_product_has_nowhere_to_go(office: Office) -> None:
    spanish = tuple(SPANISH[paragraph] for paragraph in PARAGRAPHS)
    held = office.receive(story("El puente abre", spanish), language="es")
    office.run()
    assert office.fate(held.article)["code"] == "no-product"


def test_what_the_engine_left_in_english_never_enters_a_spanish_feed(office: Office) -> None:
    published = office.publish(other(), url="https://river.example/library")
    office.engine.phrases.clear()
    office.engine.mark = ""  # gives every sentence back as it came
    held = office.receive()
    office.run()
    fate = office.fate(held.article)
    assert fate["translations"][0]["state"] == "held"
    assert {finding["code"] for finding in fate["translations"][0]["findings"]} >= {"copied"}
    assert fate["releases"] == []
    assert set(office.bodies()) == {GUID.format(published)}
    for name, content in office.files().items():
        assert PARAGRAPHS[0].encode() not in content, name
    assert [row["article"] for row in queries.articles(limit=9, needing_someone=True)[0]] == [held.article]


def test_an_engine_that_knows_half_the_text_gets_the_article_held_not_half_published(office: Office) -> None:
    del office.engine.phrases[PARAGRAPHS[2]]
    office.engine.mark = ""
    held = office.receive()
    office.run()
    [translation] = office.fate(held.article)["translations"]
    assert translation["state"] == "held"
    assert {finding["place"] for finding in translation["findings"] if finding["level"] == "hold"} == {"b2.0"}


def test_an_engine_that_fails_is_asked_again_and_the_article_gets_through(office: Office) -> None:
    book, office.engine.phrases = office.engine.phrases, {}
    article = office.receive().article
    assert office.run()[-1] is Outcome.FAILED
    unit = Unit.objects.get(step="translate")
    assert (unit.state, unit.attempts, unit.error_code) == ("ready", 1, "unexpected")
    office.engine.phrases = book
    assert office.run() == [], "not before its time"
    office.clock.forward(minutes=1)
    office.run()
    assert office.release(article).state == "usable"
    actions = [event["action"] for event in queries.trace(article)]
    assert actions.index("unit.failed") < actions.index("translation.drafted")


def test_partners_without_a_webhook_have_been_sent_what_stands_in_their_feed(office: Office) -> None:
    article = office.publish()
    states = dict(Delivery.objects.values_list("partner__slug", "state"))
    assert states == {"el-faro": "sent", "la-voz": "sent", "diario-de-pago": "sent"}
    assert office.fate(article)["releases"][0]["deliveries"] == {"sent": 3}


def test_what_came_in_is_kept_to_the_byte(office: Office) -> None:
    article = office.receive(b"{ not json").article
    office.run()
    revision = Revision.objects.select_related("payload").get(article=article)
    assert (revision.state, revision.reason_code) == ("held", "unreadable")
    assert bytes(revision.payload.body or b"") == b"{ not json"


def test_a_partner_token_opens_that_partners_feed_and_no_other(office: Office, client: Client) -> None:
    from feeds import tokens
    from pipeline.ledger.models import Partner

    office.publish()
    token = tokens.issue(Partner.objects.get(slug="el-faro"), actor="test", now=office.clock())
    answer = client.get(f"/p/{token}/es/all/rss.xml")
    assert answer.status_code == 200
    assert answer.content == office.feed("rss", partner="el-faro")
    assert client.get(f"/p/{token}/es/puentes/rss.xml").status_code == 404
    assert client.get(f"/p/{token[:-1]}x/es/all/rss.xml").status_code == 404
    assert client.get("/private/el-faro/es/all/rss.xml").status_code == 401


def test_another_engine_with_the_same_words_makes_no_new_version(office: Office) -> None:
    article = office.publish()
    before = office.items()[GUID.format(article)]
    office.engine = PhraseBook({**SPANISH, "Another sentence.": "Otra frase."})
    office.clock.forward(hours=1)
    office.publish(story(keywords=["bridges"]))
    release = office.release(article)
    assert (release.version, release.translation.revision.number) == (1, 2)
    assert office.items()[GUID.format(article)]["date_modified"] == before["date_modified"]


QUOTE = 'The mayor said that the toll was a "mistake" of her party.'
GARBLED = "La alcaldesa dijo que el peaje fue una «asión» de su partido."


def misquoted(office: Office) -> int:
    office.engine.phrases |= {QUOTE: GARBLED}
    return office.publish(story(paragraphs=(*PARAGRAPHS, QUOTE)))


def test_a_word_that_is_none_inside_a_quotation_waits_for_an_editor(office: Office) -> None:
    [translation] = office.fate(misquoted(office))["translations"]
    assert translation["state"] == "held"
    assert [(each["code"], each["level"]) for each in translation["findings"]] == [("invented-word", "hold")]


def test_a_newsroom_may_let_such_a_check_warn_only(office: Office) -> None:
    office.apply('[translation]\nonly_warn = ["invented-word"]\n' + office.text)
    [translation] = office.fate(misquoted(office))["translations"]
    assert translation["state"] == "ready"
    assert [(each["code"], each["level"]) for each in translation["findings"]] == [("invented-word", "warn")]


def test_what_keeps_english_out_of_a_spanish_feed_cannot_be_made_a_warning(office: Office) -> None:
    text = office.text
    for code in ("leftover-english", "copied", "language", "links", "numbers"):
        with pytest.raises(ConfigError, match="only_warn"):
            office.apply(f'[translation]\nonly_warn = ["{code}"]\n{text}')
