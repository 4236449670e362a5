"""The credit of one translation, gathered from what is on file.

Knows: which fact comes from where. Must not know: wording, markup, the ledger. Nothing here may come from an engine:
names, titles and addresses are the publisher's and the operator's.
"""

from __future__ import annotations

from datetime import date

from pipeline.release.official import PUBLISHER
from pipeline.types import Attribution, Draft, Licence, Rights, Story

NOBODY = "root"  # an account that no person is called by; readers are told of the newsroom instead


def credit(
    story: Story,
    draft: Draft,
    *,
    publisher: str,
    publisher_url: str,
    source_feed: str | None,
    url: str,
    rights: Rights,
    licence: Licence | None,
    outlet: str,
    contact: str | None,
    reviewer: str = "",
    reviewed_on: date | None = None,
) -> Attribution:
    """The attribution of `draft`, made from `story`, which stands at `url`."""
    return Attribution(
        publisher=publisher,
        publisher_url=publisher_url,
        original_url=url,
        original_title=story.headline,
        original_language=story.language,
        language=draft.language,
        authors=story.authors,
        original_date=story.published,
        licence=licence,
        basis=rights.basis,
        terms_url=rights.terms_url,
        permission_reference=rights.reference,
        contact=contact,
        outlet=outlet,
        engine="Argos Translate" if draft.engine.engine == "argos" else draft.engine.engine,
        model=draft.engine.model,
        reviewer=(outlet if reviewer == NOBODY else reviewer) or None,
        reviewed_on=reviewed_on,
        source_feed=source_feed,
        translated=draft.engine != PUBLISHER,
    )
