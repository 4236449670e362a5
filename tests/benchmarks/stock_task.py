"""Argos Translate as most people put it behind Celery: a task an article, a paragraph a call, the model in the child.

Two environment variables say where it works: BENCH_BROKER, a Redis that also keeps the results, and BENCH_MODEL, the
folder of an installed package. Everything else is Celery and Argos Translate as they come.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from celery import Celery

app = Celery("stock", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_BROKER"])


@app.task(name="translate")
def translate(article: list[list[str]]) -> list[str]:
    """An article's paragraphs, each a list of sentences, in Spanish."""
    translation = _translation()
    return [translation.hypotheses(" ".join(paragraph), 1)[0].value for paragraph in article]


@cache
def _translation() -> Any:
    """Loaded at the first task, in the child that will use it."""
    from tests.benchmarks.contestants import argos_translation

    return argos_translation(os.environ["BENCH_MODEL"])
