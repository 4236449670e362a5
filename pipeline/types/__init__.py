"""The frozen records that every other file speaks.

Knows: nothing but the standard library. Must not know: Django, Celery, Redis, files, sockets, the clock.

This is the door: everything is imported from here. What comes in is in intake.py, an article and what is found in it in
story.py, its translation in draft.py, its rights and credit in rights.py, what partners get in feed.py. Times are aware
UTC; `now` is always an argument, never read here.
"""

from pipeline.types.draft import Draft, EngineIdentity, Faint, Hypothesis, Match, Origin, Provenance
from pipeline.types.event import Event
from pipeline.types.feed import Entry, FeedDocument, History, Status
from pipeline.types.ids import ArticleId, DeliveryId, PartnerId, ProductId, ReleaseId, RevisionId, TranslationId, UnitId
from pipeline.types.intake import Envelope, Format, Incoming
from pipeline.types.rights import Attribution, Correction, Licence, Permission, Rights, Ruling, UseClass
from pipeline.types.story import Block, BlockKind, Finding, Level, Segment, Span, Story, Waiver

__all__ = [
    "ArticleId",
    "Attribution",
    "Block",
    "BlockKind",
    "Correction",
    "DeliveryId",
    "Draft",
    "EngineIdentity",
    "Entry",
    "Envelope",
    "Event",
    "Faint",
    "FeedDocument",
    "Finding",
    "Format",
    "History",
    "Hypothesis",
    "Incoming",
    "Level",
    "Licence",
    "Match",
    "Origin",
    "PartnerId",
    "Permission",
    "ProductId",
    "Provenance",
    "ReleaseId",
    "RevisionId",
    "Rights",
    "Ruling",
    "Segment",
    "Span",
    "Status",
    "Story",
    "TranslationId",
    "UnitId",
    "UseClass",
    "Waiver",
]
