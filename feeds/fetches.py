"""That a partner fetched a feed: when it last did, and what it therefore has.

Knows: which fetch is worth a row. Must not know: HTTP, tokens.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from pipeline.ledger import receipts
from pipeline.ledger.models import Fetch, Partner, Product, Receipt
from pipeline.stages import ReceiptState

SPARINGLY = timedelta(minutes=1)  # the time of a fetch is written down at most this often


def fetched(partner: Partner, product: Product, form: str, *, at: datetime) -> None:
    """The partner has what this feed showed `at` that moment. Two reads; writes only where there is news."""
    waiting = Receipt.objects.filter(
        partner=partner, release__product=product, shown=True, state=ReceiptState.SENT, sent_at__lte=at
    )
    if waiting.exists():
        receipts.seen(partner, product, at=at)
    last = Fetch.objects.filter(partner=partner, product=product, form=form).first()
    if last is None:
        Fetch.objects.get_or_create(partner=partner, product=product, form=form, defaults={"at": at})
    elif last.at <= at - SPARINGLY:
        Fetch.objects.filter(pk=last.pk, at__lt=at).update(at=at)


def last_by_partner() -> dict[int, datetime]:
    """Partner -> when it last fetched any of its feeds."""
    return dict(Fetch.objects.values_list("partner").annotate(last=Max("at")))
