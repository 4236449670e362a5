"""The door of the web server: published files are answered here, everything else goes on to Django.

Knows: WSGI. Must not know: which addresses Django has. A file that exists is served without a request object, a
middleware or the ledger: that is what nearly all requests are, and it stays up while the ledger is down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from feeds.static import Answer, Asked, answer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def asked_of(environ: Environ) -> Asked:
    """The part of a WSGI request that published files depend on."""
    return Asked(
        method=environ["REQUEST_METHOD"],
        accept_encoding=environ.get("HTTP_ACCEPT_ENCODING", ""),
        if_none_match=environ.get("HTTP_IF_NONE_MATCH"),
        if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        destination=environ.get("HTTP_SEC_FETCH_DEST", ""),
    )


def front(behind: Application, root: Path, *, max_age: int) -> Application:
    """An application that answers for the files below `root` and leaves what is not there to the one `behind`."""
    base = str(root)

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            found: Answer = answer(asked_of(environ), base, environ["PATH_INFO"][1:], max_age=max_age)
            if found.status != 404:
                start_response(_REASONS[found.status], list(found.headers.items()))
                return (found.body,) if found.body else ()
        return behind(environ, start_response)

    return application
