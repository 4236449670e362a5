"""Sources, products and partners as rows, kept in step with newsroom.toml.

Knows: which facts the file owns. Must not know: what is done with them. A row that the file no longer names is switched
off, never deleted: articles and releases still point to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Model

from pipeline.config import Config
from pipeline.config.tables import SourceTable
from pipeline.ledger import audit, codec
from pipeline.ledger.models import Partner, Product, Source
from pipeline.types import Rights, UseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying the file changed: kind and slug of each row, and whose rights are different now."""

    changed: tuple[str, ...]
    rights_changed: tuple[str, ...]


def rights_of(source: Source) -> Rights | None:
    """The reuse terms on file for a source."""
    return codec.load(Rights, source.rights) if source.rights is not None else None


def file_owns_rights(source: Source) -> bool:
    """Whether newsroom.toml has this source's rights record, so that it is changed there and nowhere else."""
    return source.rights is not None and source.rights_origin == "file"


def sites_of(source: Source) -> tuple[str, ...]:
    """The addresses of the source's sites; its rights record speaks of what is on them, and of nothing else."""
    return (source.url, *source.profile.get("other_sites", ()))  # rows of an older version have none until `config`


def fixed_in(source: Source, language: str) -> Mapping[str, str]:
    """The source's set phrases with their one wording in a language; sections and keywords are among them."""
    phrases: Mapping[str, str] = source.profile["fixed"].get(language, {})
    return phrases


def use_of(partner: Partner) -> UseClass:
    return UseClass(partner.use)


@transaction.atomic
def apply(config: Config, *, now: datetime, actor: str) -> Applied:
    """Make the rows equal to the file. Applying the same file twice changes nothing."""
    changed: list[str] = []
    rights: list[str] = []
    for table in config.source:
        old = Source.objects.filter(slug=table.slug).first()
        new_rights, origin = _record(table, old)
        if old is not None and old.rights != new_rights:
            rights.append(table.slug)
        if _upsert(Source, {"slug": table.slug}, {**_source(table, new_rights), "rights_origin": origin}, {}):
            changed.append(f"source:{table.slug}")
    for product in config.product:
        values = {
            "title": product.title,
            "subtitle": product.subtitle,
            "rules": {
                "sources": list(product.sources),
                "sections": list(product.sections),
                "keywords": list(product.keywords),
                "licences": list(product.licences),
            },
            "delay_minutes": product.delay_minutes,
        }
        key = {"language": product.language, "slug": product.slug}
        if _upsert(Product, key, values, {"created_at": now.replace(microsecond=0)}):
            changed.append(f"product:{product.path}")
    for partner in config.partner:
        values = {
            "name": partner.name,
            "use": partner.use,
            "webhook": partner.webhook or "",
            "email": partner.email or "",
            "formats": list(partner.formats),
            "delay_minutes": partner.delay_minutes,
        }
        had = Partner.objects.filter(slug=partner.slug).values_list("use", "delay_minutes", "active").first()
        touched = _upsert(Partner, {"slug": partner.slug}, values, {})
        row = Partner.objects.get(slug=partner.slug)
        moved = _set_products(row, partner.products)
        if moved or had != (str(partner.use), partner.delay_minutes, True):
            Partner.objects.filter(pk=row.pk).update(epoch=F("epoch") + 1)
        touched = touched or moved
        if touched:
            changed.append(f"partner:{partner.slug}")
    changed += _switch_off(config)
    for subject in changed:
        audit.record("catalog.changed", subject, now=now, actor=actor, reason="newsroom.toml")
    return Applied(changed=tuple(changed), rights_changed=tuple(rights))


def _record(table: SourceTable, old: Source | None) -> tuple[Any, str]:
    """The rights record and whose it is. Where the file says nothing, a record that was filed at the desk stays."""
    if table.rights is None and old is not None and old.rights_origin == "desk":
        return old.rights, "desk"
    return (codec.dump(table.rights.record()) if table.rights else None), "file"


def _set_products(partner: Partner, paths: Collection[str]) -> bool:
    """Give the partner these products. What it had before is remembered, so that mirrors hear of the end."""
    wanted = {product.pk for product in Product.objects.filter(active=True) if product.path in paths}
    had = set(partner.products.values_list("pk", flat=True))
    partner.products.set(wanted)
    partner.left.add(*(had - wanted))
    partner.left.remove(*wanted)
    return wanted != had


def _source(table: SourceTable, rights: Any) -> dict[str, Any]:
    return {
        "publisher": table.publisher,
        "url": table.url,
        "language": table.language,
        "contact": table.contact or "",
        "feed": table.feed or "",
        "rights": rights,
        "profile": {
            "other_sites": list(table.other_sites),
            "authors": dict(table.authors),
            "analysis_headings": list(table.analysis_headings),
            "furniture": list(table.furniture),
            "body_ends": list(table.body_ends),
            "rights_starts": list(table.rights_starts),
            "fixed": {language: dict(phrases) for language, phrases in table.fixed.items()},
        },
    }


def _upsert(
    model: type[Source] | type[Product] | type[Partner],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    only_new: Mapping[str, Any],
) -> bool:
    """True when the row was made or differed."""
    row: Model | None = model.objects.filter(**key).first()
    values = {**values, "origin": "file", "active": True}
    if row is None:
        model.objects.create(**key, **values, **only_new)
        return True
    different = [name for name, value in values.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    if different:
        row.save(update_fields=different)
    return bool(different)


def _switch_off(config: Config) -> list[str]:
    """Rows from the file that the file no longer names."""
    gone: list[str] = []
    products = {product.path for product in config.product}
    for source in Source.objects.filter(origin="file", active=True).exclude(slug__in=[t.slug for t in config.source]):
        Source.objects.filter(pk=source.pk).update(active=False)
        gone.append(f"source:{source.slug}")
    for partner in Partner.objects.filter(origin="file", active=True).exclude(
        slug__in=[t.slug for t in config.partner]
    ):
        Partner.objects.filter(pk=partner.pk).update(active=False)
        gone.append(f"partner:{partner.slug}")
    for product in Product.objects.filter(origin="file", active=True):
        if product.path not in products:
            Product.objects.filter(pk=product.pk).update(active=False)
            gone.append(f"product:{product.path}")
    return gone
