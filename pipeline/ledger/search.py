"""Search over everything an article says, in the original and in each translation.

Knows: how text is folded, what a query means, SQLite's and PostgreSQL's full text. Must not know: pages.

Text is folded here, not by the database (lower case, no accents, nothing but letters and digits), so both databases
cut it into the same words and «Bogotá» is found by "bogota". The index itself follows the table by the database's own
means: a row that is saved is found, in the same transaction, and one that is rolled back never was.

A query: words must all be there, each as the beginning of a word; "words in quotation marks" stand together. The
address of an article, or a release's guid, finds just that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC as ZONE
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from pipeline.ledger import codec
from pipeline.ledger.models import Article, Release, Revision, SearchText, Translation
from pipeline.stages import ReleaseState, RevisionState, TranslationState
from pipeline.text.accents import unaccented
from pipeline.types import Draft, Story

LONGEST = 150_000  # characters of a body in one language; PostgreSQL takes no document of more than 1 MB
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|«([^»]*)»|(\S+)')
STATES = ("held", "working", "refused", "scheduled", "published", "withheld", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Empty fields ask for nothing; `state` is one of STATES; dates are of receiving, in UTC."""

    words: str = ""
    source: str = ""
    state: str = ""
    section: str = ""
    product: str = ""  # path, "es/all"
    language: str = ""  # there is a translation into it
    since: date | None = None
    until: date | None = None


def fold(text: str) -> str:
    """Words in lower case without accents, one space between them."""
    return " ".join(_WORD.findall(unaccented(text.casefold())))


# --- keeping the index -------------------------------------------------------------------------------------------

Said = dict[str, list[str]]


def save_original(article: int, story: Story) -> None:
    """What the newest revision says. Called in the transaction that saves it."""
    _save(article, "", codec.dump(story), section=(story.section or "")[:120])


def save_translation(article: int, draft: Draft) -> None:
    """What the newest translation into a language says. Called in the transaction that saves it."""
    _save(article, draft.language, codec.dump(replace(draft, matches=())))


def _save(article: int, language: str, told: dict[str, Any], **more: str) -> None:
    row = SearchText.objects.select_for_update().filter(pk=article).first() or SearchText(article_id=article, said={})
    row.said[language] = fold_story(told)
    row.title, row.body = gather(row.said)
    row.section = more.get("section", row.section)
    row.save()


def fold_story(told: Mapping[str, Any]) -> list[str]:
    """Title and body of a stored story or draft, folded."""
    parts = [told.get("standfirst"), *(block["text"] for block in told["blocks"])]
    parts += [*told.get("authors", ()), *told.get("keywords", ())]
    return [fold(told["headline"])[:LONGEST], fold(" ".join(part for part in parts if part))[:LONGEST]]


def gather(said: Said) -> tuple[str, str]:
    """All titles and all bodies, in an order of their own so that the same words make the same row."""
    texts = [said[language] for language in sorted(said)]
    return " ".join(title for title, _ in texts)[:LONGEST], " ".join(body for _, body in texts)[: 3 * LONGEST]


# --- asking ------------------------------------------------------------------------------------------------------


def find(wanted: Wanted) -> QuerySet[Article]:
    """The articles that fit, newest first. Counting and slicing are the caller's.

    What few articles have is asked as a list of their keys, what most of them have of each article in turn: so the
    first page of either is found without looking at everything.
    """
    rows = Article.objects.order_by("-pk")
    words = wanted.words.strip()
    if words:
        address = "://" in words or words.startswith("tag:")
        rows = rows.filter(_address(words) if address else _text(words, until=_end(wanted.until)))
    if wanted.source:
        rows = rows.filter(source__slug=wanted.source)
    if wanted.state:
        rows = rows.filter(_in_state(wanted.state))
    if wanted.section:
        rows = rows.filter(pk__in=SearchText.objects.filter(section=wanted.section).values("article"))
    if wanted.product:
        language, _, slug = wanted.product.partition("/")
        rows = rows.filter(Exists(_released(product__language=language, product__slug=slug)))
    if wanted.language:
        rows = rows.filter(
            Exists(
                Translation.objects.filter(
                    revision__article=OuterRef("pk"), language=wanted.language, draft__isnull=False
                )
            )
        )
    if wanted.since:
        rows = rows.filter(created_at__gte=datetime.combine(wanted.since, time(), tzinfo=ZONE))
    if end := _end(wanted.until):
        rows = rows.filter(created_at__lt=end)
    return rows


def _end(until: date | None) -> datetime | None:
    return datetime.combine(until + timedelta(days=1), time(), tzinfo=ZONE) if until else None


def sections() -> list[str]:
    """Every section that an article came in with."""
    rows = SearchText.objects.exclude(section="").order_by("section")
    return list(rows.values_list("section", flat=True).distinct())


def _address(words: str) -> Q:
    return Q(url=words) | Q(pk__in=Release.objects.filter(guid=words).values("article"))


def _text(words: str, *, until: datetime | None) -> Q:
    """`until` is when the newest article that may be found came in: what came later need not be read."""
    terms = _terms(words)
    if not terms:  # nothing but marks: no text has it
        return Q(pk__in=())
    # Terms hold letters and digits only, and travel as a parameter all the same.
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM ledger_searchindex WHERE ledger_searchindex MATCH %s"
        return Q(pk__in=RawSQL(sql, (_fts5(terms),)))  # noqa: S611
    last = Article.objects.filter(created_at__lt=until).aggregate(last=Max("pk"))["last"] if until else None
    # PostgreSQL may read every article, newest first, rather than use the index; it is told where to begin.
    sql = "SELECT article_id FROM ledger_searchtext WHERE document @@ %s::tsquery AND article_id <= %s"
    return Q(pk__in=RawSQL(sql, (_tsquery(terms), 2**62 if until is None else last or 0)))  # noqa: S611


@dataclass(frozen=True, slots=True)
class _Term:
    words: tuple[str, ...]
    whole: bool  # the last word is not the beginning of a longer one


def _terms(words: str) -> list[_Term]:
    found = []
    for quoted, angled, bare in _PART.findall(words):
        pieces = tuple(fold(quoted or angled or bare).split())
        if pieces:
            found.append(_Term(pieces, not bare))
    return found


def _fts5(terms: list[_Term]) -> str:
    return " AND ".join('"' + " ".join(term.words) + '"' + ("" if term.whole else " *") for term in terms)


def _tsquery(terms: list[_Term]) -> str:
    parts = []
    for term in terms:
        *first, last = (f"'{word}'" for word in term.words)
        parts.append("(" + " <-> ".join([*first, last if term.whole else f"{last}:*"]) + ")")
    return " & ".join(parts)


def _released(**fields: object) -> QuerySet[Release]:
    """Releases of the article in hand, for use in Exists."""
    return Release.objects.filter(article=OuterRef("pk"), **fields)


def _in_state(state: str) -> Q:
    """KeyError when there is no such state."""
    releases = Release.objects.values("article")
    live = Q(withdrawn_at__isnull=True)
    by_state = {
        "held": live
        & (
            Q(pk__in=Revision.objects.filter(state=RevisionState.HELD).values("article"))
            | Q(pk__in=Translation.objects.filter(state=TranslationState.HELD).values("revision__article"))
        ),
        "working": live
        & (
            Q(
                pk__in=Revision.objects.filter(state__in=[RevisionState.RECEIVED, RevisionState.EXTRACTED]).values(
                    "article"
                )
            )
            | Q(
                pk__in=Translation.objects.filter(state__in=[TranslationState.QUEUED, TranslationState.DRAFTED]).values(
                    "revision__article"
                )
            )
        ),
        "refused": live & Q(pk__in=Revision.objects.filter(state=RevisionState.REFUSED).values("article")),
        "scheduled": live & Q(pk__in=releases.filter(state=ReleaseState.SCHEDULED)),
        "published": live & Q(Exists(_released(state=ReleaseState.USABLE))),
        "withheld": live & Q(pk__in=releases.filter(state=ReleaseState.WITHHELD)),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }
    return by_state[state]
