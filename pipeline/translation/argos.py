"""An installed Argos model as an engine, on CTranslate2.

Knows: how Argos Translate tokenizes, searches and decodes, and how to ask for many sentences at once without changing
one answer. Must not know: how a model got here, what an article is.

The reference is Argos Translate called with one sentence at a time. `exact` mode gives the same text and score, bit for
bit: a batch holds only sentences of one length in pieces, so nothing is padded and no sum runs in another order. `fast`
mode pads sentences of near lengths together, which may now and then change a word.

The model is loaded at the first call and belongs to the process that loaded it: CTranslate2 does not survive a fork.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from typing import Any, Literal, Protocol

from pipeline.errors import BatchFailed, EngineUnavailable, ModelDamaged
from pipeline.text.segments import SEGMENTER
from pipeline.translation.models import Installed, verify
from pipeline.types import EngineIdentity, Hypothesis

Mode = Literal["exact", "fast"]

# Source pieces in a batch where nobody says otherwise. A batch shrinks as its sentences end, so one of half the size is
# dearer, by 4 to 11 per cent; one of twice the size is no cheaper.
BATCH_TOKENS = 1024

# Argos Translate's own decode parameters (argostranslate.translate.apply_packaged_translation).
_BEAM = 4
_LENGTH_PENALTY = 0.2
_CUT = 256  # target pieces; CTranslate2's default, stated because it is part of the answer


class _Tokenizer(Protocol):
    def encode(self, sentence: str) -> list[str]: ...
    def decode(self, tokens: list[str]) -> str: ...


class ArgosEngine:
    """The engine of one installed model.

    `inter_threads` batches run side by side, each on `intra_threads` threads; one thread is best. `batch_tokens`
    bounds a batch in source pieces, and with it the memory held.
    """

    def __init__(
        self,
        installed: Installed,
        *,
        inter_threads: int,
        intra_threads: int = 1,
        mode: Mode = "exact",
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        self.installed = installed
        self.inter_threads = inter_threads
        self.intra_threads = intra_threads
        self.mode = mode
        self.batch_tokens = batch_tokens
        self._identity = _identity(installed, mode, self.batch_tokens)
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._translator: Any = None
        self._tokenizer: _Tokenizer | None = None

    @property
    def identity(self) -> EngineIdentity:
        return self._identity

    @property
    def source(self) -> str:
        return self.installed.from_code

    @property
    def target(self) -> str:
        return self.installed.to_code

    def translate(
        self,
        sentences: Sequence[str],
        *,
        attention: bool = False,
        on_batch: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """See Engine. Equal sentences are translated once. Raises ModelDamaged, EngineUnavailable, BatchFailed."""
        if not sentences:
            return []
        translator, tokenizer = self._loaded()
        copies: dict[str, int] = {}
        for sentence in sentences:
            copies[sentence] = copies.get(sentence, 0) + 1
        pieces = {sentence: tokenizer.encode(sentence) for sentence in copies}
        answers = {each: Hypothesis(text="") for each, tokens in pieces.items() if not tokens}
        done = sum(copies[each] for each in answers)
        batches = batched(
            {each: len(tokens) for each, tokens in pieces.items() if tokens}, self.mode, self.batch_tokens
        )
        for batch, results in self._results(translator, batches, pieces, attention):
            for sentence, result in zip(batch, results, strict=True):
                answers[sentence] = self._hypothesis(sentence, tuple(pieces[sentence]), result, tokenizer)
                done += copies[sentence]
            if on_batch:
                on_batch(done)
        if on_batch and not batches:
            on_batch(done)
        return [answers[sentence] for sentence in sentences]

    def aligned(self, pairs: Sequence[tuple[str, str]]) -> list[Hypothesis]:
        """How the model would attend to each source while writing the translation that is given with it.

        For texts that this engine did not write: a reference, an editor's own words. There is no score.
        """
        translator, tokenizer = self._loaded()
        prefix = [self.installed.target_prefix] if self.installed.target_prefix else []
        answers = []
        for source, target in pairs:
            given, made = tokenizer.encode(source), tokenizer.encode(target)
            [result] = translator.translate_batch(
                [given],
                target_prefix=[[*prefix, *made]],
                beam_size=1,
                max_decoding_length=len(prefix) + len(made) + 1,
                return_attention=True,
            )
            rows = result.attention[0][len(prefix) : len(prefix) + len(made)]
            answers.append(
                Hypothesis(
                    text=target,
                    pieces=tuple(made),
                    source_pieces=tuple(given),
                    attention=_attention(rows, len(given)),
                )
            )
        return answers

    def _results(
        self, translator: Any, batches: Iterable[list[str]], pieces: dict[str, list[str]], attention: bool
    ) -> Iterator[tuple[list[str], list[Any]]]:
        """Run the batches, a few ahead of the one being read, and yield them in order."""
        waiting: deque[tuple[list[str], list[Any]]] = deque()
        try:
            for batch in batches:
                waiting.append((batch, self._submit(translator, [pieces[each] for each in batch], attention)))
                if len(waiting) > 2 * self.inter_threads:
                    yield self._gather(waiting)
            while waiting:
                yield self._gather(waiting)
        except (RuntimeError, MemoryError) as error:
            raise BatchFailed(
                f"CTranslate2 failed on a batch: {error}", es=f"CTranslate2 falló con un lote: {error}"
            ) from error

    @staticmethod
    def _gather(waiting: deque[tuple[list[str], list[Any]]]) -> tuple[list[str], list[Any]]:
        batch, promises = waiting.popleft()
        return batch, [promise.result() for promise in promises]

    def _submit(self, translator: Any, tokens: list[list[str]], attention: bool) -> list[Any]:
        prefix = self.installed.target_prefix
        promises: list[Any] = translator.translate_batch(
            tokens,
            target_prefix=[[prefix]] * len(tokens) if prefix else None,
            asynchronous=True,
            max_batch_size=0,  # the batch is already cut; CTranslate2 must not cut it again
            beam_size=_BEAM,
            length_penalty=_LENGTH_PENALTY,
            max_decoding_length=_CUT,
            replace_unknowns=True,
            return_scores=True,
            return_attention=attention,
        )
        return promises

    def _hypothesis(self, sentence: str, source: tuple[str, ...], result: Any, tokenizer: _Tokenizer) -> Hypothesis:
        tokens: list[str] = result.hypotheses[0]
        text = _decoded(tokens, sentence, tokenizer)
        attention: list[list[list[float]]] = result.attention  # copied at each look
        rows = attention[0] if attention else []
        prefix = self.installed.target_prefix
        total = float(result.scores[0]) * len(tokens) ** _LENGTH_PENALTY  # the decoder divided by it
        if prefix:
            text = text.removeprefix(prefix)
            if tokens[:1] == [prefix]:
                rows = rows[1:] if len(rows) == len(tokens) else rows
                tokens = tokens[1:]
        return Hypothesis(
            text=text.removeprefix(" "),
            score=total / len(tokens) if tokens else None,
            pieces=tuple(tokens),
            source_pieces=source,
            attention=_attention(rows[: len(tokens)], len(source)) if attention else None,
        )

    def _loaded(self) -> tuple[Any, _Tokenizer]:
        with self._lock:
            if self._translator is None or self._tokenizer is None:
                self._load()
            if self._pid != os.getpid() or self._tokenizer is None:
                raise EngineUnavailable(
                    "The model was loaded before this process was forked and would hang here. Load it after the fork.",
                    es="El modelo se cargó antes de dividirse este proceso, que aquí se quedaría colgado. "
                    "Cárguelo después.",
                )
            return self._translator, self._tokenizer

    def _load(self) -> None:
        problems = verify(self.installed)
        if problems:
            raise ModelDamaged(
                f"{self.installed.name}: {'; '.join(problems)}. Run: tornavoz models verify",
                es=f"{self.installed.name}: {'; '.join(problems)}. Ejecute: tornavoz models verify",
            )
        import ctranslate2

        try:
            translator = ctranslate2.Translator(
                str(self.installed.path / "model"),
                device="cpu",
                inter_threads=self.inter_threads,
                intra_threads=self.intra_threads,
            )
            tokenizer = _tokenizer(self.installed)
            tokenizer.encode("")  # argostranslate reads the file at the first sentence: here, under our lock
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelDamaged(
                f"{self.installed.name} cannot be loaded: {error}",
                es=f"No se puede cargar {self.installed.name}: {error}",
            ) from error
        self._translator, self._tokenizer, self._pid = translator, tokenizer, os.getpid()


def batched(lengths: dict[str, int], mode: Mode, batch_tokens: int) -> list[list[str]]:
    """Cut sentences (with their length in pieces) into batches of at most `batch_tokens`, padding counted.

    Longest first, so that a batch too large for the machine fails at once. `exact` never mixes lengths.
    """
    ordered = sorted(lengths, key=lambda each: (-lengths[each], each))
    batches: list[list[str]] = []
    for _, group in groupby(ordered, key=lambda each: lengths[each] if mode == "exact" else 0):
        batch: list[str] = []
        for sentence in group:
            if batch and (len(batch) + 1) * lengths[batch[0]] > batch_tokens:
                batches.append(batch)
                batch = []
            batch.append(sentence)
        batches.append(batch)
    return batches


def _attention(rows: Sequence[Sequence[float]], width: int) -> tuple[tuple[float, ...], ...]:
    """The rows over the source's pieces; the first piece is taken to look at the first piece.

    In a batch, CTranslate2 (4.8.5) gives sentence `i` the first row of sentence `i // beam`, and links would move with
    whoever shares it. Alone, that row is right, and looks at the first piece in nine sentences of ten; on the marked
    sentences of the test set this guess costs the ladder nothing.
    """
    first = (1.0, *(0.0 for _ in range(width - 1)))
    return tuple(tuple(row[:width]) if place else first for place, row in enumerate(rows))


def _decoded(tokens: list[str], sentence: str, tokenizer: _Tokenizer) -> str:
    """Argos Translate's text for these pieces, except that the underscores of a handle or an address survive.

    Its tokenizer turns every underscore into a blank. Where the source has none this is kept, for identical output;
    where it has one, the pieces are joined without that rule.
    """
    if "_" in sentence and hasattr(tokenizer, "lazy_processor"):
        return str(tokenizer.lazy_processor().decode_pieces(tokens)).replace("▁", " ")
    return tokenizer.decode(tokens)


def _tokenizer(installed: Installed) -> _Tokenizer:
    from argostranslate.tokenizer import BPETokenizer, SentencePieceTokenizer

    pieces = installed.path / "sentencepiece.model"
    tokenizer: _Tokenizer
    if pieces.exists():
        tokenizer = SentencePieceTokenizer(pieces)
    else:
        tokenizer = BPETokenizer(installed.path / "bpe.model", installed.from_code, installed.to_code)
    return tokenizer


def _identity(installed: Installed, mode: Mode, batch_tokens: int) -> EngineIdentity:
    settings = {
        "attention": "first piece at first piece",
        "beam": _BEAM,
        "cut": _CUT,
        "length_penalty": _LENGTH_PENALTY,
        "mode": mode if mode == "exact" else f"{mode} {batch_tokens}",
        "prefix": installed.target_prefix,
        "score": "mean",
        "segmenter": SEGMENTER,
        "tokenizer": version("argos-translate-lt"),
        "underscore": "kept",
    }
    return EngineIdentity(
        engine="argos",
        engine_version=f"ctranslate2 {version('ctranslate2')}",
        model=installed.name,
        model_sha256=installed.model_sha256,
        settings=" ".join(f"{name}={value}" for name, value in sorted(settings.items())),
    )
