"""A year of a busy newsroom as rows of a ledger: what the steps would have written in days of work.

Knows: the tables, and what share of everything waits for a person. Must not know: what is measured with it.

Of 100 articles one is held for an editor: it has 40 sentences, findings, two earlier versions with an editor's words.
The others are short (a headline and nine sentences) and published. Each has its units, events, deliveries and receipts.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from pipeline.types import (
    Attribution,
    Block,
    BlockKind,
    Draft,
    EngineIdentity,
    Envelope,
    Finding,
    Format,
    Level,
    Origin,
    Story,
)

NOW = datetime.now(UTC).replace(microsecond=0)
LONG = 40  # sentences of an article that is held
SOURCES, SECTIONS = 12, 20
_AT_ONCE = 2000
RANDOM = random.Random(7)  # noqa: S311  the same ledger each time
_SYLLABLES = ["ba", "co", "de", "lu", "mi", "ro", "sa", "te", "vi", "zo"]
_COMMON = ["puente", "alcaldesa", "ciudad", "gobierno", "ayer", "según", "policía", "región", "bridge", "mayor"]
_ENGINE = EngineIdentity(engine="bench", engine_version="1", model="bench 1", model_sha256="0" * 64, settings="")
_STEPS = ("extract:revision", "clear:revision", "translate:translation", "check:translation", "release:translation")


def _words(length: int, count: int) -> list[str]:
    return ["".join(RANDOM.choices(_SYLLABLES, k=length)) for _ in range(count)]


USUAL = [word for length in (2, 3, 4) for word in _words(length, 1200)]
RARE = sorted(set(_words(6, 60_000)))  # names: each stands in a few articles only


def sentence() -> str:
    """Six to twenty-four words, two of them in every other text as well."""
    words = RANDOM.choices(USUAL, k=RANDOM.randint(4, 22)) + RANDOM.choices(_COMMON, k=2)
    return " ".join(words).capitalize() + "."


@cache
def said() -> list[tuple[str, str]]:
    """Sentences and their translations; news says many things again."""
    return [(sentence(), sentence()) for _ in range(40_000)]


def fill(articles: int) -> None:
    """Write so many articles, the oldest a year ago."""
    from django.db import connection

    from pipeline import config
    from pipeline.ledger import catalog, statistics
    from pipeline.ledger.models import Payload

    toml = '[[product]]\nslug = "all"\ntitle = "Todo"\n'
    for number in range(SOURCES):
        toml += (
            f'[[source]]\nslug = "source-{number}"\npublisher = "Source {number}"\nurl = "https://s{number}.example/"\n'
        )
        toml += '[source.rights]\nbasis = "licence"\nlicence = "https://creativecommons.org/licenses/by/4.0/"\n'
        toml += f'[[partner]]\nslug = "partner-{number}"\nname = "Partner {number}"\nuse = "N"\n'
    catalog.apply(config.parse(toml), now=NOW, actor="bench")
    Payload.objects.create(sha256="0" * 64, body=b"", size=0)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")
    for start in range(0, articles, _AT_ONCE):
        _Batch(range(start, min(start + _AT_ONCE, articles)), articles).write()
        sys.stderr.write(f"\r{min(start + _AT_ONCE, articles):,} of {articles:,} articles")
    sys.stderr.write("\n")
    _post_edits(min(20_000, articles))
    if connection.vendor == "postgresql":  # as its autovacuum does when it gets to it
        connection.cursor().execute("VACUUM ANALYZE")
    statistics.close_days(now=NOW)  # the hourly upkeep


def held(number: int) -> bool:
    """Does the article with this number (its key less one) wait for an editor?"""
    return number % 100 == 2


class _Batch:
    """Some articles with all that belongs to them, in one transaction."""

    def __init__(self, numbers: range, of: int) -> None:
        self.numbers = numbers
        self.at = {n: NOW - timedelta(days=365) * (1 - n / of) for n in numbers}
        self.pairs = {n: self._pairs(n) for n in numbers}

    @staticmethod
    def _pairs(number: int) -> list[tuple[str, str]]:
        """The headline and every sentence, each with its translation."""
        count = LONG if held(number) else 9
        name = RANDOM.choice(RARE).capitalize()
        headline = f"{name} {RANDOM.choice(USUAL)} {number}"
        return [(headline, f"{headline} es"), *RANDOM.choices(said(), k=count)]

    def write(self) -> None:
        from django.db import transaction

        with transaction.atomic():
            self._articles()
            self._translations()
            self._releases()
            self._search()
            self._traces()

    def _articles(self) -> None:
        from pipeline.ledger import models as rows

        sources = list(rows.Source.objects.order_by("pk"))
        made = rows.Article.objects.bulk_create(
            rows.Article(
                source=sources[n % SOURCES],
                key=f"k{n}",
                url=f"https://s{n % SOURCES}.example/{n}",
                created_at=self.at[n],
            )
            for n in self.numbers
        )
        self.articles = dict(zip(self.numbers, made, strict=True))
        revisions = rows.Revision.objects.bulk_create(
            rows.Revision(
                article=article,
                number=1,
                payload_id="0" * 64,
                content_hash=str(n),
                envelope=_envelope(n),
                received_at=self.at[n],
                story=_told(self.pairs[n], section=section_of(n)),
                state="held" if n % 400 == 1 else "cleared",
                permission={"code": "rights-unknown"} if n % 800 == 1 else None,
                reason_es="Faltan derechos." if n % 800 == 1 else "",
                reason_code="x" * (n % 400 == 1),
            )
            for n, article in self.articles.items()
        )
        self.revisions = dict(zip(self.numbers, revisions, strict=True))

    def _translations(self) -> None:
        from pipeline.ledger import models as rows

        wanted = [(n, version) for n in self.numbers for version in ((1, 2, 3) if held(n) else (1,))]
        made = rows.Translation.objects.bulk_create(
            rows.Translation(
                revision=self.revisions[n],
                language="es",
                version=version,
                created_at=self.at[n] + timedelta(minutes=version),
                state="ready" if not held(n) else "held" if version == 3 else "superseded",
                draft=_made(self.pairs[n]),
                findings=_findings() if held(n) and version == 3 else [],
            )
            for n, version in wanted
        )
        self.drafts = {n: draft for (n, _), draft in zip(wanted, made, strict=True)}  # the newest
        rows.Segment.objects.bulk_create(
            rows.Segment(
                translation=draft,
                position=position,
                place=place,
                source=source,
                target=f"{target} {version}" if edited(position, version) else target,
                origin="editor" if edited(position, version) else "engine",
                model=_ENGINE.model,
                score=-0.2,
                provenance=_by_ana() if edited(position, version) else None,
            )
            for (n, version), draft in zip(wanted, made, strict=True)
            for position, (place, (source, target)) in enumerate(zip(_places(), self.pairs[n], strict=False))
        )

    def _releases(self) -> None:
        from pipeline.ledger import codec
        from pipeline.ledger import models as rows

        product = rows.Product.objects.get()
        partners = list(rows.Partner.objects.order_by("pk"))[:3]
        credit = codec.dump(_CREDIT)
        releases = rows.Release.objects.bulk_create(
            rows.Release(
                article=self.articles[n],
                product=product,
                translation=self.drafts[n],
                guid=f"tag:bench,2026:{n}",
                published_at=self.at[n],
                updated_at=self.at[n],
                attribution=credit,
                text_sha256="0" * 64,
            )
            for n in self.numbers
            if not held(n)
        )
        offered = [(release, partner) for release in releases for partner in partners]
        rows.Delivery.objects.bulk_create(
            rows.Delivery(
                release=release,
                partner=partner,
                version=1,
                sending=1,
                kind="published",
                channel="feed",
                created_at=release.published_at,
                state="dead" if release.pk % 2000 == 3 else "sent",
            )
            for release, partner in offered
        )
        rows.Receipt.objects.bulk_create(
            rows.Receipt(release=release, partner=partner, version=1, state="seen", sent_at=release.published_at)
            for release, partner in offered
        )
        placements = rows.Placement.objects.bulk_create(
            rows.Placement(
                release=release,
                partner=partner,
                url=f"https://{partner.slug}.example/{release.pk}",
                reported_by=f"partner:{partner.slug}",
                reported_at=release.published_at,
                since=release.published_at,
                checked_at=release.published_at,
                state="failed" if release.pk % 1000 == 20 else "proved",
                cure_by=NOW + timedelta(days=9) if release.pk % 1000 == 20 else None,
            )
            for release, partner in offered
            if release.pk % 10 == 0
        )
        rows.Proof.objects.bulk_create(
            rows.Proof(
                placement=each,
                at=each.since,
                version=1,
                verdict="failed" if each.state == "failed" else "proved",
                status=200,
            )
            for each in placements
        )

    def _search(self) -> None:
        from pipeline.ledger.models import SearchText
        from pipeline.ledger.search import fold, gather

        found = []
        for n, article in self.articles.items():
            english, spanish = zip(*self.pairs[n], strict=True)
            spoken = {
                tag: [fold(texts[0]), fold(" ".join(texts[1:]))] for tag, texts in (("", english), ("es", spanish))
            }
            title, body = gather(spoken)
            found.append(SearchText(article=article, said=spoken, title=title, body=body, section=section_of(n)))
        SearchText.objects.bulk_create(found)

    def _traces(self) -> None:
        from pipeline.ledger.models import Event, Unit

        subjects = {n: {"revision": self.revisions[n].pk, "translation": self.drafts[n].pk} for n in self.numbers}
        Unit.objects.bulk_create(
            Unit(step=step, subject=f"{kind}:{subjects[n][kind]}", state="done", due_at=self.at[n])
            for n in self.numbers
            for step, _, kind in (each.partition(":") for each in _STEPS)
        )
        Unit.objects.bulk_create(
            Unit(step="publish", subject=f"page:{article.pk}:es", state="done", due_at=self.at[n])
            for n, article in self.articles.items()
        )
        Event.objects.bulk_create(
            Event(
                at=self.at[n],
                actor="pipeline",
                action=action,
                subject=f"{kind}:{subjects[n].get(kind, n)}",
                article=article,
                details={"findings": ["hold:numbers"]} if action == "translation.held" else {},
            )
            for n, article in self.articles.items()
            for action, kind in (
                ("revision.received", "revision"),
                ("revision.extracted", "revision"),
                ("translation.drafted", "translation"),
                ("translation.held" if held(n) else "release.created", "translation" if held(n) else "release"),
            )
        )


def _envelope(number: int) -> dict[str, Any]:
    source = number % SOURCES
    return {**_patterns()[3], "source": f"source-{source}", "url": f"https://s{source}.example/{number}"}


def section_of(number: int) -> str:
    return f"Section {number % SECTIONS}"


def edited(position: int, version: int) -> bool:
    """Did an editor put this sentence into other words in this version, or in one before it?"""
    return position % 10 < version - 1


def _places() -> Iterator[str]:
    yield "headline"
    for block in range(10_000):
        for number in range(4):
            yield f"b{block}.{number}"


def _findings() -> list[Any]:
    from pipeline.ledger import codec

    places = list(islice(_places(), 3, LONG, 6))
    return [
        codec.dump(
            Finding(
                code="numbers",
                level=Level.HOLD,
                reason="A number of the original is missing: 41.",
                reason_es="Falta una cifra del original: 41.",
                place=place,
            )
        )
        for place in places
    ]


@cache
def _patterns() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A story, a draft, a paragraph and an envelope as they are stored."""
    from pipeline.ledger import codec

    paragraph = Block(kind=BlockKind.PARAGRAPH, text="")
    written = date(2026, 3, 1)
    story = Story(rung="payload", headline="", blocks=(), language="en", authors=("Ana Pond",), published=written)
    draft = Draft(language="es", headline="", standfirst=None, blocks=(), matches=(), engine=_ENGINE)
    envelope = Envelope(source="", format=Format.JSON)
    return codec.dump(story), codec.dump(draft), codec.dump(paragraph), codec.dump(envelope)


def _told(pairs: list[tuple[str, str]], *, section: str) -> dict[str, Any]:
    return {**_patterns()[0], **_text([source for source, _ in pairs]), "section": section}


def _made(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {**_patterns()[1], **_text([target for _, target in pairs])}


def _text(said: list[str]) -> dict[str, Any]:
    """Headline and paragraphs of four sentences."""
    paragraphs = [" ".join(said[at : at + 4]) for at in range(1, len(said), 4)]
    return {"headline": said[0], "blocks": [{**_patterns()[2], "text": text} for text in paragraphs]}


def _by_ana() -> dict[str, Any]:
    return {"by": "user:ana", "at": NOW.isoformat(), "article": None}


def _post_edits(count: int) -> None:
    """Sentences in people's words."""
    from pipeline.ledger.models import PostEdit

    PostEdit.objects.bulk_create(
        (
            PostEdit(
                fingerprint=hashlib.sha256(f"{number}".encode()).hexdigest(),
                source_language="en",
                language="es",
                source=source,
                target=target,
                origin=Origin.EDITOR,
                actor="user:ana",
                at=NOW - timedelta(minutes=number),
            )
            for number, (source, target) in enumerate(islice(said(), count))
        ),
        batch_size=2000,
    )


_CREDIT = Attribution(
    publisher="Source 1",
    publisher_url="https://s1.example/",
    original_url="https://s1.example/1",
    original_title="A title",
    original_language="en",
    language="es",
    outlet="Bench",
    engine="Bench",
    model=_ENGINE.model,
)
