"""Rights: file a source's record at the desk, with its evidence; and what that would change, to be shown before.

A record that newsroom.toml has is changed there. One filed here stays until the file has one of its own. The whole
record, the one before it, who filed it and why are in the audit trail, which is the history of the record.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from pipeline.actions import terms_page
from pipeline.actions.rights_step import rights_changed
from pipeline.errors import IllegalTransition
from pipeline.ledger import audit, catalog, codec
from pipeline.ledger.models import Article, Partner, Product, Release, Revision, Source, TermsPage
from pipeline.rights import gate
from pipeline.rights.evidence import evidence_intact, evidence_matches, evidence_sha256
from pipeline.rights.licences import parse, single
from pipeline.stages import ReleaseState, RevisionState
from pipeline.types import Level, Permission, Rights, Ruling, UseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a partner has of the source's releases with the record as it is, and with the new one."""

    slug: str
    name: str
    gains: int
    loses: int
    keeps: int


LOOKED_AT: Final = 5_000  # newest articles that a page counts by: an answer within a moment, whatever the source


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a new record would do. Counts are of the newest revisions that stopped, and of releases.

    All counts are of the source's newest articles, `looked_at` of them; `older` ones follow the same record, and are in
    none of the counts.
    """

    looked_at: int
    older: int
    cleared: int  # articles that stopped and would go on to be translated
    held: int  # that stopped and would be held
    refused: int  # that stopped and would be refused
    restored: int  # releases that are withheld and would be out again
    withheld: int  # releases that are out, or scheduled, and would leave every feed
    stay: int  # releases that are out and stay
    reasons: tuple[tuple[Permission, int], ...]  # why releases would be withheld, and how many for each
    partners: tuple[Reach, ...]
    token: str  # of the record that it would replace and of the new one: `file` wants it back

    @property
    def articles(self) -> int:
        return self.cleared + self.held + self.refused


def sound(rights: Rights, *, declared_by: str) -> Rights:
    """The record with the digest of its evidence, and signed. IllegalTransition says what it lacks."""
    if rights.basis not in gate.BASES:
        raise IllegalTransition(
            f"the basis must be one of {', '.join(gate.BASES)}",
            es=f"La base debe ser una de estas: {', '.join(gate.BASES)}.",
        )
    if rights.basis == "licence" and parse(rights.licence or "") is None:
        raise IllegalTransition(
            "name one licence with its version, best by its address: https://creativecommons.org/licenses/by/4.0/",
            es="Indique una licencia con su versión, mejor por su dirección: "
            "https://creativecommons.org/licenses/by/4.0/",
        )
    if rights.basis == "house-terms" and not (rights.terms_text and rights.terms_url):
        raise IllegalTransition(
            "house terms need their sentence, word for word, and the address of the page it is on",
            es="Las condiciones del medio piden su frase, palabra por palabra, y la dirección de la página en que "
            "está.",
        )
    if rights.basis == "permission" and not rights.reference:
        raise IllegalTransition(
            "a permission needs a reference: which letter, of which day",
            es="Un permiso pide una referencia: qué carta, de qué día.",
        )
    if rights.basis in ("house-terms", "permission") and rights.translation and not rights.uses:
        raise IllegalTransition(
            "say for which uses a translation may be shared",
            es="Indique para qué usos se puede difundir una traducción.",
        )
    if rights.basis != "licence":
        rights = replace(rights, licence=None)
    digest = evidence_sha256(rights.terms_text) if rights.terms_text else None
    signed = declared_by if rights.basis == "house-terms" and rights.translation is not None else None
    return replace(rights, terms_sha256=digest, declared_by=signed)


def effect(
    source: Source, rights: Rights, *, today: date, page: int | None = None, at_most: int | None = None
) -> Effect:
    """What filing this record, with this page of terms as its evidence, would change. Nothing is written.

    `at_most` articles are looked at, the newest; None means all, which takes as long as the source is large.
    """
    articles = source.articles.count()
    looked_at = articles if at_most is None else min(articles, at_most)
    least = _least(source, at_most)
    before = catalog.rights_of(source)
    targets = sorted(set(Product.objects.filter(active=True).values_list("language", flat=True)))
    fates = Counter[str]()
    for marks, sentence, rows in _stopped(source, least):
        fates[_fate(rights, marks, sentence, [each for each in targets if each != source.language], today)] += rows
    now, then = _Judge(before, today), _Judge(rights, today)
    groups = _releases(source, least)
    moved, reasons = Counter[str](), Counter[Permission]()
    for (_product, language, state, marks), rows in groups.items():
        out, allowed = state != ReleaseState.WITHHELD, then(marks, UseClass.NON_COMMERCIAL, language)
        stays = allowed.ruling is Ruling.ALLOW
        moved[("stay" if stays else "withheld") if out else ("restored" if stays else "")] += rows
        if out and not stays:
            reasons[allowed] += rows
    return Effect(
        looked_at=looked_at,
        older=articles - looked_at,
        cleared=fates["cleared"],
        held=fates["held"],
        refused=fates["refused"],
        restored=moved["restored"],
        withheld=moved["withheld"],
        stay=moved["stay"],
        reasons=tuple(reasons.most_common()),
        partners=tuple(_reaches(groups, now, then)),
        token=_token(source, rights, terms_page.pick(source, page)),
    )


@transaction.atomic
def file(
    source_slug: str,
    rights: Rights,
    *,
    token: str,
    reason: str,
    actor: str,
    now: datetime,
    page: int | None = None,
) -> int:
    """Put a record on file whose effect was shown, and ask again about all that it touches. How many articles.

    `page` is a page of terms that was read (pipeline/actions/terms_page.py): it is kept as the record's evidence.
    IllegalTransition when newsroom.toml has the record, without a reason, or when what was shown is not true any more.
    """
    source = Source.objects.select_for_update().filter(slug=source_slug).first()
    if source is None:
        raise IllegalTransition(f"there is no source {source_slug!r}", es=f"No existe la fuente «{source_slug}».")
    if catalog.file_owns_rights(source):
        raise IllegalTransition(
            "this record is in newsroom.toml: change it there, then run: tornavoz config",
            es="Este registro está en newsroom.toml: cámbielo allí y ejecute después: tornavoz config",
        )
    if not reason.strip():
        raise IllegalTransition("say why; it is kept in the audit trail", es="Indique por qué; queda en la auditoría.")
    altered = evidence_intact(rights)
    if altered is not None:
        raise IllegalTransition(altered.reason, es=altered.reason_es)
    evidence = terms_page.pick(source, page)
    if page is not None and (evidence is None or evidence.url != rights.terms_url):
        raise IllegalTransition(
            "the page that was read is not the one that the record names; read it again",
            es="La página leída no es la que nombra el registro; léala de nuevo.",
        )
    if token != _token(source, rights, evidence):
        raise IllegalTransition(
            "the record has changed since its effect was shown; look at the effect again",
            es="El registro cambió después de que se mostrara su efecto; vea el efecto de nuevo.",
        )
    new = codec.dump(rights)
    before, source.rights, source.rights_origin = source.rights, new, "desk"
    source.save(update_fields=["rights", "rights_origin"])
    terms_page.take(source, evidence)
    details = {"record": new, "before": before, "page": _told(evidence)}
    audit.record("rights.filed", f"source:{source.slug}", now=now, actor=actor, reason=reason.strip(), details=details)
    return rights_changed(source.slug, actor=actor, now=now)


def _told(page: TermsPage | None) -> dict[str, str] | None:
    """A page of terms as the audit trail tells of it; its text stays where it is."""
    if page is None:
        return None
    return {"url": page.url, "sha256": page.sha256, "read_at": page.read_at.isoformat(), "read_by": page.read_by}


def _token(source: Source, rights: Rights, page: TermsPage | None) -> str:
    evidence = page.sha256 if page else None
    told = json.dumps([source.slug, source.rights, codec.dump(rights), evidence], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


# --- what there is of the source -----------------------------------------------------------------------------------

_Group = tuple[int, str, str, tuple[str, ...]]  # product, language, state, licence marks


def _least(source: Source, at_most: int | None) -> int:
    """The key of the oldest article that is looked at; 0 when all are."""
    if at_most is None:
        return 0
    newest = Article.objects.filter(source=source).order_by("-pk").values_list("pk", flat=True)
    return next(iter(newest[at_most - 1 : at_most]), 0)


def _stopped(source: Source, least: int) -> Iterator[tuple[tuple[str, ...], str | None, int]]:
    """Newest revisions that the gate stopped: licence marks, sentence of terms on the page, how many."""
    newer = Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    rows = Revision.objects.filter(
        ~Exists(newer),
        Q(permission__isnull=False) | Q(reason_code="terms-changed"),
        article__source=source,
        article__gte=least,
        article__withdrawn_at=None,
        state__in=[RevisionState.HELD, RevisionState.REFUSED],
        story__isnull=False,
    )
    found = Counter[tuple[tuple[str, ...], str | None]]()
    told = rows.annotate(marks=F("story__licence_marks"), sentence=F("story__rights_text"))
    for marks, sentence in told.values_list("marks", "sentence").iterator(chunk_size=1_000):
        found[(tuple(marks or ()), sentence)] += 1
    for (kept, text), count in found.items():
        yield kept, text, count


def _releases(source: Source, least: int) -> Counter[_Group]:
    shown = (ReleaseState.USABLE, ReleaseState.SCHEDULED, ReleaseState.WITHHELD)
    rows = Release.objects.filter(
        article__source=source, article__gte=least, article__withdrawn_at=None, state__in=shown
    ).annotate(marks=F("translation__revision__story__licence_marks"))
    found = Counter[_Group]()
    told = rows.values_list("product", "product__language", "state", "marks")
    for product, language, state, marks in told.iterator(chunk_size=1_000):
        found[(product, language, state, tuple(marks or ()))] += 1
    return found


def _fate(rights: Rights, marks: tuple[str, ...], sentence: str | None, targets: list[str], today: date) -> str:
    """What the step `clear` would make of a revision."""
    doubt = evidence_matches(rights, sentence)
    if doubt is not None and doubt.level is Level.HOLD:
        return "held"
    mark = single(marks)
    rulings = {gate.may_translate(rights, mark, language=each, today=today).ruling for each in targets}
    if Ruling.ALLOW in rulings:
        return "cleared"
    return "refused" if rulings == {Ruling.REFUSE} else "held"


class _Judge:
    """One record, asked once for each mark, use and language."""

    def __init__(self, rights: Rights | None, today: date) -> None:
        self._rights, self._today = rights, today
        self._known: dict[tuple[tuple[str, ...], UseClass, str], Permission] = {}

    def __call__(self, marks: tuple[str, ...], use: UseClass, language: str) -> Permission:
        key = (marks, use, language)
        if key not in self._known:
            self._known[key] = gate.may_publish(self._rights, single(marks), use, language=language, today=self._today)
        return self._known[key]


def _reaches(groups: Counter[_Group], now: _Judge, then: _Judge) -> Iterator[Reach]:
    def has(judge: Callable[..., Permission], use: UseClass, marks: tuple[str, ...], language: str) -> bool:
        return judge(marks, use, language).ruling is Ruling.ALLOW

    for partner in Partner.objects.filter(active=True).prefetch_related("products").order_by("name"):
        use, own = catalog.use_of(partner), {product.pk for product in partner.products.all()}
        counted = Counter[tuple[bool, bool]]()
        for (product, language, state, marks), rows in groups.items():
            if product in own:
                public = has(then, UseClass.NON_COMMERCIAL, marks, language)
                before = state != ReleaseState.WITHHELD and has(now, use, marks, language)
                counted[(before, public and has(then, use, marks, language))] += rows
        yield Reach(
            slug=partner.slug,
            name=partner.name,
            gains=counted[(False, True)],
            loses=counted[(True, False)],
            keeps=counted[(True, True)],
        )
