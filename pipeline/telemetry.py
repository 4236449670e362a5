"""Logging and metrics, set up once for every process.

Knows: structlog, and the name of every metric. Must not know: the ledger.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

STEP_SECONDS = Histogram(
    "tornavoz_step_seconds",
    "Time from claim to end of one run of a unit",
    ["step", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300),
)
SENTENCES = Counter("tornavoz_sentences_total", "Translated sentences by origin", ["origin"])
FILES = Counter("tornavoz_files_total", "Published files by what became of them", ["outcome"])
PROOFS = Counter("tornavoz_proofs_total", "Looks at partners' pages by verdict", ["verdict"])
PUSHES = Counter("tornavoz_pushes_total", "Pushes to partners by outcome", ["outcome"])

_SECRETS = re.compile(r"(tvz_(?:[0-9a-f]{12}(?=_))?)[\w-]*|(whsec_)[\w+/=-]+|(?i:(basic|bearer) )[\w+/=.~-]{8,}")


def without_secrets(text: str) -> str:
    """The text with tokens, signing secrets and credentials cut to where they begin; a token keeps its key."""
    return _SECRETS.sub(lambda match: next(filter(None, match.groups())) + "…", text)


def _cut_secrets(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same for every text of a log event."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = without_secrets(value)
        elif not isinstance(value, int | float | bool | None):
            event[key] = without_secrets(str(value)) if _SECRETS.search(str(value)) else value
    return event


class _Plain(logging.Formatter):
    """Lines of libraries: Django, for one, logs the path of what it does not find, and a path may hold a token."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def set_up(level: str = "INFO", *, json: bool | None = None) -> None:
    """One line an event on standard error: JSON for machines, columns at a terminal."""
    machine = not sys.stderr.isatty() if json is None else json
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            _cut_secrets,
            structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_Plain("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[lines])
