"""A publisher's page of terms as evidence: read through the guarded client, kept with the record, compared later."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from pipeline import clock
from pipeline.actions import terms_page
from pipeline.errors import FetchFailed, IllegalTransition, PageRefused, SourceError, TargetForbidden, TooLarge
from pipeline.ingest.http import GuardedClient
from pipeline.ledger import catalog
from pipeline.ledger.models import Event, Source, TermsPage
from pipeline.rights.evidence import evidence_sha256
from pipeline.rights.terms_page import Verdict
from pipeline.stages import TermsPageState
from tests.make import Office
from tests.servers import Site, site
from workers import abroad, spine
from workers.cli import main

SLUG = "silent-times"
SENTENCE = "You may republish our articles free of charge if you name the author."
PAGE = """<title>Terms</title><nav>Home</nav><h1>Republishing</h1><p>You may <b>republish</b> our articles
free of charge if you name the author.</p><p hidden>Not for anybody.</p>
<p>See <a href="https://creativecommons.org/licenses/by/4.0/deed.en">CC BY</a>, v4.0.</p>"""


@pytest.fixture
def publisher(office: Office) -> Iterator[Site]:
    """Its web site, which this newsroom may visit."""
    with site() as made:
        office.apply(office.text + '\n[network]\nallow_private = ["127.0.0.1"]\n')
        office.run()
        made.put("/terms", PAGE)
        yield made


@pytest.fixture
def visitor(office: Office, publisher: Site) -> GuardedClient:
    return terms_page.client(office.room.config)


@pytest.fixture
def run(office: Office, publisher: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line, in this office."""
    monkeypatch.setattr("workers.cli.common.open_newsroom", lambda **_: None)
    monkeypatch.setattr("workers.cli.rights.finish", lambda: None)
    monkeypatch.setattr(clock, "now", office.clock)
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    monkeypatch.setenv("TORNAVOZ_ACTOR", "ana")
    return lambda *words: CliRunner().invoke(main, ["rights", *words])


def filed(run: Callable[..., Result], publisher: Site, *more: str) -> Result:
    words = ("--basis", "house-terms", "--terms-url", publisher.base + "/terms", "--terms-text", SENTENCE)
    words += ("--translation", "yes", "--use", "N", "--reason", "read on their page", "--read", *more)
    return run("file", SLUG, *words)


def test_what_people_see_is_kept_with_its_digest_and_who_read_it_when(
    office: Office, publisher: Site, visitor: GuardedClient
) -> None:
    page = terms_page.read(SLUG, publisher.base + "/terms", visitor, actor="desk:ana", now=office.clock())
    assert page.text == f"Home\nRepublishing\n{SENTENCE}\nSee CC BY, v4.0."
    assert page.sha256 == evidence_sha256(page.text)
    assert (page.read_by, page.read_at, page.state) == ("desk:ana", office.clock(), "read")
    assert page.licences == ["https://creativecommons.org/licenses/by/4.0/"]
    plain = publisher.put("/terms.txt", "Reuse\n\n" + SENTENCE, kind="text/plain; charset=utf-8")
    assert terms_page.read(SLUG, plain, visitor, actor="x", now=office.clock()).text == f"Reuse\n{SENTENCE}"


def test_a_page_that_cannot_be_read_says_why_and_leaves_nothing(
    office: Office, publisher: Site, visitor: GuardedClient
) -> None:
    publisher.put("/down", "later", status=503)
    publisher.put("/terms.pdf", b"%PDF-1.7", kind="application/pdf")
    publisher.put("/script", "<html><body><script>draw()</script></body></html>")
    publisher.put("/endless", b"x" * (terms_page.LIMITS.max_bytes + 1))
    publisher.put("/long", "<p>" + "terms " * 40_000)

    def refused(path: str, error: type[SourceError], match: str, by: GuardedClient = visitor) -> None:
        with pytest.raises(error, match=match):
            terms_page.read(SLUG, publisher.base + path, by, actor="x", now=office.clock())

    refused("/nowhere", PageRefused, "answers 404")
    refused("/down", FetchFailed, "answers 503")
    refused("/terms.pdf", PageRefused, "application/pdf, not a page of text")
    refused("/script", PageRefused, "no text without its scripts")
    refused("/endless", TooLarge, "larger than")
    refused("/long", PageRefused, "holds 2")
    refused("/terms", TargetForbidden, "not contacted", terms_page.client(office.room.config.model_copy(
        update={"network": office.room.config.network.model_copy(update={"allow_private": ()})}
    )))  # fmt: skip
    assert not TermsPage.objects.exists()


def test_a_reader_of_terms_is_not_patient() -> None:
    assert terms_page.LIMITS.whole <= 6, "somebody waits in front of the page"


def test_what_was_read_and_not_filed_is_forgotten_after_a_day(
    office: Office, publisher: Site, visitor: GuardedClient
) -> None:
    first = terms_page.read(SLUG, publisher.base + "/terms", visitor, actor="x", now=office.clock())
    office.clock.forward(hours=23)
    second = terms_page.read(SLUG, publisher.base + "/terms", visitor, actor="x", now=office.clock())
    office.clock.forward(hours=2)
    third = terms_page.read(SLUG, publisher.base + "/terms", visitor, actor="x", now=office.clock())
    assert set(TermsPage.objects.values_list("pk", flat=True)) == {second.pk, third.pk}
    assert terms_page.pick(first.source, first.pk) is None


def test_the_command_line_shows_files_and_checks(run: Callable[..., Result], publisher: Site, office: Office) -> None:
    dry = filed(run, publisher, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "nothing was changed" in dry.output
    assert catalog.rights_of(Source.objects.get(slug=SLUG)) is None
    done = filed(run, publisher)
    assert done.exit_code == 0, done.output
    assert "filed; 0 articles are asked about again" in done.output
    [page] = TermsPage.objects.filter(state=TermsPageState.KEPT)
    event = Event.objects.get(action="rights.filed")
    assert (event.actor, event.details["page"]["sha256"]) == ("cli:ana", page.sha256)
    shown = json.loads(run("show", SLUG, "--json").output)
    assert (shown["record"]["terms_text"], shown["page"]["sha256"]) == (SENTENCE, page.sha256)
    assert {row["question"]: row["ruling"] for row in shown["allows"]}["translate"] == "allow"
    assert "page:" in run("show", SLUG).output
    assert run("check").exit_code == 0
    assert "still says what was filed" in run("check", SLUG).output
    publisher.put("/terms", "<p>All rights reserved.</p>")
    gone = run("check", "--json")
    assert gone.exit_code == 1
    [look] = json.loads(gone.output)["checked"]
    assert look["verdict"] == "gone"
    assert f"- {SENTENCE}" in look["changes"]
    assert "+ All rights reserved." in look["changes"]


def test_a_sentence_that_is_not_on_the_page_is_told_before_it_is_filed(
    run: Callable[..., Result], publisher: Site
) -> None:
    publisher.put("/terms", "<p>All rights reserved.</p>")
    assert "does not stand on the page" in filed(run, publisher, "--dry-run").output


def test_options_that_contradict_each_other_are_refused(run: Callable[..., Result], publisher: Site) -> None:
    assert "--read needs --terms-url" in run("file", SLUG, "--basis", "none", "--reason", "x", "--read").output
    assert "this record is in newsroom.toml" in run("file", "river-post", "--basis", "none", "--reason", "x").stderr


def test_later_looks_tell_what_changed_and_what_became_of_the_sentence(
    run: Callable[..., Result], publisher: Site, office: Office, visitor: GuardedClient
) -> None:
    def look() -> terms_page.Checked:
        return terms_page.check(SLUG, visitor, actor="desk:ana", now=office.clock.forward(days=1))

    with pytest.raises(IllegalTransition, match="names no page of terms"):
        look()
    filed(run, publisher)
    assert look().verdict is Verdict.SAME
    publisher.put("/terms", PAGE.replace("free of charge", "free  of\ncharge").replace("name", "NAME"))
    set_otherwise = look()
    assert (set_otherwise.verdict, set_otherwise.changes) == (Verdict.SAME, ()), "typography is no change"
    publisher.put("/terms", PAGE.replace("Home", "Home, since 1998"))
    changed = look()
    assert (changed.verdict, changed.changes) == (Verdict.ELSEWHERE, ("- Home", "+ Home, since 1998"))
    assert changed.page is not None
    terms_page.keep(SLUG, changed.page, actor="desk:ana", now=office.clock())
    assert look().verdict is Verdict.SAME
    publisher.put("/terms", PAGE.replace("free of charge", "for a fee"))
    gone = look()
    assert gone.verdict is Verdict.GONE
    assert gone.page is not None
    with pytest.raises(IllegalTransition, match="file the record again"):
        terms_page.keep(SLUG, gone.page, actor="desk:ana", now=office.clock())
    publisher.put("/terms", "", status=503)
    down = look()
    assert (down.verdict, "503" in down.reason) == (Verdict.UNREACHABLE, True)
    verdicts = [event.details["verdict"] for event in Event.objects.filter(action="rights.checked").order_by("pk")]
    assert (verdicts[0], verdicts[-1]) == ("same", "unreachable")
    assert TermsPage.objects.filter(state=TermsPageState.KEPT).count() == 1


def test_a_licence_has_to_be_on_its_page(run: Callable[..., Result], publisher: Site) -> None:
    words = ("--basis", "licence", "--licence", "CC BY 4.0", "--terms-url", publisher.base + "/terms", "--reason", "x")
    assert run("file", SLUG, *words).exit_code == 0
    first = run("check", SLUG)
    assert (first.exit_code, TermsPage.objects.get().state) == (0, "kept"), "what was never kept is kept now"
    publisher.put("/terms", PAGE.replace("/by/4.0/", "/by-nc/4.0/"))
    assert run("check", SLUG).exit_code == 1


def test_the_doctor_tells_of_terms_that_are_gone_or_not_looked_at(
    run: Callable[..., Result], publisher: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(run, publisher)
    TermsPage.objects.update(read_at=datetime.now(UTC))
    assert abroad.terms().says == "1 pages are kept"
    TermsPage.objects.update(read_at=datetime.now(UTC) - timedelta(days=91))
    assert "1 not compared for 90 days" in abroad.terms().says
    publisher.put("/terms", "<p>Gone</p>")
    run("check")
    found = abroad.terms()
    assert (found.ok, found.says) == (False, f"{SLUG}: gone")
