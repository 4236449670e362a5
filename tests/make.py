"""A newsroom made for tests: real ledger, real steps, real files; the engine knows its sentences by heart.

Knows: how to put the parts together with a clock that is moved by hand. Must not know: what any test expects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feeds import steps as outward
from feeds.files import CODINGS, unpacked
from feeds.readback import bodies
from pipeline import config, polling, steps
from pipeline.actions import campaign_step, rights_step, terms_page, terms_step, upkeep
from pipeline.actions.rights_step import rights_changed
from pipeline.ledger import catalog, queries, units, watches
from pipeline.ledger.articles import Receipt
from pipeline.ledger.models import Article, Release, Source, Unit
from pipeline.runner import Outcome, Runner
from pipeline.types import Envelope, Format, Incoming
from tests.fakes import PhraseBook
from tests.opening import Opening
from workers.spine import glossaries

START = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)

GUID = "tag:eco.example,2026:article/{}/es"  # of an article in Spanish

HEADLINE = "Bridge opens after nine years of work"
PARAGRAPHS = (
    "The new bridge over the Arroyo river opened on Monday.",
    "The work cost 41 million pesos and took nine years.",
    "The mayor said that nobody will pay a toll.",
    "Two villages had waited for the crossing since the flood of 2017.",
)
OTHER_HEADLINE = "School library prints its first catalogue"
OTHER_PARAGRAPHS = (
    "The school library of Valverde printed its first catalogue this week.",
    "It lists 812 books that families gave after the fire.",
    "The librarian said that the children chose the cover.",
    "A second volume will follow in the autumn.",
)
CHANGED = "The work cost 14 million pesos and took nine years."  # PARAGRAPHS[1] as the publisher put it right

SPANISH = {
    HEADLINE: "El puente abre tras nueve años de obras",
    PARAGRAPHS[0]: "El nuevo puente sobre el río Arroyo abrió el lunes.",
    PARAGRAPHS[1]: "La obra costó 41 millones de pesos y duró nueve años.",
    PARAGRAPHS[2]: "La alcaldesa dijo que nadie pagará peaje.",
    PARAGRAPHS[3]: "Dos pueblos esperaban el paso desde la inundación de 2017.",
    CHANGED: "La obra costó 14 millones de pesos y duró nueve años.",
    OTHER_HEADLINE: "La biblioteca escolar imprime su primer catálogo",
    OTHER_PARAGRAPHS[0]: "La biblioteca escolar de Valverde imprimió esta semana su primer catálogo.",
    OTHER_PARAGRAPHS[1]: "Reúne 812 libros que las familias donaron tras el incendio.",
    OTHER_PARAGRAPHS[2]: "La bibliotecaria dijo que los niños eligieron la cubierta.",
    OTHER_PARAGRAPHS[3]: "Un segundo tomo saldrá en otoño.",
}

NEWSROOM = """
[site]
name = "Eco Sur"
url = "https://eco.example"
tag = "eco.example,2026"
contact = "redaccion@eco.example"

[[source]]
slug = "river-post"
publisher = "The River Post"
url = "https://river.example/"
[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by/4.0/"

[[source]]
slug = "harbor-wire"
publisher = "Harbor Wire"
url = "https://harbor.example/"
[source.rights]
basis = "licence"
licence = "https://creativecommons.org/licenses/by-nc/4.0/"

[[source]]
slug = "silent-times"
publisher = "Silent Times"
url = "https://silent.example/"

[[product]]
slug = "all"
title = "Todo"

[[product]]
slug = "puentes"
title = "Puentes"
sections = ["Bridges"]

[[partner]]
slug = "el-faro"
name = "El Faro"
use = "N"

[[partner]]
slug = "la-voz"
name = "La Voz"
use = "N"

[[partner]]
slug = "diario-de-pago"
name = "Diario de Pago"
use = "P"
"""

_openings: dict[tuple[str, datetime], Opening] = {}  # by newsroom.toml and time; one process, one database


class Clock:
    """Time that moves only when told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


def story(headline: str = HEADLINE, paragraphs: tuple[str, ...] = PARAGRAPHS, **fields: object) -> dict[str, object]:
    """An article in the intake form."""
    return {
        "headline": headline,
        "body_html": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        "author": "Ana Pond",
        "published": "2026-03-13",
        **fields,
    }


def corrected() -> dict[str, object]:
    """The same article with one figure put right."""
    return story(paragraphs=(PARAGRAPHS[0], CHANGED, *PARAGRAPHS[2:]))


def other(**fields: object) -> dict[str, object]:
    """Another article."""
    return story(OTHER_HEADLINE, OTHER_PARAGRAPHS, **fields)


@dataclass
class Office:
    """A newsroom at work in a state folder of its own."""

    home: Path
    clock: Clock
    engine: PhraseBook = field(default_factory=lambda: PhraseBook(SPANISH))
    text: str = NEWSROOM

    def __post_init__(self) -> None:
        first_day = (self.text, self.clock())
        if first_day in _openings and not Source.objects.exists():
            self._furnish(self.text)
            _openings[first_day].restore(self.home)
        else:
            empty = not Source.objects.exists()
            self.apply(self.text)
            self.run()
            if empty:
                _openings[first_day] = Opening.of(self.home)

    def apply(self, text: str) -> None:
        """Take this newsroom.toml, as `tornavoz config` does."""
        loaded = self._furnish(text)
        applied = catalog.apply(loaded, now=self.clock(), actor="test")
        if any(subject.startswith(("product:", "partner:")) for subject in applied.changed):
            upkeep.offer_again(now=self.clock())
        for slug in applied.rights_changed:
            rights_changed(slug, actor="test", now=self.clock())
        watches.keep_up(loaded, now=self.clock())

    def _furnish(self, text: str) -> config.Config:
        """Write the file down and make the steps that go by it."""
        self.text = text
        (self.home / "newsroom.toml").write_text(text, encoding="utf-8")
        loaded = config.parse(text)
        room = steps.Newsroom(
            config=loaded, engine_for=lambda source, target: self.engine, glossary_for=glossaries(loaded)
        )
        self.room = room
        table = {**steps.table(room), **outward.table(room), **polling.table(room)}
        table |= {**campaign_step.table(room), **rights_step.table()}
        table |= terms_step.table(terms_page.client(loaded))
        self.runner = Runner(table, self.clock, pooled=steps.pools(room))
        return loaded

    def receive(
        self,
        payload: Mapping[str, object] | bytes | None = None,
        *,
        source: str = "river-post",
        url: str | None = "https://river.example/2026/bridge",
        form: Format = Format.JSON,
        **envelope: Any,
    ) -> Receipt:
        """Hand something in; nothing is run yet."""
        body = payload if isinstance(payload, bytes) else json.dumps(story() if payload is None else payload).encode()
        incoming = Incoming(envelope=Envelope(source=source, format=form, url=url, **envelope), payload=body)
        row = Source.objects.get(slug=source)
        return steps.receive(self.room, incoming, row, now=self.clock(), actor="test")

    def run(self) -> list[Outcome]:
        """Everything that is due, and what becomes due by it."""
        outcomes: list[Outcome] = []
        self.runner.drain(on_run=outcomes.append)
        return outcomes

    def due(self) -> list[int]:
        """Units that could be run now."""
        return units.due(now=self.clock())

    def publish(self, payload: Mapping[str, object] | None = None, **envelope: Any) -> int:
        """Receive and run. Returns the article's key."""
        receipt = self.receive(payload, **envelope)
        outcomes = self.run()
        assert set(outcomes) <= {Outcome.DONE}, list(Unit.objects.exclude(last_error="").values("step", "last_error"))
        return receipt.article

    def half_translated(self) -> int:
        """Receive and run an article of which the engine leaves the third paragraph in English; its key."""
        del self.engine.phrases[PARAGRAPHS[2]]
        self.engine.mark = ""
        article = self.receive().article
        self.run()
        return article

    def fate(self, article: int) -> queries.Row:
        return queries.fate(Article.objects.get(pk=article))

    def release(self, article: int, product: str = "es/all") -> Release:
        language, _, slug = product.partition("/")
        return Release.objects.get(article=article, product__language=language, product__slug=slug)

    def feed(self, form: str = "json", product: str = "es/all", partner: str | None = None) -> bytes:
        """A feed's bytes as they lie on the disk."""
        name = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}[form]
        folder = self.home / "private" / partner if partner else self.home / "public" / "feeds"
        return (folder / product / name).read_bytes()

    def bodies(self, form: str = "json", product: str = "es/all", partner: str | None = None) -> dict[str, str]:
        """Body by guid in a feed."""
        return bodies(form, self.feed(form, product, partner))

    def items(self, product: str = "es/all", partner: str | None = None) -> dict[str, dict[str, Any]]:
        """Items of the JSON feed by guid."""
        return {item["id"]: item for item in json.loads(self.feed("json", product, partner))["items"]}

    def page(self, article: int, language: str = "es") -> Path:
        return self.home / "public" / language / "articles" / f"{article}.html"

    def files(self) -> dict[str, bytes]:
        """Every published file, public and private, by its path; compressed twins unpacked."""
        found = {}
        for folder in ("public", "private"):
            for path in sorted((self.home / folder).rglob("*")):
                if path.is_file():
                    name = path.relative_to(self.home).as_posix()
                    twin = path.suffix in CODINGS.values()
                    found[name] = unpacked(path) if twin else path.read_bytes()
        return found

    def stamps(self) -> dict[str, tuple[int, str]]:
        """Modification time and digest of every published file."""
        return {
            name: ((self.home / name).stat().st_mtime_ns, hashlib.sha256(content).hexdigest())
            for name, content in self.files().items()
        }
