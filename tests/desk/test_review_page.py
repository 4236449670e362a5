"""The review page over HTTP: what it shows, what each verb does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from desk.roles import Role
from pipeline.ledger import translations, wordings
from pipeline.ledger.models import Event, Translation, Wording
from tests.make import CHANGED, PARAGRAPHS, SPANISH, Office, corrected, story

GOOD = "La alcaldesa dijo que nadie pagará peaje."
SignedIn = Callable[[Role | None], Client]


@pytest.fixture
def held(office: Office) -> int:
    """An article of which the engine left the third paragraph in English."""
    return office.half_translated()


def newest(article: int) -> Translation:
    row = translations.newest(article, "es")
    assert row is not None
    return row


def work(office: Office) -> None:
    """What the desk has armed is due by the wall clock."""
    office.clock.at = datetime.now(UTC)
    office.run()


def at(article: int, **more: str) -> str:
    name = "act" if "verb" in more else "review"
    return reverse(f"desk:{name}", kwargs={"article": article, "language": "es", **more})


def do(client: Client, article: int, verb: str, **fields: object) -> str:
    """Post a verb without script and follow; the page's words."""
    fields.setdefault("base", newest(article).pk)
    answer = client.post(at(article, verb=verb), {key: str(value) for key, value in fields.items()}, follow=True)
    return answer.content.decode()


def test_the_page_shows_both_texts_and_the_findings_with_their_words_marked(held: int, signed_in: SignedIn) -> None:
    shown = signed_in(Role.EDITOR).get(at(held)).content.decode()
    plain = shown.replace("<mark>", "").replace("</mark>", "")
    for paragraph in PARAGRAPHS:
        assert paragraph in plain
    assert "copied" in shown
    assert "leftover-english" in shown
    assert shown != plain
    listed = signed_in(Role.VIEWER).get(reverse("desk:held")).content.decode()
    assert at(held) in listed


def test_a_viewer_reads_and_is_offered_no_verb(held: int, signed_in: SignedIn) -> None:
    shown = signed_in(Role.VIEWER).get(at(held) + "?edit=b2.0").content.decode()
    assert PARAGRAPHS[1] in shown
    assert "<textarea" not in shown
    assert "/do/" not in shown


def test_typing_is_checked_and_kept(held: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.EDITOR)
    fields = {"place": "b1.0", "html": 'Costó "14" millones  de pesos y nueve años.', "base": newest(held).pk}
    looked = client.post(at(held, verb="type"), fields).content.decode()
    assert "<strong>Figures.</strong>" in looked
    assert "Costó «14» millones de pesos y nueve años." in looked
    assert Wording.objects.get().html == fields["html"]
    again = client.get(at(held) + "?edit=b1.0").content.decode()
    assert "Costó &quot;14&quot; millones  de pesos" in again, "a closed window loses nothing"


def test_a_sentence_is_saved_and_the_translation_approved(office: Office, held: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.EDITOR)
    assert "Saved." in do(client, held, "save", place="b2.0", html=GOOD)
    assert "Approved." in do(client, held, "decide", decision="approve")
    work(office)
    assert GOOD in office.bodies()[office.release(held).guid]
    assert Event.objects.get(action="translation.approved").actor == "desk:editor"
    assert office.release(held).attribution["reviewer"] == "editor"


def test_what_cannot_be_saved_stays_in_the_open_field_with_the_reason_below_it(
    office: Office, signed_in: SignedIn
) -> None:
    linked = PARAGRAPHS[2].replace("toll", '<a href="https://river.example/toll">toll</a>')
    office.engine.phrases["toll"] = "peaje"
    office.apply(office.text + '\n[translation]\nreview = "always"\n')
    article = office.receive(story(paragraphs=(*PARAGRAPHS[:2], linked, PARAGRAPHS[3]))).article
    office.run()
    client = signed_in(Role.EDITOR)
    said = "lacks the link to https://river.example/toll"
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(
            at(article, verb="save"),
            {"place": "b2.0", "html": "Nadie lo pagará.", "base": newest(article).pk},
            follow=True,
            headers=headers,
        )
        shown = answer.content.decode()
        assert "Nadie lo pagará.</textarea>" in shown
        assert said in shown.split('id="look-b2-0"')[1].split("</div>")[0]
    assert newest(article).version == 1


def test_that_nobody_has_read_it_is_no_finding_that_an_approval_overrules(office: Office, signed_in: SignedIn) -> None:
    office.apply(office.text + '\n[translation]\nreview = "always"\n')
    article = office.receive().article
    office.run()
    shown = signed_in(Role.EDITOR).get(at(article)).content.decode()
    assert "publishes nothing unread" in shown
    assert "No finding blocks it any more." in shown


def test_the_first_version_says_who_made_it(held: int, signed_in: SignedIn) -> None:
    versions = reverse("desk:versions", kwargs={"article": held, "language": "es"})
    assert "the machines" in signed_in(Role.VIEWER).get(versions).content.decode()


def test_nothing_unsaved_is_passed_over_by_an_approval(held: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.EDITOR)
    do(client, held, "type", place="b2.0", html="A medias")
    assert "unsaved wordings (paragraph 3, sentence 1)" in do(client, held, "decide", decision="approve")
    assert newest(held).state == "held"
    do(client, held, "drop", place="b2.0")
    assert "Approved." in do(client, held, "decide", decision="approve")


def test_a_stale_save_shows_both_texts_and_overwrites_nothing(
    held: int, signed_in: SignedIn, person: Callable[..., object]
) -> None:
    base = newest(held).pk
    eva = Client(headers={"Accept-Language": "en"})
    eva.force_login(person(Role.EDITOR, "eva"))  # type: ignore[arg-type]
    do(eva, held, "save", place="b2.0", html=GOOD, base=base)
    late = do(signed_in(Role.EDITOR), held, "save", place="b2.0", html="Nadie pagará.", base=base)
    for words in ("Two of you changed this sentence", PARAGRAPHS[2], GOOD, "Nadie pagará.", "<dt>eva</dt>"):
        assert words in late
    assert newest(held).version == 2
    assert wordings.of(held, "es", "desk:editor")["b2.0"].html == "Nadie pagará."


@pytest.mark.parametrize(
    ("decision", "reason", "said", "state"),
    [
        ("reject", "", "Say why", "held"),
        ("reject", "not news", "Rejected.", "rejected"),
        ("hold", "", "say what it waits for", "held"),
        ("hold", "ask the mayor", "It waits", "held"),
        ("burn", "x", "Choose:", "held"),
    ],
)
def test_decisions(decision: str, reason: str, said: str, state: str, held: int, signed_in: SignedIn) -> None:
    assert said in do(signed_in(Role.EDITOR), held, "decide", decision=decision, reason=reason)
    assert newest(held).state == state


def test_a_finding_is_waived_on_its_sentence(held: int, signed_in: SignedIn) -> None:
    shown = do(signed_in(Role.EDITOR), held, "waive", place="b2.0", code="copied", reason="a motto")
    assert "waived by editor: a motto" in shown


def test_an_undo_puts_the_old_words_back(held: int, signed_in: SignedIn) -> None:
    client, first = signed_in(Role.EDITOR), newest(held).pk
    do(client, held, "save", place="b1.0", html="La obra costó 41 millones de pesos en nueve años.")
    assert "Undo" not in do(client, held, "undo", place="b1.0", version=first)
    past = client.get(reverse("desk:versions", kwargs={"article": held, "language": "es"})).content.decode()
    assert past.count("step back") == 1
    assert "<ins>" in past
    assert newest(held).version == 3


def test_a_published_text_is_corrected_with_a_note(office: Office, signed_in: SignedIn) -> None:
    article, client = office.publish(), signed_in(Role.EDITOR)
    do(client, article, "done", place="b2.0", html="Nadie pagará, dijo la alcaldesa.")
    assert "Write the note" in do(client, article, "correct", note="")
    assert office.release(article).version == 1
    assert "Corrected." in do(client, article, "correct", note="Se precisa quién lo dijo.")
    work(office)
    item = office.items()[office.release(article).guid]
    assert "Nadie pagará, dijo la alcaldesa." in item["content_html"]
    assert "Se precisa quién lo dijo." in item["content_html"]
    assert office.release(article).version == 2


def test_of_a_new_revision_only_what_changed_is_marked(office: Office, signed_in: SignedIn) -> None:
    article = office.publish()
    office.clock.forward(hours=1)
    office.receive(corrected())
    office.run()
    shown = signed_in(Role.VIEWER).get(at(article)).content.decode()
    assert "The publisher changed 1 sentence" in shown
    assert "<del>41</del><ins>14</ins>" in shown
    assert SPANISH[CHANGED] in shown


def test_the_preview_is_what_will_be_published(office: Office, signed_in: SignedIn) -> None:
    article, client = office.publish(), signed_in(Role.EDITOR)
    keys = {"article": article, "language": "es"}
    assert client.get(reverse("desk:preview", kwargs=keys)).status_code == 200
    published = office.page(article).read_text()
    body = published.split('<div class="', 1)[0] and office.bodies()[office.release(article).guid]
    shown = {
        form: client.get(reverse("desk:frame", kwargs={**keys, "form": form})) for form in ("reader", "page", "credit")
    }
    for answer in shown.values():
        assert answer["Content-Security-Policy"].startswith("sandbox;")
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert "https://river.example/2026/bridge" in answer.content.decode()
    for paragraph in PARAGRAPHS:
        assert SPANISH[paragraph] in body
        assert SPANISH[paragraph] in shown["reader"].content.decode()
    do(client, article, "type", place="b2.0", html="Nadie <b>pagará</b><script>x</script>.")
    unsaved = client.get(reverse("desk:frame", kwargs={**keys, "form": "reader"})).content.decode()
    assert "Nadie <strong>pagará</strong>." in unsaved
    assert "<script>" not in unsaved


def test_two_editors_see_each_other(held: int, signed_in: SignedIn, person: Callable[..., object]) -> None:
    eva = Client(headers={"Accept-Language": "en"})
    eva.force_login(person(Role.EDITOR, "eva"))  # type: ignore[arg-type]
    base = newest(held).pk
    assert "Also here" not in do(eva, held, "presence", base=base)
    client = signed_in(Role.EDITOR)
    assert "Also here: eva" in do(client, held, "presence", base=base)
    do(eva, held, "type", place="b2.0", html="Ninguno", base=base)
    assert "desk:eva is writing here" in client.get(at(held)).content.decode()
    do(eva, held, "save", place="b2.0", html=GOOD, base=base)
    assert "A newer version was saved" in do(client, held, "presence", base=base)


def test_what_is_not_there_is_not_found(office: Office, signed_in: SignedIn) -> None:
    client, article = signed_in(Role.EDITOR), office.publish()
    for path in (at(4711), reverse("desk:review", kwargs={"article": article, "language": "fr"})):
        assert client.get(path).status_code == 404
    assert client.post(at(article, verb="burn")).status_code == 404
    assert (
        client.get(reverse("desk:frame", kwargs={"article": article, "language": "es", "form": "fax"})).status_code
        == 404
    )
