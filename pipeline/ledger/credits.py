"""The credit of a translation as it stands in the ledger: what is released, and what a preview shows, are one.

Knows: where each part of a credit is on file. Must not know: how a credit is worded or decided about.
"""

from __future__ import annotations

from datetime import date

from pipeline.config import Config
from pipeline.ledger import catalog
from pipeline.ledger.articles import Received
from pipeline.ledger.translations import Translated
from pipeline.release.credit import credit
from pipeline.types import Attribution, Draft, Licence, Rights, Story


def attribution(
    revision: Received,
    story: Story,
    translation: Translated,
    draft: Draft,
    config: Config,
    *,
    licence: Licence | None,
    reviewer: str | None = None,
    reviewed_on: date | None = None,
) -> Attribution:
    """The credit of this draft. A preview says by `reviewer` who would be named if it were approved now."""
    return credit(
        story,
        draft,
        publisher=revision.source.publisher,
        publisher_url=revision.source.url,
        source_feed=revision.source.feed or None,
        url=revision.url,
        rights=catalog.rights_of(revision.source) or Rights(basis="none"),
        licence=licence,
        outlet=config.site.name,
        contact=config.site.contact,
        reviewer=translation.reviewer if reviewer is None else reviewer,
        reviewed_on=translation.reviewed_on if reviewer is None else reviewed_on,
    )
