"""The ledger's tables: columns, constraints and indexes.

Knows: shapes. Must not know: behaviour. What happens to a row is in the folder above; no signal is used.
JSON columns hold the frozen records of pipeline/types/, written and read by codec.py.
"""

from pipeline.ledger.models.access import Allowance, Fetch, Submission, Token
from pipeline.ledger.models.articles import Article, Payload, Revision, SearchText
from pipeline.ledger.models.campaigns import Campaign, CampaignItem
from pipeline.ledger.models.catalog import Partner, Product, Reconsideration, Source, TermsPage
from pipeline.ledger.models.editions import Edition
from pipeline.ledger.models.figures import DayFigures
from pipeline.ledger.models.glossary import GlossaryEntry
from pipeline.ledger.models.history import Archived, ArchivePage
from pipeline.ledger.models.placements import Placement, Proof
from pipeline.ledger.models.releases import Attempt, CorrectionNote, Delivery, Receipt, Release
from pipeline.ledger.models.review import Presence, Wording
from pipeline.ledger.models.subscriptions import Subscription, SubscriptionRequest
from pipeline.ledger.models.translations import MemoryEntry, PostEdit, Segment, Translation, Waiver
from pipeline.ledger.models.watching import Announcement, Watch
from pipeline.ledger.models.work import Counter, Event, Pulse, Unit

__all__ = [
    "Allowance",
    "Announcement",
    "ArchivePage",
    "Archived",
    "Article",
    "Attempt",
    "Campaign",
    "CampaignItem",
    "CorrectionNote",
    "Counter",
    "DayFigures",
    "Delivery",
    "Edition",
    "Event",
    "Fetch",
    "GlossaryEntry",
    "MemoryEntry",
    "Partner",
    "Payload",
    "Placement",
    "PostEdit",
    "Presence",
    "Product",
    "Proof",
    "Pulse",
    "Receipt",
    "Reconsideration",
    "Release",
    "Revision",
    "SearchText",
    "Segment",
    "Source",
    "Submission",
    "Subscription",
    "SubscriptionRequest",
    "TermsPage",
    "Token",
    "Translation",
    "Unit",
    "Waiver",
    "Watch",
    "Wording",
]
