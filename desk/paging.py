"""Long lists, a page at a time, with the count of all, as far as counting is worth its time.

Knows: `?page=`. Must not know: what is listed. The template part is desk/parts/pages.html.

One question to the ledger finds the keys of up to MOST rows, and with them the count and the page. A longer list says
"more than", and its later pages are found one by one: to count a hundred thousand takes longer than to show 25.
A list whose rows are dear to pass over can be turned up to its `reach` only, and says so on its last page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 25
MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list. `rows` are in the list's order."""

    rows: Any  # a QuerySet, or a list
    number: int
    pages: int  # that are counted
    total: int  # rows that are counted
    more: bool  # there are more than `total`
    last: bool
    ends_early: bool = False  # there is more, but this is as far as the list can be turned

    @property
    def before(self) -> int:
        """The number of the page before; 0 on the first."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The number of the page after; 0 on the last."""
        return 0 if self.last else self.number + 1


def turned(request: HttpRequest, rows: QuerySet[Any], *, size: int = SIZE, reach: int | None = None) -> Page:
    """The page that is asked for; a number out of range, or no number at all, is the nearest that there is.

    `reach` is the last row that can be turned to, a multiple of `size`.
    """
    keys = rows.values_list("pk", flat=True)
    known = list(keys[: MOST + 1])
    more, pages = len(known) > MOST, max(1, -(-min(len(known), MOST) // size))
    number = min(_asked(request), reach // size) if reach else _asked(request)
    if not more:
        number = min(number, pages)
    found = known[(number - 1) * size : number * size + 1]
    if more and number >= pages:
        found = list(keys[(number - 1) * size : number * size + 1])
        if not found:  # beyond the end: only then is it counted how far it goes
            number = -(-rows.count() // size)
            found = list(keys[(number - 1) * size :][:size])
    ends_early = reach is not None and number * size >= reach and len(found) > size
    model: Any = rows.model
    return Page(
        rows=model.objects.filter(pk__in=found[:size]).order_by(*rows.query.order_by),
        number=number,
        pages=pages,
        total=min(len(known), MOST),
        more=more,
        last=len(found) <= size or ends_early,
        ends_early=ends_early,
    )


def cut(request: HttpRequest, rows: Sequence[Any], *, size: int = SIZE) -> Page:
    """The same of a list that is at hand already."""
    pages = max(1, -(-len(rows) // size))
    number = min(_asked(request), pages)
    shown = rows[(number - 1) * size : number * size]
    return Page(rows=shown, number=number, pages=pages, total=len(rows), more=False, last=number == pages)


def _asked(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
