"""The error tree. Each class says when trying again makes sense; its docstring is its default message.

    PipelineError
    ├── ConfigError                 newsroom.toml or the environment
    ├── SourceError                 what came in cannot be read
    │   ├── TooLarge  UnreadablePayload  ExtractionFailed
    │   └── FetchFailed (LATER)  PageRefused  TargetForbidden
    ├── TranslationError
    │   ├── ModelMissing (OPERATOR)  ModelDamaged (OPERATOR)
    │   └── EngineRefused (OPERATOR)  EngineUnavailable (LATER)  BatchFailed (LATER)
    ├── ModelRefused                a package that will not be installed
    ├── FileRefused                 a glossary or memory that will not be taken in
    ├── LedgerError
    │   └── IllegalTransition (StaleVersion)  StaleWork
    ├── PublishError (LATER)        the output folder cannot be written
    └── DeliveryError
        └── PartnerRefused  PartnerUnavailable (LATER)

Expected outcomes (a duplicate, a held article, an unchanged file) are values, not errors.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import ClassVar


class Retry(StrEnum):
    """When to try again."""

    NEVER = "never"  # park at once: the same input fails the same way
    LATER = "later"  # back off and try again, a few times
    OPERATOR = "operator"  # park until somebody repairs the installation; the repair wakes it


class PipelineError(Exception):
    """Something in the pipeline failed."""

    code: ClassVar[str] = "pipeline"
    retry: ClassVar[Retry] = Retry.NEVER

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (inspect.getdoc(type(self)) or "").splitlines()[0])


class ConfigError(PipelineError):
    """The configuration cannot be used."""

    code = "config"
    retry = Retry.OPERATOR


class SourceError(PipelineError):
    """What came in cannot be used."""

    code = "source"


class TooLarge(SourceError):
    """The payload is larger than this newsroom takes."""

    code = "too-large"


class UnreadablePayload(SourceError):
    """The payload is not text, HTML or JSON that can be read."""

    code = "unreadable"


class ExtractionFailed(SourceError):
    """No article was found in the payload."""

    code = "extraction-failed"


class FetchFailed(SourceError):
    """The address did not answer as hoped."""

    code = "fetch-failed"
    retry = Retry.LATER


class PageRefused(SourceError):
    """The address answers, and not with an article."""

    code = "page-refused"


class TargetForbidden(SourceError):
    """The address is not a public one, so it is not contacted."""

    code = "target-forbidden"


class TranslationError(PipelineError):
    """The translation could not be made."""

    code = "translation"
    retry = Retry.LATER
    divisible: ClassVar[bool] = False  # might part of what was asked succeed, if it were asked alone?


class ModelMissing(TranslationError):
    """No model is installed for this language pair. Run: tornavoz models install starter"""

    code = "model-missing"
    retry = Retry.OPERATOR


class ModelDamaged(TranslationError):
    """The installed model's files differ from those that were installed. Run: tornavoz models verify"""

    code = "model-damaged"
    retry = Retry.OPERATOR


class EngineUnavailable(TranslationError):
    """The translation engine does not answer."""

    code = "engine-unavailable"


class EngineRefused(TranslationError):
    """The translation server refuses this newsroom. Check [translation] url and TORNAVOZ_LIBRETRANSLATE_KEY."""

    code = "engine-refused"
    retry = Retry.OPERATOR


class BatchFailed(TranslationError):
    """The translation engine failed on a batch of sentences."""

    code = "batch-failed"
    divisible = True


class ModelRefused(PipelineError):
    """The model package is not safe or not whole, so it was not installed."""

    code = "model-refused"


class FileRefused(PipelineError):
    """The file cannot be read as what it should be, so nothing of it was taken in."""

    code = "file-refused"
    retry = Retry.OPERATOR


class LedgerError(PipelineError):
    """The ledger refused a change."""

    code = "ledger"


class IllegalTransition(LedgerError):
    """That state cannot follow this one."""

    code = "illegal-transition"


class StaleVersion(IllegalTransition):
    """Somebody else has saved a newer version since you read this one."""

    code = "stale-version"


class StaleWork(LedgerError):
    """Somebody else has taken this work over; the result is thrown away."""

    code = "stale-work"


class PublishError(PipelineError):
    """The output folder cannot be written."""

    code = "publish"
    retry = Retry.LATER


class DeliveryError(PipelineError):
    """A push to a partner failed."""

    code = "delivery"


class PartnerRefused(DeliveryError):
    """The partner's server refused the push."""

    code = "partner-refused"


class PartnerUnavailable(DeliveryError):
    """The partner's server did not take the push this time."""

    code = "partner-unavailable"
    retry = Retry.LATER
