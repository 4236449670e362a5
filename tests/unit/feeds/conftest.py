"""Entries and documents to render, in the smallest form that has every part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipeline.types import Attribution, Entry, FeedDocument, Licence, Status

BY = Licence(code="by", version="4.0", url="https://creativecommons.org/licenses/by/4.0/", name="CC BY 4.0")


@pytest.fixture
def attribution() -> Attribution:
    return Attribution(
        publisher="The River Post",
        publisher_url="https://river.example/",
        original_url="https://river.example/2016/05/bridge-opens",
        original_title="Bridge opens after nine years",
        original_language="en",
        language="es",
        authors=("Ana Pond",),
        original_date=date(2016, 5, 26),
        licence=BY,
        contact="redaccion@eco.example",
        outlet="Eco Sur",
        engine="Argos",
        model="translate-en_es 0.1",
    )


@pytest.fixture
def make_entry(attribution: Attribution) -> Callable[..., Entry]:
    def make(number: int = 1, **changes: Any) -> Entry:
        entry = Entry(
            guid=f"tag:eco.example,2026:article/{number}/es",
            version=1,
            status=Status.USABLE,
            url=f"https://eco.example/es/articulos/{number}.html",
            language="es",
            headline=f"El puente número {number} abre tras nueve años",
            summary="La obra costó más de lo previsto.",
            body="<p>Los vecinos cruzaron primero.</p>\n<p>Nadie cobró peaje.</p>",
            attribution=attribution,
            published=datetime(2026, 3, 1, 9, number % 60, tzinfo=UTC),
            updated=datetime(2026, 3, 1, 9, number % 60, tzinfo=UTC),
            section="Obras",
            keywords=("puentes", "ríos"),
        )
        return replace(entry, **changes)

    return make


@pytest.fixture
def make_document(make_entry: Callable[..., Entry]) -> Callable[..., FeedDocument]:
    def make(*entries: Entry, **changes: Any) -> FeedDocument:
        document = FeedDocument(
            id="tag:eco.example,2026:feed/es",
            title="Eco Sur: todo",
            subtitle="Noticias libres en español",
            language="es",
            home_url="https://eco.example/es/",
            urls={
                "rss": "https://eco.example/es/rss.xml",
                "atom": "https://eco.example/es/atom.xml",
                "json": "https://eco.example/es/feed.json",
            },
            updated=datetime(2026, 3, 1, 10, tzinfo=UTC),
            publisher="Eco Sur",
            contact="redaccion@eco.example",
            entries=entries or (make_entry(2), make_entry(1)),
            hub="https://eco.example/hub",
        )
        return replace(document, **changes)

    return make


@pytest.fixture
def withdrawn(make_entry: Callable[..., Entry]) -> Entry:
    return make_entry(
        7,
        status=Status.CANCELED,
        version=2,
        updated=datetime(2026, 3, 2, 8, tzinfo=UTC),
        withdrawn_on=date(2026, 3, 2),
    )
