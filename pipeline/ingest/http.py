"""The one HTTP client for everything that leaves this machine: pages, feeds, webhooks, WebSub pings.

Knows: HTTP over a guarded network back end, redirects. Must not know: what an answer means;
status codes are values here, and only a failure to get an answer is an error.

By construction it keeps no cookies, reads no proxy or password from the environment, and reuses no connection.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from pipeline.errors import FetchFailed, SourceError, TargetForbidden
from pipeline.ingest.bodies import first_bytes, inflated
from pipeline.ingest.identity import canonical_url
from pipeline.ingest.network import Deadline, GuardedBackend, Resolve, resolve

USER_AGENT = "Tornavoz/0.1"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})  # harmless anywhere; others may be secrets
LONGEST_ASKED = timedelta(days=1)  # of what Retry-After may ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered. `headers` have lower-case names; `content` is inflated and within the size limit."""

    url: str  # where the answer came from, after redirects
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    moved: bool = False  # every redirect on the way was permanent (301, 308), and there was one


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds, bytes and hops. The whole exchange, redirects and name look-ups included, ends after `whole`."""

    connect: float = 5.0
    read: float = 15.0
    whole: float = 30.0
    max_bytes: int = 5_000_000
    redirects: int = 5
    answer_bytes: int = 2_048  # of the answer to a post; the rest is not read


class GuardedClient:
    """GET and POST to public http(s) addresses on the usual ports.

    `allow_private` lists the hosts that may lie in private ranges and on any port: an operator's own intranet.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        allow_private: frozenset[str] = frozenset(),
        ports: frozenset[int] = frozenset({80, 443}),
        user_agent: str = USER_AGENT,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
    ) -> None:
        self.limits = limits or Limits()
        self._allow_private = frozenset(host.lower() for host in allow_private)
        self._ports = ports
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._resolver = resolver

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int | None = None) -> Answer:
        """Fetch an address, following at most `limits.redirects` redirects, each checked like the first.

        Raises TargetForbidden (not a public address), FetchFailed (no answer, or one that breaks HTTP or the
        deadline), TooLarge, and SourceError for an address that is none.
        """
        deadline = Deadline(self.limits.whole)
        limit = max_bytes or self.limits.max_bytes
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        target, first, moved = self._checked(url), True, True
        private = self._is_listed(target)
        for _ in range(self.limits.redirects + 1):
            # a public site may not send us into the intranet, even to a host that an operator listed
            may_be_private = private and self._is_listed(target)
            answer, onward = self._one_get(target, sent, limit, deadline, may_be_private=may_be_private)
            if onward is None:
                return Answer(
                    url=str(target),
                    status=answer.status,
                    headers=answer.headers,
                    content=answer.content,
                    moved=moved and not first,
                )
            following = self._checked(onward)
            if _origin(following) != _origin(target):
                sent = {name: value for name, value in sent.items() if name in _CONDITIONAL}
            moved = moved and answer.status in {301, 308}
            target, first = following, False
        raise FetchFailed(
            f"{url} was redirected more than {self.limits.redirects} times.",
            es=f"{url} redirige más de {self.limits.redirects} veces.",
        )

    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Send once, follow nothing. Of the answer's body at most `limits.answer_bytes` are kept, uninflated.

        Raises what `get` raises, except TooLarge.
        """
        deadline = Deadline(self.limits.whole)
        target = self._checked(url)
        sent = {name.lower(): value for name, value in (headers or {}).items()} | {"accept-encoding": "identity"}
        with self._pool(deadline, may_be_private=self._is_listed(target)) as pool:
            try:
                with pool.stream(
                    "POST", str(target), headers=self._header_list(sent), content=content, extensions=self._timeouts()
                ) as response:
                    kept = first_bytes(response.iter_stream(), self.limits.answer_bytes)
                    return Answer(
                        url=str(target), status=response.status, headers=_readable(response.headers), content=kept
                    )
            except _FAILURES as error:
                raise _unusable(target, error) from error

    def _one_get(
        self, target: httpx.URL, sent: Mapping[str, str], limit: int, deadline: Deadline, *, may_be_private: bool
    ) -> tuple[Answer, str | None]:
        """One exchange: the answer, and where it points if it is a redirect (whose body is not read)."""
        asked = {"accept-encoding": "gzip"} | dict(sent)
        with self._pool(deadline, may_be_private=may_be_private) as pool:
            try:
                with pool.stream(
                    "GET", str(target), headers=self._header_list(asked), extensions=self._timeouts()
                ) as response:
                    received = _readable(response.headers)
                    answer = Answer(url=str(target), status=response.status, headers=received)
                    if response.status in REDIRECTS and "location" in received:
                        return answer, str(_joined(target, received["location"]))
                    encoding = received.get("content-encoding", "identity")
                    content = inflated(response.iter_stream(), encoding, limit)
                    return (
                        Answer(url=str(target), status=response.status, headers=received, content=content),
                        None,
                    )
            except _FAILURES as error:
                raise _unusable(target, error) from error

    def _checked(self, url: str) -> httpx.URL:
        canonical_url(url)  # raises for other schemes, user names, missing hosts and stray characters
        try:
            target = httpx.URL(url.strip()).copy_with(fragment=None)
        except httpx.InvalidURL as error:
            raise SourceError(
                f"The address {url[:80]!r} cannot be read: {error}.",
                es=f"No se puede leer la dirección «{url[:80]}»: {error}.",
            ) from error
        port = target.port or (443 if target.scheme == "https" else 80)
        if port not in self._ports and not self._is_listed(target):
            raise TargetForbidden(
                f"Port {port} of {target.host} is not contacted; only {sorted(self._ports)} are.",
                es=f"No se consulta el puerto {port} de {target.host}; solo estos: "
                f"{', '.join(map(str, sorted(self._ports)))}.",
            )
        return target

    def _is_listed(self, target: httpx.URL) -> bool:
        return target.host.lower() in self._allow_private

    def _pool(self, deadline: Deadline, *, may_be_private: bool) -> httpcore.ConnectionPool:
        if self._ssl_context is None:
            self._ssl_context = httpx.create_ssl_context(trust_env=False)
        return httpcore.ConnectionPool(
            ssl_context=self._ssl_context,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=GuardedBackend(deadline=deadline, may_be_private=may_be_private, resolver=self._resolver),
        )

    def _timeouts(self) -> dict[str, object]:
        limits = self.limits
        return {"timeout": {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": 1.0}}

    def _header_list(self, sent: Mapping[str, str]) -> list[tuple[str, str]]:
        headers = {"user-agent": self._user_agent, "accept": "*/*", "connection": "close"} | dict(sent)
        for name, value in headers.items():
            if any(character in name + value for character in "\r\n\0"):
                raise SourceError(
                    f"The header {name!r} holds a line break.", es=f"El encabezado «{name}» contiene un salto de línea."
                )
        return list(headers.items())


_FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    UnicodeError,
)


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    readable: dict[str, str] = {}
    for name, value in headers:
        key = name.decode("ascii", "replace").lower()
        text = value.decode("latin-1")  # RFC 9110 §5.5: opaque octets beyond ASCII
        readable[key] = f"{readable[key]}, {text}" if key in readable else text
    return readable


def _joined(target: httpx.URL, location: str) -> httpx.URL:
    try:
        # many servers send UTF-8 here although RFC 9110 §10.2.2 asks for ASCII
        return target.join(location.encode("latin-1").decode("utf-8"))
    except (UnicodeError, httpx.InvalidURL) as error:
        raise FetchFailed(
            f"{target} redirects to something that is no address.",
            es=f"{target} redirige a algo que no es una dirección.",
        ) from error


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _unusable(target: httpx.URL, error: Exception) -> FetchFailed:
    why = f"{type(error).__name__}: {error}"
    return FetchFailed(
        f"{target.host} gave no usable answer ({why}).", es=f"{target.host} no dio una respuesta que sirva ({why})."
    )


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """The pause that Retry-After asks for (RFC 9110 §10.2.3), seconds or a date; at most a day, None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(LONGEST_ASKED, timedelta(seconds=int(text[:9])))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:  # "-0000": RFC 9110 section 5.6.7 knows GMT only
        return None
    return min(LONGEST_ASKED, max(timedelta(0), at - now))
