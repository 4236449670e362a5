"""Which releases are meant: by article, product, partner, source, section, date, model, glossary or rights.

Knows: the columns that hold these facts. Must not know: what is done with the releases.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import date

from django.db.models import Q, QuerySet

from pipeline.errors import IllegalTransition
from pipeline.ledger import codec
from pipeline.ledger.models import Partner, Product, Release, Source

Value = str | date | bool | tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is given must match, and something must be given."""

    articles: tuple[int, ...] = ()
    product: str | None = None  # path, "es/all"
    partner: str | None = None  # a partner's slug: what it gets, and to this partner only
    source: str | None = None  # slug
    section: str | None = None  # of the original, in any case of letters
    since: date | None = None  # first published on or after
    until: date | None = None  # and on or before
    model: str | None = None  # name of the model that translated it
    glossary: str | None = None  # version of the glossary it was translated with
    rights: str | None = None  # licence code or address, basis, or reference of the permission it was released on
    reviewed: bool = False  # translate again also what a person has read or edited

    @property
    def fingerprint(self) -> str:
        """Equal for equal choices."""
        return hashlib.sha256(json.dumps(codec.dump(self), sort_keys=True).encode()).hexdigest()

    def parts(self) -> list[tuple[str, Value]]:
        """What was given: name and value of each, in the order above."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return [(name, value) for name, value in given if value]

    def words(self) -> str:
        """The choice as one line for the command line and the API: "product es/all, since 2026-11-01"."""
        return ", ".join(
            f"{name} {', '.join(map(str, value)) if isinstance(value, tuple) else value}"
            for name, value in self.parts()
        )


def chosen(choice: Choice) -> QuerySet[Release]:
    """Releases of whatever state, oldest first. IllegalTransition for a choice of nothing, or of what is not there."""
    if replace(choice, reviewed=False) == Choice():
        raise IllegalTransition(
            "say what to send again: an article, product, partner, source, section, date, model, glossary or rights",
            es="Indique qué enviar de nuevo: un artículo, producto, socio, fuente, sección, fecha, modelo, "
            "glosario o derechos.",
        )
    rows = Release.objects.all()
    if choice.articles:
        rows = rows.filter(article__in=choice.articles)
    if choice.product is not None:
        language, _, slug = choice.product.partition("/")
        if not Product.objects.filter(language=language, slug=slug).exists():
            raise IllegalTransition(
                f"there is no product {choice.product!r}", es=f"No existe el producto «{choice.product}»."
            )
        rows = rows.filter(product__language=language, product__slug=slug)
    if choice.partner is not None:
        if not Partner.objects.filter(slug=choice.partner, active=True).exists():
            raise IllegalTransition(
                f"there is no active partner {choice.partner!r}", es=f"No hay ningún socio activo «{choice.partner}»."
            )
        rows = rows.filter(product__partners__slug=choice.partner)
    if choice.source is not None:
        if not Source.objects.filter(slug=choice.source).exists():
            raise IllegalTransition(
                f"there is no source {choice.source!r}", es=f"No existe la fuente «{choice.source}»."
            )
        rows = rows.filter(article__source__slug=choice.source)
    return _by_content(rows, choice).order_by("pk")


def _by_content(rows: QuerySet[Release], choice: Choice) -> QuerySet[Release]:
    if choice.since is not None:
        rows = rows.filter(published_at__date__gte=choice.since)
    if choice.until is not None:
        rows = rows.filter(published_at__date__lte=choice.until)
    if choice.section is not None:
        rows = rows.filter(translation__revision__story__section__iexact=choice.section)
    if choice.model is not None:
        rows = rows.filter(translation__draft__engine__model=choice.model)
    if choice.glossary is not None:
        rows = rows.filter(translation__draft__glossary=choice.glossary)
    if choice.rights is not None:
        rows = rows.filter(
            Q(attribution__licence__code=choice.rights)
            | Q(attribution__licence__url=choice.rights)
            | Q(attribution__basis=choice.rights)
            | Q(attribution__permission_reference=choice.rights)
        )
    return rows
