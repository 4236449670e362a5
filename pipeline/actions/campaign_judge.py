"""What keeps a release from being sent again or translated again, and why.

Knows: states, rights, other campaigns, edits by people. Must not know: what is planned or run with the answers.

Rights are asked for each release and receiver; releases that no answer could tell apart share one, so ten thousand
releases are judged in about a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from pipeline.ledger import codec
from pipeline.ledger.choices import Choice
from pipeline.ledger.models import Campaign, Partner, Product, Release, Segment, Source, Translation
from pipeline.ledger.permissions import to_publish_marked
from pipeline.stages import CampaignState, CampaignVerb, ItemState, ReleaseState, TranslationState
from pipeline.steps import Newsroom
from pipeline.types import Permission, UseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why something is left out: a stable code and both wordings."""

    code: str
    reason: str
    reason_es: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a chosen release without reading its text."""

    pk: int
    article: int
    guid: str
    version: int
    state: str
    code: str
    product: int
    source: int
    marks: tuple[str, ...]
    translation: int


FACTS = (
    "pk",
    "article_id",
    "guid",
    "version",
    "state",
    "reason_code",
    "product_id",
    "article__source_id",
    "translation__revision__story__licence_marks",
    "translation_id",
)


def facts(rows: QuerySet[Release]) -> Iterator[Facts]:
    """The facts of these releases, streamed."""
    for row in rows.values_list(*FACTS).iterator(chunk_size=2000):
        pk, article, guid, version, state, code, product, source, marks, translation = row
        yield Facts(
            pk=pk,
            article=article,
            guid=guid,
            version=version,
            state=state,
            code=code,
            product=product,
            source=source,
            marks=tuple(marks or ()),
            translation=translation,
        )


@dataclass(slots=True, kw_only=True)
class Judge:
    """Answers about many releases, each question put to the rights gate once. Lives as long as one plan or batch."""

    newsroom: Newsroom
    verb: CampaignVerb
    choice: Choice
    now: datetime
    campaign: int | None = None  # the campaign that asks; None for a plan
    _products: dict[int, Product] = field(default_factory=dict)
    _partners: dict[int, list[Partner]] = field(default_factory=dict)
    _sources: dict[int, Source] = field(default_factory=dict)
    _verdicts: dict[tuple[int, tuple[str, ...], UseClass, str], Permission] = field(default_factory=dict)

    def product(self, pk: int) -> Product:
        if pk not in self._products:
            self._products[pk] = Product.objects.get(pk=pk)
        return self._products[pk]

    def partners(self, product: int) -> list[Partner]:
        """Who would be sent a release of this product."""
        if product not in self._partners:
            rows = self.product(product).partners.filter(active=True).order_by("slug")
            if self.choice.partner is not None:
                rows = rows.filter(slug=self.choice.partner)
            self._partners[product] = list(rows)
        return self._partners[product]

    def _source(self, pk: int) -> Source:
        if pk not in self._sources:
            self._sources[pk] = Source.objects.get(pk=pk)
        return self._sources[pk]

    def permission(self, release: Facts, use: UseClass) -> Permission:
        language = self.product(release.product).language
        question = (release.source, release.marks, use, language)
        if question not in self._verdicts:
            source = self._source(release.source)
            self._verdicts[question] = to_publish_marked(
                source, release.marks, use, language=language, today=self.now.date()
            )
        return self._verdicts[question]

    def obstacles(self, releases: list[Facts]) -> dict[int, Obstacle]:
        """Release -> what keeps it from being sent or translated again to anybody."""
        found = {release.pk: _not_usable(release) for release in releases if release.state != ReleaseState.USABLE}
        found |= {pk: each for pk, each in _in_campaigns(releases, self).items() if pk not in found}
        if self.verb is CampaignVerb.TRANSLATE:
            rest = [release for release in releases if release.pk not in found]
            found |= self._not_again(rest)
        return found

    def _today(self, release: Facts, spoken: str, language: str) -> tuple[object, str]:
        """The engine and the glossary that would translate it now."""
        glossary = self.newsroom.glossary_for(self._source(release.source).slug, spoken, language)
        return codec.dump(self.newsroom.engine_for(spoken, language).identity), glossary.version

    def _not_again(self, releases: list[Facts]) -> dict[int, Obstacle]:
        """What keeps a text from being translated again."""
        found: dict[int, Obstacle] = {}
        pks = [release.translation for release in releases]
        rows = Translation.objects.filter(pk__in=pks).values_list(
            "pk", "language", "reviewer", "draft__engine", "draft__glossary", "revision__story__language"
        )
        about = {pk: rest for pk, *rest in rows}
        edited = set(Segment.objects.filter(translation__in=pks, origin="editor").values_list("translation", flat=True))
        pending = set(
            Translation.objects.filter(
                revision__article__in=[release.article for release in releases],
                state__in=[TranslationState.QUEUED, TranslationState.DRAFTED, TranslationState.HELD],
            ).values_list("revision__article", "language")
        )
        for release in releases:
            language, reviewer, engine, glossary, spoken = about[release.translation]
            if (release.article, language) in pending:
                found[release.pk] = _PENDING
            elif (reviewer or release.translation in edited) and not self.choice.reviewed:
                found[release.pk] = _REVIEWED
            elif (engine, glossary or "") == self._today(release, spoken, language):
                found[release.pk] = _SAME_MODEL
        return found


_PENDING = Obstacle(
    code="version-pending",
    reason="A newer version of this translation waits for its check or for an editor.",
    reason_es="Una versión más reciente de esta traducción espera la comprobación o a un editor.",
)
_REVIEWED = Obstacle(
    code="reviewed",
    reason="A person has read or edited this translation; choose “reviewed” to translate it again all the same.",
    reason_es="Una persona leyó o editó esta traducción; marque «revisadas» para traducirla de nuevo de todos modos.",
)
_SAME_MODEL = Obstacle(
    code="same-model",
    reason="It was translated by this model and this glossary already.",
    reason_es="Ya la tradujo este mismo modelo con este glosario.",
)


def _not_usable(release: Facts) -> Obstacle:
    if release.state == ReleaseState.CANCELED:
        return Obstacle(
            code="withdrawn",
            reason="The article was withdrawn; that is final.",
            reason_es="El artículo fue retirado; es definitivo.",
        )
    if release.state == ReleaseState.SCHEDULED:
        return Obstacle(
            code="embargo",
            reason="It has not been published yet: it waits for the end of its embargo.",
            reason_es="Aún no se ha publicado: espera el fin de su embargo.",
        )
    return Obstacle(
        code=release.code or "withheld",
        reason="It is withheld: its rights record does not allow it to go out.",
        reason_es="Está retenido: su registro de derechos no permite difundirlo.",
    )


def changed(version: int) -> Obstacle:
    """The release has moved on since it was chosen; its partners have heard of that by the change itself."""
    return Obstacle(
        code="newer-version",
        reason=f"It has gone out in version {version} since this campaign was started.",
        reason_es=f"Desde que empezó esta campaña se difundió en la versión {version}.",
    )


def _in_campaigns(releases: list[Facts], judge: Judge) -> dict[int, Obstacle]:
    """Releases that an earlier campaign, not finished yet, has still to send to the same receivers."""
    others = Campaign.objects.filter(verb=judge.verb, state__in=[CampaignState.RUNNING, CampaignState.PAUSED]).order_by(
        "pk"
    )
    if judge.campaign is not None:
        others = others.filter(pk__lt=judge.campaign)
    pks = [release.pk for release in releases]
    found: dict[int, Obstacle] = {}
    for other in others:
        partner = codec.load(Choice, other.choice).partner
        if partner and judge.choice.partner and partner != judge.choice.partner:
            continue
        waiting = other.items.filter(release__in=pks, state=ItemState.PENDING).values_list("release", flat=True)
        for pk in waiting:
            found.setdefault(
                pk,
                Obstacle(
                    code="in-campaign",
                    reason=f"Campaign {other.pk} ({other.state}) has still to send it; wait for it, or cancel it.",
                    reason_es=f"La campaña {other.pk} aún debe enviarlo; espere a que termine o cancélela.",
                ),
            )
    return found
