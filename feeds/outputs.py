"""A document in every format, and the last look at its credit.

Knows: the writers and the invariant. Must not know: where the bytes go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feeds import jsonfeed, render
from feeds.item import carried
from feeds.readback import bodies
from pipeline.errors import PublishError
from pipeline.rights import invariant
from pipeline.rights.rendered import edge_words
from pipeline.types import Entry, FeedDocument, Status

WRITERS = {"rss": render.rss, "atom": render.atom, "json": jsonfeed.jsonfeed}


def rendered(document: FeedDocument, forms: Iterable[str] = ()) -> dict[str, bytes]:
    """Bytes by format; of all formats if none is named. PublishError when an article would leave without its credit."""
    wanted = set(forms) or set(WRITERS)
    outputs = {form: writer(document) for form, writer in WRITERS.items() if form in wanted}
    refuse_uncredited(document.entries, outputs)
    return outputs


def refuse_uncredited(entries: Iterable[Entry], outputs: Mapping[str, bytes]) -> None:
    """The invariant is asked of the very bytes that are about to go out."""
    for form, content in outputs.items():
        found = bodies(form, content)
        for entry in entries:
            if entry.status is not Status.CANCELED:
                refuse_one(form, entry, found.get(entry.guid, ""))


def refuse_one(form: str, entry: Entry, output: str) -> None:
    """PublishError unless `output` shows this article with its credit."""
    first, last = edge_words(carried(entry.body))
    problems = invariant.problems(output, entry.attribution, first_words=first, last_words=last)
    if problems:
        raise PublishError(
            f"{form} of {entry.guid} was not written: {'; '.join(problems)}",
            es=f"No se escribió {form} de {entry.guid}, porque el crédito no está como debe: {'; '.join(problems)}",
        )
