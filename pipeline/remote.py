"""A translation server as this newsroom's engine, reached through the guarded client.

Knows: the client, which server, whom the operator allows. Must not know: what an engine is asked, the API.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.errors import EngineUnavailable, FetchFailed, TargetForbidden
from pipeline.ingest.http import Answer, GuardedClient, Limits
from pipeline.translation.engine import Engine
from pipeline.translation.libretranslate import LibreTranslateEngine, Served, served

_LIMITS = Limits(read=60.0, whole=90.0, answer_bytes=8_000_000)  # less than a lease; fifty sentences a request


class Remote:
    """Callable as `remote(source, target)`; keeps one engine a pair."""

    def __init__(
        self, url: str, *, name: str, api_key: str, allow_private: frozenset[str], limits: Limits | None = None
    ) -> None:
        self._wire = GuardedWire(url, allow_private, limits or _LIMITS)
        self._name = name
        self._api_key = api_key
        self._engines: dict[tuple[str, str], LibreTranslateEngine] = {}

    def __call__(self, source: str, target: str) -> Engine:
        """The engine of a pair; whether the server has it turns out with the first sentence."""
        return self._engines.setdefault(
            (source, target),
            LibreTranslateEngine(self._wire, source=source, target=target, name=self._name, api_key=self._api_key),
        )

    def served(self) -> Served:
        """What the server offers. Raises EngineUnavailable, TargetForbidden."""
        return served(self._wire)


class GuardedWire:
    """Exchanges with one server through the guarded client; see pipeline.translation.libretranslate.Wire.

    A server in a private range is contacted only if `allow_private` lists its host.
    """

    def __init__(self, url: str, allow_private: frozenset[str], limits: Limits) -> None:
        self._url = url.rstrip("/")
        self._client = GuardedClient(limits=limits, allow_private=allow_private)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body. Raises EngineUnavailable, TargetForbidden."""
        return self._exchanged(lambda: self._client.get(self._url + path))

    def post(self, path: str, content: bytes) -> tuple[int, bytes]:
        """Status and body. Raises EngineUnavailable, TargetForbidden."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        return self._exchanged(lambda: self._client.post(self._url + path, content, headers))

    def _exchanged(self, exchange: Callable[[], Answer]) -> tuple[int, bytes]:
        try:
            answer = exchange()
        except TargetForbidden as error:
            raise TargetForbidden(
                f"{error} If the translation server is your own, list its host in [network] allow_private.",
                es=f"{error.spanish} Si el servidor de traducción es suyo, ponga su nombre en [network] allow_private.",
            ) from error
        except FetchFailed as error:
            raise EngineUnavailable(
                f"The translation server does not answer: {error}",
                es=f"El servidor de traducción no responde: {error.spanish}",
            ) from error
        return answer.status, answer.content
