"""A withdrawal removes the text from every file at once, keeps the guid, leaves a tombstone, and is final."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from lxml import etree

from feeds import steps as outward
from pipeline import steps
from pipeline.actions import upkeep
from pipeline.actions.correct import correct
from pipeline.actions.withdraw import plan, withdraw
from pipeline.errors import IllegalTransition, PublishError
from pipeline.ledger import units
from pipeline.ledger.models import Delivery, Event, Release, Unit
from pipeline.rights.attribution import stub_title
from pipeline.runner import Effect, Runner, Work
from pipeline.stages import Step
from tests.make import HEADLINE, PARAGRAPHS, SPANISH, Office, corrected, other

if TYPE_CHECKING:
    from django.test import Client

TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
# Words that stand in this article and in nothing else that is published
WORDS = {
    word
    for text in (HEADLINE, *PARAGRAPHS, *(SPANISH[text] for text in (HEADLINE, *PARAGRAPHS)), "Ana Pond", "bridge")
    for word in re.findall(r"\w{6,}", text)
} - {"millones", "villages"}


def take_back(office: Office, article: int) -> None:
    """As the command does it: the units are run at once, whatever else waits."""
    planned = withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    assert not office.runner.run_now(planned.units)


@pytest.fixture
def withdrawn(office: Office) -> int:
    article = office.publish(section="Bridges")
    office.publish(other(), url="https://river.example/library")
    assert any(b"alcaldesa" in content for content in office.files().values())
    office.clock.forward(hours=3)
    take_back(office, article)
    return article


def test_no_word_of_it_is_left_in_any_file(office: Office, withdrawn: int) -> None:
    files = office.files()
    assert len(files) > 20
    assert any(name.endswith(".gz") for name in files)
    for name, content in files.items():
        text = content.decode()
        assert [word for word in sorted(WORDS) if re.search(rf"\b{word}\b", text)] == [], name
    assert any("bibliotecaria" in content.decode() for content in files.values()), "the other article stays"


def test_the_guid_stays_with_a_higher_version_and_a_stub_and_a_tombstone(office: Office, withdrawn: int) -> None:
    release = office.release(withdrawn)
    assert (release.state, release.version, release.reason_code) == ("canceled", 2, "kill")
    assert release.guid == f"tag:eco.example,2026:article/{withdrawn}/es"
    assert release.updated_at == office.clock()
    for product in ("es/all", "es/puentes"):
        for form in ("rss", "json"):
            assert release.guid in office.bodies(form, product)
        atom = etree.fromstring(office.feed("atom", product))
        assert [entry.get("ref") for entry in atom.iter(TOMBSTONE)] == [release.guid]


def test_its_address_answers_410_with_a_page_that_says_so(office: Office, withdrawn: int, client: Client) -> None:
    answer = client.get(f"/es/articles/{withdrawn}.html")
    assert answer.status_code == 410
    assert stub_title("es") in answer.content.decode()
    assert not office.page(withdrawn).exists()
    assert not office.page(withdrawn).with_suffix(".html.gz").exists()
    assert client.get("/es/articles/4711.html").status_code == 404


def test_everybody_who_had_it_is_told_and_nobody_else(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")  # not for paid use
    assert plan(article).partners == ("el-faro", "la-voz")
    take_back(office, article)
    told = Delivery.objects.filter(kind="withdrawn").values_list("partner__slug", "state")
    assert sorted(told) == [("el-faro", "sent"), ("la-voz", "sent")]


def test_the_stub_leaves_the_feeds_after_thirty_days_and_the_gone_page_stays(
    office: Office, withdrawn: int, client: Client
) -> None:
    guid = office.release(withdrawn).guid
    office.clock.forward(days=29)
    upkeep.refresh_feeds(now=office.clock())
    office.run()
    assert guid in office.bodies()
    office.clock.forward(days=2)
    upkeep.refresh_feeds(now=office.clock())
    office.run()
    for form in ("rss", "atom", "json"):
        assert guid.encode() not in office.feed(form)
        assert guid.encode() not in office.feed(form, partner="el-faro")
    assert client.get(f"/es/articles/{withdrawn}.html").status_code == 410


def test_a_withdrawal_is_final(office: Office, withdrawn: int) -> None:
    files = office.files()
    office.clock.forward(days=1)
    office.publish(corrected())
    fate = office.fate(withdrawn)
    assert (fate["state"], fate["code"]) == ("held", "article-withdrawn")
    assert office.files() == files
    with pytest.raises(IllegalTransition, match="was withdrawn"):
        correct(withdrawn, "es", "headline", "Otra vez", note="x", actor="ana", now=office.clock())
    with pytest.raises(IllegalTransition, match="was withdrawn on 2026-03-14 already"):
        plan(withdrawn)
    with pytest.raises(IllegalTransition, match="there is no article 4711"):
        plan(4711)
    upkeep.refresh_everything(now=office.clock())
    upkeep.offer_again(now=office.clock())
    office.run()
    assert office.files() == files


def test_a_plan_changes_nothing(office: Office) -> None:
    article = office.publish(section="Bridges")
    before, events = office.stamps(), Event.objects.count()
    planned = plan(article)
    assert planned.products == ("es/all", "es/puentes")
    assert planned.partners == ("diario-de-pago", "el-faro", "la-voz")
    assert office.run() == []
    assert (office.stamps(), Event.objects.count()) == (before, events)
    assert office.release(article).state == "usable"


def test_who_did_it_and_why_is_on_record(office: Office, withdrawn: int) -> None:
    event = Event.objects.get(action="article.withdrawn")
    assert (event.actor, event.reason, event.details["kind"]) == ("ana", "it was not true", "kill")
    assert event.details["partners"] == ["diario-de-pago", "el-faro", "la-voz"]


@pytest.mark.parametrize("step", [Step.EXTRACT, Step.CLEAR, Step.TRANSLATE, Step.CHECK, Step.RELEASE])
def test_an_article_that_is_withdrawn_while_a_step_runs_is_never_released(step: Step, office: Office) -> None:
    """The step has loaded and decided; the editor is faster than its transaction."""
    table = {**steps.table(office.room), **outward.table(office.room)}
    article = office.receive().article

    def overtaken(work: Work) -> Effect:
        effect = table[step](work)
        withdraw(article, kind="takedown", reason="the source asked", actor="ana", now=office.clock())
        return effect

    Runner({**table, step: overtaken}, office.clock).drain()
    assert not Release.objects.filter(state="usable").exists()
    assert office.bodies() == {}
    assert not office.page(article).exists()


def test_a_rendering_that_is_overtaken_by_a_withdrawal_does_not_bring_the_text_back(office: Office) -> None:
    table = {**steps.table(office.room), **outward.table(office.room)}
    article = office.receive().article
    done: list[str] = []

    def overtaken(work: Work) -> Effect:
        effect = table[Step.PUBLISH](work)  # the text is in the files now, and the unit is still leased
        if not done:
            done.append(work.subject)
            withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
        return effect

    Runner({**table, Step.PUBLISH: overtaken}, office.clock).drain()
    for name, content in office.files().items():
        assert b"alcaldesa" not in content, name


def test_a_withdrawal_is_not_called_done_while_somebody_may_still_write_the_text(office: Office) -> None:
    article = office.publish()
    upkeep.refresh_everything(now=office.clock())
    feed = Unit.objects.get(subject="feed:1")
    claim = units.claim(feed.pk, now=office.clock())
    assert claim is not None  # another worker renders what was true until now
    planned = withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    assert office.runner.run_now(planned.units, patience=0) == [feed.pk]
    assert "alcaldesa" in office.bodies()[office.release(article).guid]
    with transaction.atomic():
        units.close(claim, now=office.clock())
    assert office.runner.run_now(planned.units, patience=0) == []
    assert "alcaldesa" not in office.bodies()[office.release(article).guid]


def test_a_file_that_cannot_be_written_is_not_waited_for(office: Office) -> None:
    article = office.publish()

    def full(work: Work) -> Effect:
        raise PublishError("the disk is full")

    planned = withdraw(article, kind="kill", reason="it was not true", actor="ana", now=office.clock())
    begun = time.monotonic()
    assert Runner({Step.PUBLISH: full}, office.clock).run_now(planned.units, patience=600) == sorted(planned.units)
    assert time.monotonic() - begun < 300
