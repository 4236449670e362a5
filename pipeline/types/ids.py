"""Database keys under names of their own, so that a type checker refuses an article's id where a release's is meant."""

from __future__ import annotations

from typing import NewType

ArticleId = NewType("ArticleId", int)
RevisionId = NewType("RevisionId", int)
TranslationId = NewType("TranslationId", int)
ReleaseId = NewType("ReleaseId", int)
ProductId = NewType("ProductId", int)
PartnerId = NewType("PartnerId", int)
DeliveryId = NewType("DeliveryId", int)
UnitId = NewType("UnitId", int)
