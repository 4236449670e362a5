"""A publisher's feed is watched: what it announces comes in once, changes come in again, and trouble is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline import clock
from pipeline.ingest.feed import Passed
from pipeline.ledger import units, watches
from pipeline.ledger.models import Announcement, Article, Event, Revision, Source, Unit, Watch
from pipeline.stages import Step, UnitState
from pipeline.types import Format
from tests.make import CHANGED, GUID, HEADLINE, OTHER_HEADLINE, OTHER_PARAGRAPHS, PARAGRAPHS, Office
from tests.servers import Site, site
from workers import embedded, spine
from workers.cli import main

HOUR = timedelta(hours=1)


@pytest.fixture
def post() -> Iterator[Site]:
    """The River Post's web site."""
    with site() as post:
        yield post


def page(headline: str, paragraphs: tuple[str, ...], *, nonce: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en"><head><title>{headline}</title><meta name="author" content="Ana Pond">'
        f'<meta property="article:published_time" content="2026-03-13"><meta name="nonce" content="{nonce}"></head>'
        f"<body><article><h1>{headline}</h1>{body}</article></body></html>"
    )


def item(site: Site, path: str, title: str, text: str = "") -> str:
    return f"<item><title>{title}</title><link>{site.base}{path}</link><description>{text}</description></item>"


def announce(site: Site, *items: str, **headers: str) -> None:
    site.put("/feed", f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>', kind="text/xml", **headers)


def watch(office: Office, site: Site, more: str = "poll_minutes = 60") -> None:
    """The River Post moves to this site, and its feed is watched."""
    text = office.text.replace('"https://river.example/"', f'"{site.base}/"\nfeed = "{site.base}/feed"\n{more}')
    office.apply(text + '\n[network]\nallow_private = ["127.0.0.1"]\n')


def articles(site: Site) -> None:
    site.put("/bridge", page(HEADLINE, PARAGRAPHS))
    site.put("/library", page(OTHER_HEADLINE, OTHER_PARAGRAPHS))


def test_what_a_feed_announces_is_published_and_only_once(office: Office, post: Site) -> None:
    articles(post)
    announce(post, item(post, "/library", "Library"), item(post, "/bridge", "Bridge"))
    watch(office, post)
    office.run()
    assert {each["title"] for each in office.items().values()} == {
        "El puente abre tras nueve años de obras",
        "La biblioteca escolar imprime su primer catálogo",
    }
    assert post.asked == ["/feed", "/bridge", "/library"]  # the oldest first
    office.clock.at += HOUR
    office.run()
    assert post.asked[3:] == ["/feed"]
    assert Revision.objects.count() == 2


def test_the_visitor_says_who_it_is(office: Office, post: Site) -> None:
    announce(post)
    watch(office, post)
    office.run()
    assert post.headers[0]["user-agent"].endswith("(+https://eco.example/)")


def test_an_unchanged_feed_is_asked_cheaply(office: Office, post: Site) -> None:
    articles(post)
    announce(post, item(post, "/bridge", "Bridge"), ETag='"1"', Last_Modified="Fri, 13 Mar 2026 10:00:00 GMT")
    watch(office, post)
    office.run()
    office.clock.at += HOUR
    office.run()
    assert post.headers[-1]["if-none-match"] == '"1"'
    assert post.headers[-1]["if-modified-since"] == "Fri, 13 Mar 2026 10:00:00 GMT"
    assert Watch.objects.get().looked_at == office.clock()
    assert Event.objects.filter(action="feed.announced").count() == 1


def test_a_changed_article_becomes_a_correction(office: Office, post: Site) -> None:
    articles(post)
    announce(post, item(post, "/bridge", "Bridge", "It cost 41 million."))
    watch(office, post)
    office.run()
    [guid] = office.items()
    post.put("/bridge", page(HEADLINE, (PARAGRAPHS[0], CHANGED, *PARAGRAPHS[2:])))
    announce(post, item(post, "/bridge", "Bridge", "It cost 14 million."))
    office.clock.at += HOUR
    office.run()
    assert list(office.items()) == [guid]
    assert "14 millones" in office.bodies()[guid]
    assert Article.objects.count() == 1


def test_a_page_that_says_the_same_is_no_new_version(office: Office, post: Site) -> None:
    post.put("/bridge", page(HEADLINE, PARAGRAPHS, nonce="a"))
    announce(post, item(post, "/bridge", "Bridge", "One comment."))
    watch(office, post)
    office.run()
    post.put("/bridge", page(HEADLINE, PARAGRAPHS, nonce="b"))
    announce(post, item(post, "/bridge", "Bridge", "Two comments."))
    office.clock.at += HOUR
    office.run()
    assert post.asked.count("/bridge") == 2
    assert Revision.objects.count() == 1
    assert Announcement.objects.get().article == Article.objects.get()


def test_an_article_that_moved_is_still_the_same_one(office: Office, post: Site) -> None:
    articles(post)
    said = "<item><guid isPermaLink='false'>7</guid><title>Bridge</title><link>{}</link></item>"
    announce(post, said.format(f"{post.base}/bridge"))
    watch(office, post)
    office.run()
    post.put("/a-new-bridge", page(HEADLINE, (PARAGRAPHS[0], CHANGED, *PARAGRAPHS[2:])))
    announce(post, said.format(f"{post.base}/a-new-bridge"))
    office.clock.at += HOUR
    office.run()
    article = Article.objects.get()
    assert article.url == f"{post.base}/a-new-bridge"
    [(guid, body)] = office.bodies().items()
    assert guid == GUID.format(article.pk)
    assert "14 millones" in body
    assert body.count(f'href="{post.base}/a-new-bridge"') == 2
    assert f'{post.base}/bridge"' not in body
    assert Event.objects.get(action="article.moved").details["from"] == f"{post.base}/bridge"


def test_an_article_that_was_handed_in_before_is_not_doubled(office: Office, post: Site) -> None:
    articles(post)
    watch(office, post)
    office.publish(page(HEADLINE, PARAGRAPHS).encode(), url=f"{post.base}/bridge?utm_source=x", form=Format.HTML)
    announce(post, item(post, "/bridge", "Bridge"))
    office.clock.at += 2 * HOUR
    office.run()
    assert post.asked.count("/bridge") == 1
    assert (Article.objects.count(), Revision.objects.count()) == (1, 1)


def test_the_past_of_a_feed_is_passed_over_until_a_person_wants_it(office: Office, post: Site) -> None:
    articles(post)
    announce(post, item(post, "/library", "Library"), item(post, "/bridge", "Bridge"))
    watch(office, post, "poll_minutes = 60\nnewest = 1")
    office.run()
    assert len(office.items()) == 1
    old = Announcement.objects.filter(url=f"{post.base}/bridge")
    assert watches.take(old, now=office.clock(), actor="ana") == 1
    office.run()
    assert len(office.items()) == 2
    assert Event.objects.get(action="announcement.wanted").actor == "ana"
    assert watches.take(old, now=office.clock(), actor="ana") == 0


def test_a_link_to_another_site_is_not_taken(office: Office, post: Site) -> None:
    announce(post, "<item><title>Elsewhere</title><link>https://other.example/1</link></item>")
    watch(office, post)
    office.run()
    passed = Announcement.objects.get()
    assert passed.reason_code == Passed.ELSEWHERE
    assert watches.take(Announcement.objects.all(), now=office.clock(), actor="ana") == 0


def test_a_page_that_leads_to_another_site_is_left_to_a_person(office: Office, post: Site) -> None:
    with site() as other:
        other.put("/bridge", page(HEADLINE, PARAGRAPHS))
        elsewhere = other.base.replace("127.0.0.1", "localhost") + "/bridge"
        post.put("/bridge", status=302, Location=elsewhere)
        announce(post, item(post, "/bridge", "Bridge"))
        watch(office, post)
        office.apply(office.text.replace('["127.0.0.1"]', '["127.0.0.1", "localhost"]'))
        office.run()
    unit = Unit.objects.get(step=Step.FETCH)
    assert (unit.state, unit.error_code) == (UnitState.PARKED, "page-refused")
    assert not Article.objects.exists()


def test_a_page_that_is_down_is_tried_again_and_not_lost(office: Office, post: Site) -> None:
    announce(post, item(post, "/bridge", "Bridge"))
    post.put("/bridge", status=503)
    watch(office, post)
    office.run()
    unit = Unit.objects.get(step=Step.FETCH)
    assert (unit.state, unit.error_code) == (UnitState.READY, "fetch-failed")
    articles(post)
    office.clock.forward(minutes=2)
    office.run()
    assert len(office.items()) == 1


def test_a_feed_that_is_down_is_told_and_asked_less_and_less(office: Office, post: Site) -> None:
    watch(office, post)
    office.run()
    looked: list[Any] = []
    for _ in range(4):
        seen = Watch.objects.get()
        looked.append((seen.failures, Unit.objects.get(step=Step.POLL).due_at - office.clock()))
        office.clock.at = Unit.objects.get(step=Step.POLL).due_at
        office.run()
    assert looked == [(1, HOUR), (2, 2 * HOUR), (3, 4 * HOUR), (4, 8 * HOUR)]
    assert "answers 404" in Watch.objects.get().reason
    assert Event.objects.filter(action="feed.failed").count() == 1
    articles(post)
    announce(post, item(post, "/bridge", "Bridge"))
    office.clock.at = Unit.objects.get(step=Step.POLL).due_at
    office.run()
    assert Watch.objects.get().failures == 0
    assert Event.objects.filter(action="feed.answers-again").count() == 1
    assert len(office.items()) == 1


def test_a_server_that_asks_for_patience_gets_it(office: Office, post: Site) -> None:
    post.put("/feed", status=429, Retry_After="18000")
    watch(office, post)
    office.run()
    assert Unit.objects.get(step=Step.POLL).due_at - office.clock() == 5 * HOUR


def test_many_pages_are_asked_for_a_few_at_a_time(office: Office, post: Site) -> None:
    announce(post, *[item(post, f"/{number}", f"Story {number}") for number in range(12)])
    watch(office, post, "poll_minutes = 60\nnewest = 12")
    office.run()
    assert len(post.asked) == 1 + watches.ABREAST
    office.clock.at += watches.APART
    office.run()
    assert len(post.asked) >= 1 + 2 * watches.ABREAST


def test_a_feed_with_whole_articles_needs_no_page(office: Office, post: Site) -> None:
    text = "".join(f"&lt;p&gt;{paragraph}&lt;/p&gt;" for paragraph in PARAGRAPHS)
    dated = (
        f"<pubDate>Fri, 13 Mar 2026 10:00:00 GMT</pubDate><author>Ana Pond</author>{item(post, '/b', HEADLINE, text)}"
    )
    announce(post, dated.replace("<item>", "").replace("<pubDate>", "<item><pubDate>", 1))
    watch(office, post, "poll_minutes = 60\nfull_text = true")
    office.run()
    assert post.asked == ["/feed"]
    [body] = office.bodies().values()
    assert "41 millones" in body
    assert "Ana Pond" in body


def test_another_feed_address_begins_anew(office: Office, post: Site) -> None:
    announce(post, item(post, "/bridge", "Bridge"))
    watch(office, post, "poll_minutes = 60\nnewest = 0")
    office.run()
    post.pages["/atom"] = (200, {"Content-Type": "text/xml"}, post.pages["/feed"][2].replace(b"/bridge", b"/b2"))
    office.apply(office.text.replace("/feed", "/atom"))
    office.run()
    assert post.asked == ["/feed", "/atom"]
    assert Announcement.objects.filter(state="passed-over").count() == 2


def test_a_feed_that_is_no_longer_watched_is_left_alone(office: Office, post: Site) -> None:
    announce(post)
    watch(office, post)
    office.run()
    office.apply(office.text.replace("poll_minutes = 60", ""))
    office.clock.at += 2 * HOUR
    office.run()
    assert post.asked == ["/feed"]
    assert Unit.objects.get(step=Step.POLL).state == UnitState.DONE


def test_a_lost_unit_is_made_again(office: Office, post: Site) -> None:
    announce(post)
    watch(office, post)
    office.run()
    Unit.objects.filter(step=Step.POLL).delete()
    assert watches.keep_up(office.room.config, now=office.clock()) == 1
    assert watches.keep_up(office.room.config, now=office.clock()) == 0


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def tornavoz(office: Office, post: Site, monkeypatch: pytest.MonkeyPatch) -> Any:
    articles(post)
    announce(post, item(post, "/library", "Library"), item(post, "/bridge", "Bridge"))
    watch(office, post, "poll_minutes = 60\nnewest = 1")
    monkeypatch.setattr(spine, "newsroom", lambda: office.room)
    monkeypatch.setattr(clock, "now", office.clock)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return run


def test_a_dry_run_says_what_would_be_taken_and_changes_nothing(office: Office, tornavoz: Any) -> None:
    said = tornavoz("sources", "poll", "river-post", "--dry-run")
    assert said.exit_code == 0, said.output
    assert "1 to take, 1 to pass over; nothing was changed" in said.output
    assert not Watch.objects.exists()
    told = json.loads(tornavoz("sources", "poll", "river-post", "--dry-run", "--json").stdout)
    assert [each["title"] for each in told["take"]] == ["Library"]


def test_the_command_lists_takes_and_looks(office: Office, tornavoz: Any) -> None:
    assert "not looked at yet" in tornavoz("sources", "list").output
    office.run()
    assert "1 taken, 0 to be fetched, 1 passed over" in tornavoz("sources", "list").output
    listed = json.loads(tornavoz("sources", "announced", "river-post", "--passed-over", "--json").stdout)
    [old] = listed["listed"]
    assert old["title"] == "Bridge"
    assert "1 to take; nothing was changed" in tornavoz("sources", "take", "river-post", "--all", "--dry-run").output
    assert "1 are due" in tornavoz("sources", "take", "river-post", str(old["id"])).output
    office.run()
    assert len(office.items()) == 2
    assert tornavoz("sources", "take", "river-post", "999").exit_code == 1
    cut = tornavoz("sources", "announced", "river-post", "--limit", "1").output
    assert "1 more" in cut
    assert "is due" in tornavoz("sources", "poll", "river-post").output
    assert units.due(now=office.clock())


def test_a_source_that_is_not_watched_is_named_with_the_remedy(office: Office, tornavoz: Any) -> None:
    said = tornavoz("sources", "poll", "harbor-wire")
    assert said.exit_code == 2
    assert "poll_minutes" in said.output


def test_an_address_is_submitted_like_a_file(office: Office, post: Site, tornavoz: Any) -> None:
    said = tornavoz("submit", f"{post.base}/bridge", "--source", "river-post")
    assert said.exit_code == 0, said.output
    assert "new" in said.output
    office.run()
    assert "El puente abre tras nueve años de obras" in {each["title"] for each in office.items().values()}
    gone = tornavoz("submit", f"{post.base}/nothing", "--source", "river-post")
    assert (gone.exit_code, "answers 404" in gone.output) == (1, True)
    wrong = tornavoz("submit", f"{post.base}/bridge", "--source", "harbor-wire")
    assert "is not on https://harbor.example/" in wrong.output
    assert Source.objects.get(slug="harbor-wire").articles.count() == 0


def test_a_watched_feed_is_no_work_that_waits(office: Office, tornavoz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "now", office.clock)
    monkeypatch.setattr(embedded, "runner", lambda: office.runner)
    said = tornavoz("run", "--until-idle")
    assert said.exit_code == 0, said.output
    assert "wait for their time" not in said.output
    assert "watched feeds, asked again when it is time: 1" in " ".join(said.output.split())
