"""States and the legal ways between them, and which queue serves which step.

Knows: names. Must not know: how a state is stored or who moves it.
"""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """Verbs of the spine that run as units of work. `receive` is the acceptance itself, so it is not one of them."""

    EXTRACT = "extract"
    CLEAR = "clear"
    TRANSLATE = "translate"
    CHECK = "check"
    RELEASE = "release"
    PUBLISH = "publish"
    DELIVER = "deliver"
    PROVE = "prove"
    CAMPAIGN = "campaign"
    POLL = "poll"
    FETCH = "fetch"
    RECONSIDER = "reconsider"
    COMPARE = "compare"


class Queue(StrEnum):
    """Celery queues; one group of worker processes serves each kind of work."""

    INTAKE = "intake"
    TRANSLATE = "translate"
    PUBLISH = "publish"
    DELIVER = "deliver"


QUEUE_OF: dict[Step, Queue] = {
    Step.EXTRACT: Queue.INTAKE,
    Step.CLEAR: Queue.INTAKE,
    Step.TRANSLATE: Queue.TRANSLATE,
    Step.CHECK: Queue.INTAKE,
    Step.RELEASE: Queue.INTAKE,
    Step.PUBLISH: Queue.PUBLISH,
    Step.DELIVER: Queue.DELIVER,
    Step.PROVE: Queue.DELIVER,
    Step.CAMPAIGN: Queue.PUBLISH,  # behind the renderings of its own last batch: it never runs ahead of them
    Step.POLL: Queue.DELIVER,  # like all that waits for other people's servers
    Step.FETCH: Queue.DELIVER,
    Step.RECONSIDER: Queue.INTAKE,  # behind what its own last batch has armed
    Step.COMPARE: Queue.DELIVER,
}


class UnitState(StrEnum):
    """A unit of work.

    ready -> leased -> done
               |-> ready   (failed, due later; or armed again while it ran)
               |-> parked  (failed for good, or too often; a person can retry it)
    done|parked -> ready   (armed again)
    """

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    PARKED = "parked"


class RevisionState(StrEnum):
    """One received version of an article.

    received -> extracted -> cleared | held | refused
    received -> held (something is missing)      held -> received (retried)
    any of them -> superseded (a newer revision was accepted)
    """

    RECEIVED = "received"
    EXTRACTED = "extracted"
    CLEARED = "cleared"
    HELD = "held"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class EditionState(StrEnum):
    """A publisher's own version of an article in a language that we publish.

    candidate -> linked (partners are pointed to it) | passed-over (we translate all the same)
    linked <-> passed-over (an editor thinks again)
    """

    CANDIDATE = "candidate"
    LINKED = "linked"
    PASSED_OVER = "passed-over"


class TranslationState(StrEnum):
    """A revision in another language.

    queued -> drafted -> ready | held (a finding blocks)
    held -> approved | rejected          any of them -> superseded
    """

    QUEUED = "queued"
    DRAFTED = "drafted"
    READY = "ready"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class ReleaseState(StrEnum):
    """An article in one product.

    scheduled (embargo) -> usable -> usable v+1 (correction, update) -> canceled (withdrawal)
    usable <-> withheld (the rights record changed)
    """

    SCHEDULED = "scheduled"
    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class DeliveryState(StrEnum):
    """One push of one release version to one partner.

    pending -> sent | refused (4xx other than 408/429) | waiting (5xx, 429, network) -> sent | refused | dead
    dead|refused -> pending (a person sends it again)
    pending -> drafted (a message, and no mail server is configured) -> sent
    withheld: the partner may not have it; the reason code says why.
    """

    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"
    WAITING = "waiting"
    DEAD = "dead"
    DRAFTED = "drafted"
    WITHHELD = "withheld"


class ReceiptState(StrEnum):
    """What is known of one version of a release at one partner. It only ever moves to the right.

    sent -> seen (fetched since) -> acknowledged (the partner said so) -> removed (it took its copy down)
    """

    SENT = "sent"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    REMOVED = "removed"


class PlacementState(StrEnum):
    """A page where a partner says that it published an article.

    reported -> proved (the credit is whole) | unclear (no page, or the text is not on it) | failed
    failed (the cure clock runs) -> proved (mended in time) | overdue (not mended, or the licence knows no cure)
    overdue -> proved (only by an editor)      any of them -> removed (the text is no longer there)
    """

    REPORTED = "reported"
    PROVED = "proved"
    UNCLEAR = "unclear"
    FAILED = "failed"
    OVERDUE = "overdue"
    REMOVED = "removed"


class AnnouncementState(StrEnum):
    """An article that a watched feed announces.

    due (its page is to be fetched) -> taken (received)      taken -> due (the publisher changed it)
    passed-over (the reason says why) -> due (a person wants it)
    """

    DUE = "due"
    TAKEN = "taken"
    PASSED_OVER = "passed-over"


class TermsPageState(StrEnum):
    """A publisher's page of terms, as it was read.

    read -> kept (it is evidence of the record on file) -> past (another page, or another record, took its place)
    """

    READ = "read"
    KEPT = "kept"
    PAST = "past"


class CampaignVerb(StrEnum):
    """What a campaign does with the releases that were chosen."""

    SEND = "send"  # the same version again
    TRANSLATE = "translate"  # a new version, by the model and the glossary of today


class CampaignState(StrEnum):
    """A re-syndication of many releases.

    running <-> paused      running -> done (everything was handed over)      running | paused -> canceled
    done -> running (its failures are tried again)
    """

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


class ItemState(StrEnum):
    """One release in a campaign.

    pending -> sent | left-out (the reason says why) | failed (can be tried again)
    """

    PENDING = "pending"
    SENT = "sent"
    LEFT_OUT = "left-out"
    FAILED = "failed"


LEGAL_REVISION: dict[RevisionState, frozenset[RevisionState]] = {
    RevisionState.RECEIVED: frozenset({RevisionState.EXTRACTED, RevisionState.HELD, RevisionState.SUPERSEDED}),
    RevisionState.EXTRACTED: frozenset(
        {RevisionState.CLEARED, RevisionState.HELD, RevisionState.REFUSED, RevisionState.SUPERSEDED}
    ),
    RevisionState.CLEARED: frozenset({RevisionState.HELD, RevisionState.REFUSED, RevisionState.SUPERSEDED}),
    RevisionState.HELD: frozenset({RevisionState.RECEIVED, RevisionState.EXTRACTED, RevisionState.SUPERSEDED}),
    RevisionState.REFUSED: frozenset({RevisionState.EXTRACTED, RevisionState.SUPERSEDED}),
    RevisionState.SUPERSEDED: frozenset(),
}

LEGAL_TRANSLATION: dict[TranslationState, frozenset[TranslationState]] = {
    TranslationState.QUEUED: frozenset({TranslationState.DRAFTED, TranslationState.SUPERSEDED}),
    TranslationState.DRAFTED: frozenset({TranslationState.READY, TranslationState.HELD, TranslationState.SUPERSEDED}),
    TranslationState.READY: frozenset({TranslationState.DRAFTED, TranslationState.SUPERSEDED}),
    TranslationState.HELD: frozenset(
        {
            TranslationState.QUEUED,
            TranslationState.DRAFTED,
            TranslationState.APPROVED,
            TranslationState.REJECTED,
            TranslationState.SUPERSEDED,
        }
    ),
    TranslationState.APPROVED: frozenset({TranslationState.DRAFTED, TranslationState.SUPERSEDED}),
    TranslationState.REJECTED: frozenset({TranslationState.QUEUED, TranslationState.SUPERSEDED}),
    TranslationState.SUPERSEDED: frozenset(),
}
