"""A ledger with as many published articles as a test or a benchmark needs, written row by row and not by the steps.

Run as `python -m tests.archive COUNT` it fills the installation that TORNAVOZ_HOME and DATABASE_URL name.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

from pipeline.types import (
    Attribution,
    Block,
    BlockKind,
    Draft,
    EngineIdentity,
    Envelope,
    Format,
    Licence,
    Match,
    Origin,
    Story,
)

AT_ONCE = 500
ENGINE = EngineIdentity(engine="archive", engine_version="1", model="archive 1", model_sha256="0" * 64, settings="")
LICENCE = Licence(code="by", version="4.0", url="https://creativecommons.org/licenses/by/4.0/", name="CC BY 4.0")


def story(number: int) -> Story:
    """An article of three sentences, different from every other."""
    said = (
        f"The harbour of town {number} opened on Monday.",
        f"The work took {number + 2} days.",
        "The mayor said that nobody will pay.",
    )
    return Story(
        rung="payload",
        headline=f"Harbour {number} opens",
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in said),
        language="en",
        authors=("Ana Pond",),
        published=date(2026, 3, 1),
        section=("Ports", "Towns", "Schools")[number % 3],
    )


def draft(number: int, told: Story) -> Draft:
    said = (
        f"El puerto del pueblo {number} abrió el lunes.",
        f"La obra duró {number + 2} días.",
        "La alcaldesa dijo que nadie pagará.",
    )
    headline = f"Abre el puerto {number}"
    pairs = [("headline", told.headline, headline)]
    pairs += [(f"b{n}.0", block.text, text) for n, (block, text) in enumerate(zip(told.blocks, said, strict=True))]
    return Draft(
        language="es",
        headline=headline,
        standfirst=None,
        blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in said),
        matches=tuple(
            Match(place=place, source=source, target=target, origin=Origin.ENGINE, model=ENGINE.model)
            for place, source, target in pairs
        ),
        engine=ENGINE,
    )


def fill(count: int, *, source: str, now: datetime) -> None:
    """So many articles of a source, each translated and released in every product, the oldest first."""
    for start in range(0, count, AT_ONCE):
        _fill(range(start, min(count, start + AT_ONCE)), source, now - timedelta(days=300), now)


def _fill(numbers: range, source: str, since: datetime, now: datetime) -> None:
    from django.db import transaction

    from pipeline.ledger import codec
    from pipeline.ledger.models import Article, Payload, Product, Release, Revision, Segment, Source, Translation
    from pipeline.release.decide import guid

    publisher = Source.objects.get(slug=source)
    payload, _ = Payload.objects.get_or_create(sha256="archive", defaults={"body": b"", "size": 0})
    at = [min(now, since + timedelta(minutes=number)) for number in numbers]
    urls = [f"https://archive.example/{number}" for number in numbers]
    told = [story(number) for number in numbers]
    made = [draft(number, each) for number, each in zip(numbers, told, strict=True)]
    with transaction.atomic():
        articles = Article.objects.bulk_create(
            Article(source=publisher, key=url, url=url, created_at=when) for url, when in zip(urls, at, strict=True)
        )
        revisions = Revision.objects.bulk_create(
            Revision(
                article=article,
                number=1,
                payload=payload,
                content_hash=article.key,
                envelope=codec.dump(Envelope(source=source, format=Format.JSON, url=article.url)),
                story=codec.dump(each),
                state="cleared",
                received_at=article.created_at,
            )
            for article, each in zip(articles, told, strict=True)
        )
        translations = Translation.objects.bulk_create(
            Translation(revision=revision, language="es", state="ready", draft=codec.dump(_bare(each)), created_at=when)
            for revision, each, when in zip(revisions, made, at, strict=True)
        )
        Segment.objects.bulk_create(
            Segment(
                translation=translation,
                position=position,
                place=match.place,
                source=match.source,
                target=match.target,
                origin=match.origin,
                model=match.model,
            )
            for translation, each in zip(translations, made, strict=True)
            for position, match in enumerate(each.matches)
        )
        Release.objects.bulk_create(
            Release(
                article=article,
                product=product,
                translation=translation,
                guid=guid("eco.example,2026", article.pk, "es"),
                published_at=article.created_at,
                updated_at=article.created_at,
                attribution=codec.dump(_credit(article.url, each)),
                text_sha256="0" * 64,
            )
            for product in Product.objects.filter(active=True, language="es")
            for article, translation, each in zip(articles, translations, told, strict=True)
        )


def _bare(each: Draft) -> Draft:
    from dataclasses import replace

    return replace(each, matches=())


def _credit(url: str, told: Story) -> Attribution:
    return Attribution(
        publisher="The River Post",
        publisher_url="https://river.example/",
        original_url=url,
        original_title=told.headline,
        original_language="en",
        language="es",
        authors=told.authors,
        original_date=told.published,
        licence=LICENCE,
        outlet="Eco Sur",
        engine="Archive",
        model="archive 1",
    )


if __name__ == "__main__":
    from workers.cli.common import open_ledger

    open_ledger()
    fill(int(sys.argv[1]), source="river", now=datetime.now(UTC))
