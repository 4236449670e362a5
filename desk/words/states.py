"""States of the ledger and steps of the machines, as a person would call them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pipeline.stages import Step

STATES: dict[str, str | Promise] = {
    "received": _("received"),
    "extracted": _("read"),
    "cleared": _("cleared"),
    "held": _("held"),
    "refused": _("refused"),
    "superseded": _("replaced"),
    "queued": _("in the queue"),
    "drafted": _("drafted"),
    "ready": _("ready"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "scheduled": _("scheduled"),
    "usable": _("published"),
    "withheld": _("withheld"),
    "canceled": _("withdrawn"),
    "pending": _("on its way"),
    "sent": _("sent"),
    "waiting": _("waiting"),
    "dead": _("given up"),
    "seen": _("seen"),
    "acknowledged": _("acknowledged"),
    "removed": _("removed"),
    "running": _("running"),
    "paused": _("paused"),
    "done": _("done"),
    "left-out": _("left out"),
    "failed": _("failed"),
    "candidate": _("to be decided"),
    "reported": _("reported"),
    "proved": _("credit given"),
    "unclear": _("unclear"),
    "overdue": _("overdue"),
    "due": _("to be fetched"),
    "taken": _("taken"),
    "read": _("read"),
    "kept": _("kept as evidence"),
    "past": _("no longer evidence"),
    "leased": _("being worked on"),
    "parked": _("stopped"),
    "linked": _("linked"),
    "passed-over": _("passed over"),
}

STEPS: dict[Step, str | Promise] = {  # what the machines do, as a person would call it
    Step.EXTRACT: _("reading"),
    Step.CLEAR: _("clearing rights"),
    Step.TRANSLATE: _("translating"),
    Step.CHECK: _("checking"),
    Step.RELEASE: _("releasing"),
    Step.PUBLISH: _("publishing"),
    Step.DELIVER: _("delivering"),
    Step.PROVE: _("looking for the credit"),
    Step.CAMPAIGN: _("re-syndicating"),
    Step.POLL: _("asking feeds"),
    Step.FETCH: _("fetching pages"),
    Step.RECONSIDER: _("asking about rights again"),
    Step.COMPARE: _("comparing pages of terms"),
}


def state(name: str) -> str | Promise:
    """A state in the reader's words."""
    return STATES.get(name, name)


def campaign_state(name: str) -> str | Promise:
    """The same of a campaign: what is canceled there was only stopped."""
    return _("stopped for good") if name == "canceled" else state(name)


def step(name: str) -> str | Promise:
    """A step of the spine in the reader's words."""
    return STEPS[Step(name)]
