"""A LibreTranslate server as an engine: the second one behind the port, over its HTTP API.

Knows: the API (`POST /translate` with a list, `GET /spec`, `GET /languages`), what its refusals mean. Must not know:
how an exchange is made and whom this machine may contact; it is handed a way to get and to post.

Such a server gives no attention and no score: links are then placed by text and position, and the checks that read a
score stay silent. Which models it runs it does not say, so the provenance names the server, its version, and the name
that the newsroom gives its models; change that name when they are replaced, and nothing old is remembered for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pipeline.errors import BatchFailed, EngineRefused, EngineUnavailable, ModelMissing
from pipeline.text.segments import SEGMENTER
from pipeline.types import EngineIdentity, Hypothesis

_SENTENCES = 50  # in a request
_CHARACTERS = 4000  # in a request; public servers take 5,000
_AWAY = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({401, 403, 404, 405})


class Wire(Protocol):
    """Exchanges with one server. Both give status and body; both raise EngineUnavailable when there is no answer."""

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for what lies at a path."""
        ...

    def post(self, path: str, content: bytes) -> tuple[int, bytes]:
        """Send JSON to a path."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a server says that it is, and the pairs of languages that it translates."""

    version: str
    pairs: frozenset[tuple[str, str]]


def served(wire: Wire) -> Served:
    """Ask a server what it offers. Raises EngineUnavailable where it does not answer as LibreTranslate does."""
    status, body = wire.get("/languages")
    try:
        listed: Any = json.loads(body) if status == 200 else None
        pairs = {(each["code"], target) for each in listed for target in each["targets"]}
    except (ValueError, TypeError, KeyError) as error:
        raise EngineUnavailable(
            f"What answers there is no LibreTranslate: /languages gave {status}.",
            es=f"Lo que responde allí no es LibreTranslate: /languages dio {status}.",
        ) from error
    return Served(version=_version(wire), pairs=frozenset(pairs))


class LibreTranslateEngine:
    """The engine of one pair of languages on one server. `name` is what the newsroom calls the server's models."""

    def __init__(self, wire: Wire, *, source: str, target: str, name: str, api_key: str = "") -> None:
        self._wire = wire
        self._api_key = api_key
        self._name = name
        self.source = source
        self.target = target

    @cached_property
    def identity(self) -> EngineIdentity:
        """Server version and the newsroom's name for its models. Raises EngineUnavailable."""
        return EngineIdentity(
            engine="libretranslate",
            engine_version=f"libretranslate {_version(self._wire)}",
            model=f"{self._name} {self.source}-{self.target}",
            model_sha256="",
            settings=f"format=text segmenter={SEGMENTER}",
        )

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """See Engine; there is no attention to be had. Raises EngineUnavailable, EngineRefused, BatchFailed."""
        copies: dict[str, int] = {}
        for sentence in sentences:
            copies[sentence] = copies.get(sentence, 0) + 1
        texts = {sentence: "" for sentence in copies if not sentence.strip()}
        done = sum(copies[sentence] for sentence in texts)
        batches = list(_batches([sentence for sentence in copies if sentence.strip()]))
        for batch in batches:
            texts |= zip(batch, self._asked(batch), strict=True)
            done += sum(copies[sentence] for sentence in batch)
            if on_batch:
                on_batch(done)
        if on_batch and sentences and not batches:
            on_batch(done)
        return [Hypothesis(text=texts[sentence]) for sentence in sentences]

    def _asked(self, batch: Sequence[str]) -> list[str]:
        asked = {"q": list(batch), "source": self.source, "target": self.target, "format": "text"}
        if self._api_key:
            asked["api_key"] = self._api_key
        status, body = self._wire.post("/translate", json.dumps(asked).encode())
        answer = _read(body)
        if status != 200:
            raise self._refusal(status, str(answer.get("error") or "")[:300])
        texts = answer.get("translatedText")
        if not isinstance(texts, list) or len(texts) != len(batch) or not all(isinstance(text, str) for text in texts):
            raise BatchFailed(
                "The translation server answered with something other than one text for each sentence.",
                es="El servidor de traducción no respondió con un texto por cada frase.",
            )
        return texts

    def _refusal(self, status: int, said: str) -> Exception:
        why = f"{status}: {said}" if said else str(status)
        told, spanish = f"The translation server answered {why}.", f"El servidor de traducción respondió {why}."
        if status in _AWAY:
            return EngineUnavailable(told, es=spanish)
        if "not supported" in said:
            return ModelMissing(
                f"{told} Install {self.source}-{self.target} on that server, then: tornavoz retry",
                es=f"{spanish} Instale {self.source}-{self.target} en ese servidor y ejecute: tornavoz retry",
            )
        if status in _REFUSED:
            return EngineRefused(
                f"{told} Check [translation] url and TORNAVOZ_LIBRETRANSLATE_KEY, then: tornavoz retry",
                es=f"{spanish} Revise [translation] url y TORNAVOZ_LIBRETRANSLATE_KEY, y ejecute: tornavoz retry",
            )
        return BatchFailed(told, es=spanish)


def _version(wire: Wire) -> str:
    status, body = wire.get("/spec")
    info = _read(body).get("info") if status == 200 else None
    return str(info.get("version", "unknown"))[:40] if isinstance(info, dict) else "unknown"


def _batches(sentences: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for sentence in sentences:
        if batch and (len(batch) >= _SENTENCES or size + len(sentence) > _CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(sentence)
        size += len(sentence)
    if batch:
        yield batch


def _read(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where there is none, which then fits nothing that is looked for."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
