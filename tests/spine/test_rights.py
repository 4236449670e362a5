"""Rights come first: asked before translation, before release, at every rendering; unknown ones are held."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline.actions import rights_step, upkeep
from pipeline.ledger import units
from pipeline.ledger.models import Event, Release, Revision, Source, Translation, Unit
from pipeline.runner import Outcome
from pipeline.stages import Step, UnitState
from tests.make import SPANISH, Office, other, story

NO_RECORD: dict[str, Any] = {"source": "silent-times", "url": "https://silent.example/1"}
RECORD = '[source.rights]\nbasis = "licence"\nlicence = "https://creativecommons.org/licenses/by-sa/4.0/"\n'


def with_record(text: str, record: str = RECORD) -> str:
    return text.replace('url = "https://silent.example/"\n', f'url = "https://silent.example/"\n{record}')


def without_record(text: str, licence: str = "by") -> str:
    block = f'[source.rights]\nbasis = "licence"\nlicence = "https://creativecommons.org/licenses/{licence}/4.0/"\n'
    assert block in text
    return text.replace(block, "")


def is_gone(office: Office, article: int) -> bool:
    """No feed and no page has it; the withheld release keeps its guid in the ledger."""
    guid = office.release(article).guid.encode()
    files = office.files()
    return not office.page(article).exists() and not any(guid in content for content in files.values())


def test_a_noncommercial_article_does_not_reach_a_partner_that_sells_access(office: Office) -> None:
    article = office.publish(source="harbor-wire", url="https://harbor.example/1")
    free = office.publish(other(), url="https://river.example/library")
    guid = office.release(article).guid
    [release] = office.fate(article)["releases"]
    assert release["withheld"] == [
        {
            "partner": "diario-de-pago",
            "code": "nc-paid-use",
            "reason": release["withheld"][0]["reason"],
            "reason_es": release["withheld"][0]["reason_es"],
        }
    ]
    assert release["withheld"][0]["reason"]
    assert guid in office.bodies(partner="el-faro")
    assert set(office.bodies(partner="diario-de-pago")) == {office.release(free).guid}
    private = {
        name: data
        for name, data in office.files().items()
        if name.startswith("private/diario-de-pago/") and name.endswith((".xml", ".json"))  # twins cannot be read here
    }
    assert len(private) == 3
    assert not any(b"alcaldesa" in content or guid.encode() in content for content in private.values())


def test_what_a_partner_may_not_have_takes_no_room_in_its_feed(office: Office) -> None:
    office.apply(office.text.replace("[site]", "[site]\nfeed_size = 1"))
    free = office.publish()
    office.clock.forward(hours=1)
    office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    assert set(office.bodies(partner="diario-de-pago")) == {office.release(free).guid}


@pytest.mark.parametrize("licence", ["by-nd/4.0", "by-nc-nd/4.0", "by-nd/3.0"])
def test_a_licence_that_forbids_adaptations_ends_at_refused_and_nothing_is_translated(
    licence: str, office: Office
) -> None:
    receipt = office.receive(licence=f"https://creativecommons.org/licenses/{licence}/")
    office.run()
    fate = office.fate(receipt.article)
    assert fate["state"] == "refused"
    assert fate["code"] in {"nd-no-sharing", "nd-no-adaptation"}
    assert office.engine.asked == []
    assert not Translation.objects.exists()
    assert not Release.objects.exists()


def test_an_article_of_a_source_without_a_record_is_held_until_there_is_one(office: Office) -> None:
    article = office.receive(**NO_RECORD).article
    office.run()
    fate = office.fate(article)
    assert (fate["state"], fate["code"]) == ("held", "rights-unknown")
    assert office.engine.asked == []
    office.clock.forward(days=1)
    office.apply(with_record(office.text))
    office.run()
    assert office.release(article).state == "usable"
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in office.bodies()[office.release(article).guid]
    assert Event.objects.filter(action="revision.reconsidered").count() == 1


def test_a_refusal_becomes_a_release_when_the_record_changes(office: Office) -> None:
    by_nd = RECORD.replace("by-sa", "by-nd")
    office.apply(with_record(office.text, by_nd))
    article = office.receive(**NO_RECORD).article
    office.run()
    assert office.fate(article)["state"] == "refused"
    office.apply(office.text.replace(by_nd, RECORD))
    office.run()
    assert office.release(article).state == "usable"


def test_a_record_that_is_taken_away_takes_the_releases_out_of_every_feed(office: Office) -> None:
    article = office.publish(section="Bridges")
    stays = office.publish(other(), source="harbor-wire", url="https://harbor.example/1")
    office.clock.forward(days=1)
    office.apply(without_record(office.text))
    office.run()
    for product in ("es/all", "es/puentes"):
        release = office.release(article, product)
        assert (release.state, release.reason_code) == ("withheld", "rights-unknown")
    assert is_gone(office, article)
    assert office.release(stays).state == "usable"
    assert office.page(stays).exists()


def test_and_they_come_back_under_the_same_guid_with_the_record(office: Office) -> None:
    text = office.text
    article = office.publish()
    guid = office.release(article).guid
    office.apply(without_record(text))
    office.run()
    office.clock.forward(days=1)
    office.apply(text)
    office.run()
    release = office.release(article)
    assert (release.state, release.guid, release.version) == ("usable", guid, 2)
    assert SPANISH[story()["headline"]] in office.items()[guid]["title"]  # type: ignore[index]
    assert office.page(article).exists()


def test_a_permission_that_runs_out_takes_its_articles_with_it(office: Office) -> None:
    permission = (
        '[source.rights]\nbasis = "permission"\nreference = "letter 7"\nuses = ["N", "P"]\nexpires = 2026-03-20\n'
    )
    office.apply(with_record(office.text, permission))
    article = office.publish(**NO_RECORD)
    office.clock.at = office.clock.at.replace(day=20, hour=23)
    assert upkeep.expire_rights(now=office.clock()) == 0, "the last day still counts"
    office.run()
    assert office.page(article).exists()
    office.clock.forward(hours=2)
    assert upkeep.expire_rights(now=office.clock()) == 1
    assert upkeep.expire_rights(now=office.clock()) == 0, "asked about once"
    office.run()
    assert office.release(article).reason_code == "permission-expired"
    assert is_gone(office, article)


def test_a_feed_that_is_rendered_before_anybody_noticed_shows_nothing_that_expired(office: Office) -> None:
    permission = '[source.rights]\nbasis = "permission"\nreference = "letter 7"\nuses = ["N"]\nexpires = 2026-03-20\n'
    office.apply(with_record(office.text, permission))
    office.publish(**NO_RECORD)
    office.clock.forward(days=10)
    upkeep.refresh_everything(now=office.clock())
    office.run()
    assert office.bodies() == {}


def test_the_same_licence_on_the_article_wins_when_it_is_stricter(office: Office) -> None:
    article = office.publish(licence="https://creativecommons.org/licenses/by-nc-sa/4.0/")
    [release] = office.fate(article)["releases"]
    assert [row["partner"] for row in release["withheld"]] == ["diario-de-pago"]
    assert "https://creativecommons.org/licenses/by-nc-sa/4.0/" in office.bodies()[office.release(article).guid]


def test_a_licence_that_contradicts_the_record_is_held(office: Office) -> None:
    receipt = office.receive(
        source="harbor-wire", url="https://harbor.example/1", licence="https://creativecommons.org/licenses/by/4.0/"
    )
    office.run()
    assert office.fate(receipt.article)["code"] == "rights-conflict"


def test_terms_that_changed_on_the_page_hold_the_article(office: Office) -> None:
    terms = "We encourage readers to copy our work for non-commercial purposes, with credit and a link."
    house = (
        f'[source.rights]\nbasis = "house-terms"\nterms_text = "{terms}"\nterms_url = "https://silent.example/terms"\n'
        'translation = true\ndeclared_by = "ana"\nuses = ["N"]\n'
    )
    office.apply(with_record(office.text, house))
    body = story()["body_html"]
    fine = office.publish(story(body_html=f"{body}<p>{terms}</p>"), **NO_RECORD)
    assert office.release(fine).state == "usable"
    other_terms = terms.replace("our work for non-commercial purposes", "nothing without asking us")
    receipt = office.receive(
        story(body_html=f"{body}<p>{other_terms}</p>"), source="silent-times", url="https://silent.example/2"
    )
    office.run()
    assert office.fate(receipt.article)["code"] == "terms-changed"
    assert Revision.objects.get(pk=receipt.revision).state == "held"


def test_a_release_that_was_withheld_from_the_start_is_published_when_it_first_appears(office: Office) -> None:
    text = with_record(office.text)
    office.apply(text)
    article = office.receive(**NO_RECORD).article
    for _ in range(4):  # extracted, cleared, translated, checked: the record goes before the release is decided
        [unit] = list(office.due())
        office.runner.run(unit)
    office.apply(text.replace(RECORD, ""))
    office.run()
    assert (office.release(article).state, office.release(article).version) == ("withheld", 0)
    office.clock.forward(days=5)
    office.apply(text)
    office.run()
    release = office.release(article)
    assert (release.state, release.version, release.published_at) == ("usable", 1, office.clock())


@pytest.fixture
def five(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Five articles of one source that are out, oldest first; two of them are asked about at a time."""
    monkeypatch.setattr(rights_step, "BATCH", 2)
    return [office.publish(url=f"https://river.example/{number}") for number in range(5)]


def asked(office: Office) -> list[int]:
    """The articles whose releases are about to be decided again."""
    armed = Unit.objects.filter(step=Step.RELEASE, state=UnitState.READY).values_list("subject", flat=True)
    keys = [int(subject.partition(":")[2]) for subject in armed]
    return sorted(Translation.objects.filter(pk__in=keys).values_list("revision__article", flat=True))


def one_batch(office: Office) -> None:
    unit = Unit.objects.get(step=Step.RECONSIDER)
    assert office.runner.run(unit.pk) is Outcome.DONE


def progress() -> tuple[int, int] | None:
    found = rights_step.progress(Source.objects.get(slug="river-post"))
    return (found.left, found.total) if found else None


def test_a_changed_record_is_asked_about_in_batches_newest_first(office: Office, five: list[int]) -> None:
    office.clock.forward(hours=1)
    assert progress() is None
    office.apply(without_record(office.text))
    assert asked(office) == [], "changing the record is one short transaction"
    assert progress() == (5, 5)
    one_batch(office)
    assert asked(office) == five[3:]
    assert progress() == (3, 5)
    office.run()
    assert {office.release(article).state for article in five} == {"withheld"}
    assert progress() is None
    assert Event.objects.filter(action="rights.asked-again").count() == 1


def test_the_first_batch_takes_everything_out_of_the_feeds(office: Office, five: list[int]) -> None:
    office.clock.forward(hours=1)
    office.apply(without_record(office.text))
    one_batch(office)
    for unit in Unit.objects.filter(step=Step.RELEASE, state=UnitState.READY):
        office.runner.run(unit.pk)
    for unit in Unit.objects.filter(step=Step.PUBLISH, state=UnitState.READY, subject__startswith="feed:"):
        office.runner.run(unit.pk)
    assert office.release(five[0]).state == "usable", "its turn has not come"
    assert office.bodies() == {}


def test_a_batch_that_a_killed_worker_left_is_done_again(
    office: Office, five: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.clock.forward(hours=1)
    office.apply(without_record(office.text))
    one_batch(office)
    before = (progress(), asked(office))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    unit = Unit.objects.get(step=Step.RECONSIDER).pk
    monkeypatch.setattr(rights_step.changes, "note", killed)
    with pytest.raises(KeyboardInterrupt):
        office.runner.run(unit)
    monkeypatch.undo()
    assert (progress(), asked(office)) == before, "nothing of the batch was saved"
    office.clock.forward(hours=1)  # its lease ends
    office.run()
    assert {office.release(article).state for article in five} == {"withheld"}


def test_a_record_that_changes_meanwhile_is_asked_about_from_the_start(office: Office, five: list[int]) -> None:
    text = office.text
    office.clock.forward(hours=1)
    office.apply(without_record(text))
    one_batch(office)
    office.clock.forward(hours=1)
    office.apply(text)
    assert progress() == (5, 5)
    office.run()
    assert {office.release(article).state for article in five} == {"usable"}


def test_asking_again_when_all_is_through_changes_nothing(office: Office, five: list[int]) -> None:
    office.clock.forward(hours=1)
    office.apply(without_record(office.text))
    office.run()
    before = Event.objects.count()
    units.arm(Step.RECONSIDER, Unit.objects.get(step=Step.RECONSIDER).subject, now=office.clock.forward(hours=1))
    office.run()
    assert Event.objects.count() == before


def test_changing_a_record_takes_as_many_questions_for_nine_articles_as_for_five(
    office: Office, five: list[int]
) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            rights_step.rights_changed("river-post", actor="test", now=office.clock())
        return len(captured)

    questions()  # the first time makes a row of each kind
    office.run()
    few = questions()
    office.run()
    for number in range(5, 9):
        office.publish(url=f"https://river.example/{number}")
    assert questions() == few
