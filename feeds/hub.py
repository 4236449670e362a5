"""Our WebSub hub's door: subscribing and unsubscribing (W3C Recommendation of 23 January 2018, section 5).

Knows: what a request may ask for. Must not know: how intent is verified or documents are sent (websub.py).

Nothing is fetched while a request is answered: 202 means that it is on record, and a unit of work asks the callback.
The address of a private topic holds a token, so no answer, log line or audit entry repeats a topic's address.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from feeds import files, topics
from feeds.newsroom import newsroom
from feeds.sealing import seal
from feeds.topics import Topic
from pipeline.config import Config
from pipeline.errors import SourceError
from pipeline.ingest.identity import canonical_url
from pipeline.ledger import subscriptions
from pipeline.ledger.models import SubscriptionRequest

MAX_BYTES = 16_384  # of a request
MAX_CALLBACK = 1_000  # characters
MAX_SECRET = 200  # bytes; the Recommendation wants less than this
LEASE = 10 * 86_400  # seconds, where nothing is asked for
SHORTEST, LONGEST = 3_600, 30 * 86_400
FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A request that the hub does not take; the message is for whoever wrote the subscriber."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@csrf_exempt  # programs of others come here, without a cookie, and nothing is done in anybody's name
def hub(request: HttpRequest) -> HttpResponse:
    """Take a subscription request down: 202, or 4xx with a sentence that says what is wrong."""
    loaded = newsroom()
    if loaded.site.hub != "own":
        return _plain(404, "There is no hub at this address.")
    if request.method != "POST":
        return _plain(405, "This is a WebSub hub; it is spoken to by POST.", Allow="POST")
    try:
        asked = _read(request, loaded)
        _make_room(asked, loaded)
    except Refused as refusal:
        answer = _plain(refusal.status, str(refusal))
        if refusal.status == 429:
            answer["Retry-After"] = "300"
        return answer
    subscriptions.ask(asked, now=timezone.now())
    return _plain(202, "Taken down. Your callback will be asked whether it wants this.")


def _read(request: HttpRequest, loaded: Config) -> SubscriptionRequest:
    """The request as a row that is not saved yet. Parameters that nobody knows are passed over (section 5.1)."""
    if request.content_type != FORM:
        raise Refused(f"The parameters come as {FORM}.", 415)
    if not 0 < int(request.META.get("CONTENT_LENGTH") or 0) <= MAX_BYTES:
        raise Refused(f"A request has at most {MAX_BYTES} bytes, and says how many.", 413)
    asked = request.POST
    mode = asked.get("hub.mode", "")
    if mode not in {"subscribe", "unsubscribe"}:
        raise Refused("hub.mode must be subscribe or unsubscribe; this hub serves the feeds of this site alone.")
    callback, host = _callback(asked.get("hub.callback", ""))
    topic = topics.at(asked.get("hub.topic", ""), loaded, now=timezone.now())
    if topic is None:
        raise Refused("hub.topic is not the address of a feed of this site, exactly as its rel=self says it.", 404)
    secret = asked.get("hub.secret", "")
    if len(secret.encode()) >= MAX_SECRET:
        raise Refused(f"hub.secret must have less than {MAX_SECRET} bytes.")
    return SubscriptionRequest(
        topic=topic.key,
        callback=callback,
        host=host,
        mode=mode,
        lease_seconds=_lease(asked.get("hub.lease_seconds", "")),
        token=topic.token,
        address=seal(asked["hub.topic"]) if topic.partner else "",
        secret=seal(secret),
        etag=_etag(topic),
    )


def _callback(url: str) -> tuple[str, str]:
    if not url.isascii() or len(url) > MAX_CALLBACK:
        raise Refused(f"hub.callback must be an address of at most {MAX_CALLBACK} ASCII characters.")
    try:
        canonical_url(url)  # other schemes, user names, stray characters
    except SourceError as error:
        raise Refused(f"hub.callback cannot be used: {error}") from error
    parts = urlsplit(url)
    if parts.fragment or "#" in url or parts.hostname is None:
        raise Refused("hub.callback must not have a fragment.")
    return url, parts.hostname.lower()


def _lease(asked: str) -> int:
    """Seconds; what was asked for, within bounds. The callback is told which (section 5.3)."""
    if asked == "":
        return LEASE
    if not (asked.isascii() and asked.isdigit()) or int(asked[:12]) == 0:
        raise Refused("hub.lease_seconds must be a positive whole number.")
    return max(SHORTEST, min(LONGEST, int(asked[:12])))


def _make_room(asked: SubscriptionRequest, loaded: Config) -> None:
    most = loaded.push.subscriptions_per_host
    if asked.mode == "subscribe" and subscriptions.crowded(
        asked.host, callback=asked.callback, topic=asked.topic, most=most
    ):
        raise Refused("This callback's host has as many subscriptions or open requests here as one host may have.", 429)


def _etag(topic: Topic) -> str:
    try:
        return files.etag(topic.path.read_bytes())
    except FileNotFoundError:  # not published yet
        return ""


def _plain(status: int, text: str, **headers: str) -> HttpResponse:
    answer = HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer
