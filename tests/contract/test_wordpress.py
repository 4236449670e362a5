"""A real WordPress imports the full feed, with the very plugin that our documentation hands to partners.

Nothing is lost, nothing doubled, the whole credit survives WordPress's own cleaning, and our proof finds it on the page
that WordPress makes of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from feeds.item import carried
from pipeline.rights import invariant, rendered
from pipeline.rights.proof import Shown, Verdict, judge
from pipeline.types import Entry
from tests.judges import Seen, differences, opening, seen
from tests.newspaper import COUNT, START, corrected, fifty, full_feed, withdrawn
from tests.published import Site
from tests.wordpress import WordPress

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENTRIES = fifty()
LATER = START + timedelta(hours=1)
Posts = list[dict[str, Any]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    wordpress = WordPress(tmp_path_factory.mktemp("wordpress"))
    yield wordpress
    wordpress.close()


@pytest.fixture
def wordpress(installed: WordPress) -> WordPress:
    """Without any post."""
    installed.emptied()
    return installed


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "public")
    site.publish(full_feed(site.base))
    yield site
    site.close()


def as_seen(posts: Posts, entries: tuple[Entry, ...]) -> list[Seen]:
    """Posts as the comparison wants them. A post's link is its own page: ours has to be in the feed only."""
    pages = {entry.guid: entry.url for entry in entries}
    return [
        Seen(
            post["guid"],
            pages.get(post["guid"]),
            post["title"],
            post["body"],
            datetime.fromisoformat(post["published"]),
        )
        for post in posts
    ]


def page(post: dict[str, Any]) -> str:
    """What a plain theme makes of a post."""
    return (
        f"<html><body><nav>Inicio</nav><article><h1>{post['title']}</h1>{post['rendered']}</article>"
        "<footer>© El Faro</footer></body></html>"
    )


@pytest.mark.parametrize("form", ["rss.xml", "atom.xml"])
def test_wordpress_loses_nothing_and_doubles_nothing(form: str, site: Site, wordpress: WordPress) -> None:
    feed = site.base + form
    posts = wordpress.imported(feed)
    assert differences(ENTRIES, as_seen(posts, ENTRIES)) == []
    assert {post["state"] for post in posts} == {"publish"}
    assert not any('translate="no"' in post["body"] for post in posts)  # WordPress's cleaning was at work
    assert wordpress.imported(feed) == posts

    by_guid = {post["guid"]: post for post in posts}
    for entry in ENTRIES:
        first, last = rendered.edge_words(carried(entry.body))
        stored = by_guid[entry.guid]["body"]
        assert invariant.problems(stored, entry.attribution, first_words=first, last_words=last) == [], entry.guid
        shown = Shown(attribution=entry.attribution, headline=entry.headline, body=carried(entry.body))
        proof = judge(page(by_guid[entry.guid]), shown, address=by_guid[entry.guid]["link"])
        assert (proof.verdict, proof.findings) == (Verdict.PROVED, ()), entry.guid


def test_a_correction_changes_the_post_and_a_withdrawal_deletes_it(site: Site, wordpress: WordPress) -> None:
    feed = site.base + "rss.xml"
    before = {post["guid"]: post["link"] for post in wordpress.imported(feed)}
    right, gone = corrected(ENTRIES[0], at=LATER), withdrawn(ENTRIES[1], at=LATER)
    site.publish(full_feed(site.base, (right, gone, *ENTRIES[2:])))
    after = wordpress.imported(feed)
    assert len(after) == COUNT - 1
    by_guid = {post["guid"]: post for post in after}
    assert "La obra costó 14 millones, no 41." in seen(by_guid[right.guid]["body"])
    assert by_guid[right.guid]["link"] == before[right.guid]  # the same post
    assert gone.guid not in by_guid
    assert not [post for post in after if opening(ENTRIES[1]) in seen(post["body"])]
    assert wordpress.imported(feed) == after  # the stub brings nothing back


def test_a_feed_that_is_down_changes_nothing(site: Site, wordpress: WordPress) -> None:
    posts = wordpress.imported(site.base + "rss.xml")
    assert wordpress.imported(site.base + "nothing.xml") == posts


def test_without_the_filter_wordpress_would_keep_the_old_feed(site: Site, wordpress: WordPress) -> None:
    """Within five minutes of the last fetch the store answers; a webhook goes past it."""
    feed = site.base + "atom.xml"
    wordpress.imported(feed)
    right = corrected(ENTRIES[5], at=LATER)
    site.publish(full_feed(site.base, (right, *ENTRIES[:5], *ENTRIES[6:])))
    asked = len(site.statuses)
    kept = {post["guid"]: post["body"] for post in wordpress.imported(feed, fresh=False)}
    assert "14 millones" not in kept[right.guid]
    assert len(site.statuses) == asked
    found = hook(wordpress, feed, right.guid)
    assert found["answer"]["status"] == 200
    bodies = {post["guid"]: post["body"] for post in found["posts"]}
    assert "14 millones" in bodies[right.guid]


def hook(
    wordpress: WordPress, feed: str, guid: str, *, kind: str = "corrected", secret: str = SECRET, age: float = 0
) -> dict[str, Any]:
    body = json.dumps({"type": f"release.{kind}", "data": {"guid": guid}})
    at = datetime.fromtimestamp(int(time.time() - age), UTC)
    headers = {
        "webhook-id": "delivery-7",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,b2xk {Webhook(secret).sign('delivery-7', at, body)}",
    }
    return wordpress.told(feed, body=body, headers=headers, secret=SECRET)


def test_a_webhook_is_answered_with_what_became_of_the_article(site: Site, wordpress: WordPress) -> None:
    feed = site.base + "rss.xml"
    found = hook(wordpress, feed, ENTRIES[7].guid, kind="published")
    links = {post["guid"]: post["link"] for post in found["posts"]}
    assert found["answer"] == {"status": 200, "data": {"receipt": "acknowledged", "url": links[ENTRIES[7].guid]}}
    gone = withdrawn(ENTRIES[7], at=LATER)
    site.publish(full_feed(site.base, (gone, *ENTRIES[:7], *ENTRIES[8:])))
    found = hook(wordpress, feed, gone.guid, kind="withdrawn")
    assert found["answer"] == {"status": 200, "data": {"receipt": "removed"}}
    assert hook(wordpress, feed, "tag:eco.example,2026:article/0/es")["answer"] == {"status": 200, "data": []}


def test_a_webhook_that_is_not_ours_is_refused(site: Site, wordpress: WordPress) -> None:
    feed = site.base + "rss.xml"
    other = "whsec_" + "QUJD" * 8
    assert hook(wordpress, feed, ENTRIES[7].guid, secret=other)["answer"]["status"] == 401
    assert hook(wordpress, feed, ENTRIES[7].guid, age=600)["answer"]["status"] == 401


def test_wordpress_empties_a_guid_that_is_no_web_address(site: Site, wordpress: WordPress) -> None:
    """Why the plugin keeps it beside the post: an importer that trusts the post's own guid doubles every article."""
    posts = wordpress.imported(site.base + "rss.xml")
    assert all(post["own_guid"] != post["guid"] for post in posts)
