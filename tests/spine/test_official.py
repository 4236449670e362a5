"""Official translation first: where the publisher has its own version, nobody gets a machine's."""

from __future__ import annotations

import pytest

from pipeline.actions import official
from pipeline.errors import IllegalTransition
from pipeline.ledger import codec, editions
from pipeline.ledger.models import Edition, Event, Translation
from pipeline.rights import invariant
from pipeline.types import Attribution
from tests.make import HEADLINE, SPANISH, Office, story

OWN = "https://river.example/es/2026/puente"
TITLE = "Abre el puente nuevo"


def receive(office: Office, **fields: object) -> int:
    return office.publish(story(editions={"es": OWN, "pt": "https://river.example/pt/ponte"}, **fields))


def link(office: Office, article: int, **fields: str) -> None:
    official.link(article, "es", headline=TITLE, reason="it is theirs", actor="cli:Eva", now=office.clock(), **fields)
    office.run()


def test_an_article_that_its_publisher_translated_waits_for_an_editor(office: Office) -> None:
    article = receive(office)
    row = office.fate(article)
    assert (row["state"], row["code"]) == ("held", "official-edition")
    assert not Translation.objects.exists()
    assert [(each.article_id, each.language, each.url) for each in editions.candidates()] == [(article, "es", OWN)]
    assert office.engine.asked == []


def test_linking_points_every_reader_to_the_publishers_version(office: Office) -> None:
    article = receive(office)
    link(office, article)
    [entry] = office.items().values()
    assert entry["title"] == TITLE
    assert OWN in entry["content_html"]
    assert "Traducción automática" not in entry["content_html"]
    assert "Cambios:" not in entry["content_html"]
    release = office.release(article)
    words = "The River Post publicó este artículo en español: léalo en su sitio."
    for output in (office.feed("rss"), office.feed("atom"), office.page(article).read_bytes()):
        attribution = codec.load(Attribution, release.attribution)
        assert invariant.problems(output.decode(), attribution, first_words=words, last_words=words) == []
    assert office.engine.asked == []
    assert list(editions.candidates()) == []


def test_passing_over_translates_after_all(office: Office) -> None:
    article = receive(office)
    official.pass_over(article, "es", reason="an excerpt only", actor="cli:Eva", now=office.clock())
    office.run()
    [entry] = office.items().values()
    assert entry["title"] == SPANISH[HEADLINE]


def test_a_new_revision_brings_no_translation_while_the_link_stands(office: Office) -> None:
    article = receive(office)
    link(office, article)
    office.clock.forward(hours=1)
    receive(office, paragraphs=("Something else was written here on Tuesday.",) * 4)
    assert [entry["title"] for entry in office.items().values()] == [TITLE]
    assert office.engine.asked == []


def test_an_editor_may_find_the_version_after_a_machine_translated(office: Office) -> None:
    article = office.publish()
    link(office, article, url=OWN)
    [entry] = office.items().values()
    assert (entry["title"], entry["_status"]["version"]) == (TITLE, 2)
    official.pass_over(article, "es", reason="it was taken down", actor="cli:Eva", now=office.clock())
    office.run()
    [entry] = office.items().values()
    assert (entry["title"], entry["_status"]["version"]) == (SPANISH[HEADLINE], 3)


def test_each_decision_is_in_the_audit_trail(office: Office) -> None:
    article = receive(office)
    link(office, article)
    official.pass_over(article, "es", reason="it was taken down", actor="cli:Eva", now=office.clock())
    told = Event.objects.filter(action__startswith="edition.").order_by("pk").values_list("action", "actor", "reason")
    assert list(told) == [
        ("edition.found", "pipeline", ""),
        ("edition.linked", "cli:Eva", "it is theirs"),
        ("edition.passed-over", "cli:Eva", "it was taken down"),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "ftp://river.example/x"])
def test_only_web_addresses_are_linked(office: Office, url: str) -> None:
    article = office.publish()
    with pytest.raises(IllegalTransition, match="https://"):
        link(office, article, url=url)
    assert not Edition.objects.exists()


def test_what_does_not_exist_is_said(office: Office) -> None:
    with pytest.raises(IllegalTransition, match="there is no article 9"):
        link(office, 9)
    article = office.publish()
    with pytest.raises(IllegalTransition, match="no official version"):
        official.pass_over(article, "es", reason="x", actor="cli:Eva", now=office.clock())
