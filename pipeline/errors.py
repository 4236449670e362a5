"""The error tree. Each class says when trying again makes sense; its docstring is its default message.

An error says the same in two languages, as findings and rights decisions do: `str(error)` is the English of the command
line, of the API and of logs, `error.spanish` what an editor reads. The Spanish is written where the English is, because
only there the details of the sentence are known (tests/unit/test_errors.py finds a sentence without). Without Spanish
of its own a message stands for both.

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

    spanish: str = "Algo falló en el proceso."
    code: ClassVar[str] = "pipeline"
    retry: ClassVar[Retry] = Retry.NEVER

    def __init__(self, message: str = "", *, es: str = "") -> None:
        super().__init__(message or (inspect.getdoc(type(self)) or "").splitlines()[0])
        self.spanish = es or message or type(self).spanish


class ConfigError(PipelineError):
    """The configuration cannot be used."""

    spanish = "La configuración no se puede usar."
    code = "config"
    retry = Retry.OPERATOR


class SourceError(PipelineError):
    """What came in cannot be used."""

    spanish = "Lo recibido no se puede usar."
    code = "source"


class TooLarge(SourceError):
    """The payload is larger than this newsroom takes."""

    spanish = "Lo recibido es mayor de lo que admite esta redacción."
    code = "too-large"


class UnreadablePayload(SourceError):
    """The payload is not text, HTML or JSON that can be read."""

    spanish = "Lo recibido no es texto, HTML ni JSON que se pueda leer."
    code = "unreadable"


class ExtractionFailed(SourceError):
    """No article was found in the payload."""

    spanish = "No se encontró ningún artículo en lo recibido."
    code = "extraction-failed"


class FetchFailed(SourceError):
    """The address did not answer as hoped."""

    spanish = "La dirección no respondió como se esperaba."
    code = "fetch-failed"
    retry = Retry.LATER


class PageRefused(SourceError):
    """The address answers, and not with an article."""

    spanish = "La dirección responde, pero no con un artículo."
    code = "page-refused"


class TargetForbidden(SourceError):
    """The address is not a public one, so it is not contacted."""

    spanish = "La dirección no es pública, así que no se consulta."
    code = "target-forbidden"


class TranslationError(PipelineError):
    """The translation could not be made."""

    spanish = "No se pudo hacer la traducción."
    code = "translation"
    retry = Retry.LATER
    divisible: ClassVar[bool] = False  # might part of what was asked succeed, if it were asked alone?


class ModelMissing(TranslationError):
    """No model is installed for this language pair. Run: tornavoz models install starter"""

    spanish = "No hay ningún modelo instalado para este par de idiomas. Ejecute: tornavoz models install starter"
    code = "model-missing"
    retry = Retry.OPERATOR


class ModelDamaged(TranslationError):
    """The installed model's files differ from those that were installed. Run: tornavoz models verify"""

    spanish = "Los archivos del modelo no son los que se instalaron. Ejecute: tornavoz models verify"
    code = "model-damaged"
    retry = Retry.OPERATOR


class EngineUnavailable(TranslationError):
    """The translation engine does not answer."""

    spanish = "El motor de traducción no responde."
    code = "engine-unavailable"


class EngineRefused(TranslationError):
    """The translation server refuses this newsroom. Check [translation] url and TORNAVOZ_LIBRETRANSLATE_KEY."""

    spanish = (
        "El servidor de traducción rechaza a esta redacción. Revise [translation] url y TORNAVOZ_LIBRETRANSLATE_KEY."
    )
    code = "engine-refused"
    retry = Retry.OPERATOR


class BatchFailed(TranslationError):
    """The translation engine failed on a batch of sentences."""

    spanish = "El motor de traducción falló con un lote de frases."
    code = "batch-failed"
    divisible = True


class ModelRefused(PipelineError):
    """The model package is not safe or not whole, so it was not installed."""

    spanish = "El paquete del modelo no es seguro o no está completo, así que no se instaló."
    code = "model-refused"


class FileRefused(PipelineError):
    """The file cannot be read as what it should be, so nothing of it was taken in."""

    spanish = "El archivo no se puede leer como lo que debería ser, así que no se tomó nada de él."
    code = "file-refused"
    retry = Retry.OPERATOR


class LedgerError(PipelineError):
    """The ledger refused a change."""

    spanish = "El registro rechazó un cambio."
    code = "ledger"


class IllegalTransition(LedgerError):
    """That state cannot follow this one."""

    spanish = "Ese estado no puede seguir al actual."
    code = "illegal-transition"


class StaleVersion(IllegalTransition):
    """Somebody else has saved a newer version since you read this one."""

    spanish = "Otra persona guardó una versión más reciente desde que usted leyó esta."
    code = "stale-version"


class StaleWork(LedgerError):
    """Somebody else has taken this work over; the result is thrown away."""

    spanish = "Otro proceso se hizo cargo de esta tarea; el resultado se descarta."
    code = "stale-work"


class PublishError(PipelineError):
    """The output folder cannot be written."""

    spanish = "No se puede escribir en la carpeta de salida."
    code = "publish"
    retry = Retry.LATER


class DeliveryError(PipelineError):
    """A push to a partner failed."""

    spanish = "Falló un envío a un socio."
    code = "delivery"


class PartnerRefused(DeliveryError):
    """The partner's server refused the push."""

    spanish = "El servidor del socio rechazó el envío."
    code = "partner-refused"


class PartnerUnavailable(DeliveryError):
    """The partner's server did not take the push this time."""

    spanish = "El servidor del socio no aceptó el envío esta vez."
    code = "partner-unavailable"
    retry = Retry.LATER
