"""What templates need beyond Django's own: assets, ages.

Knows: wording of small things. Must not know: the ledger. `{% load desk %}`.
"""

from __future__ import annotations

import re
from datetime import datetime

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from desk import assets
from desk.clock import now
from pipeline.stages import Step

register = template.Library()
register.simple_tag(assets.address, name="asset")


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
    "linked": _("linked"),
    "passed-over": _("passed over"),
}

STEPS = {  # what the machines do, as a person would call it
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
}

SENDINGS = {  # what a delivery tells, and how it travels
    "published": _("new"),
    "corrected": _("correction"),
    "withdrawn": _("withdrawal"),
    "resent": _("sent again"),
    "feed": _("feed"),
    "webhook": _("webhook"),
    "email": _("mail"),
    "translation": _("translation"),
}

MADE = {  # how a version of a translation came about
    "drafted": _("translation"),
    "edited": _("edit"),
    "undone": _("step back"),
    "corrected": _("correction"),
    "ordered-again": _("new translation"),
}

CHOSEN = {  # by what the releases of a campaign were chosen, see pipeline/ledger/choices.py
    "articles": _("articles"),
    "product": _("product"),
    "partner": _("partner"),
    "source": _("source"),
    "section": _("section"),
    "since": _("since"),
    "until": _("until"),
    "model": _("model"),
    "glossary": _("glossary"),
    "rights": _("rights"),
    "reviewed": _("read by a person:"),
}
_CHOSEN_BY = re.compile(rf"(?:(?<=, )|^)({'|'.join(CHOSEN)})(?= )")

ORIGINS = {  # where a sentence of a translation came from
    "engine": _("machine"),
    "memory": _("memory"),
    "editor": _("editor"),
    "source": _("as in the original"),
}


@register.filter
def origin(name: str) -> str | Promise:
    """Where a sentence came from, in the reader's words."""
    return ORIGINS.get(name, name)


@register.filter
def choice(words: str) -> str:
    """What was chosen for a campaign, with its labels in the reader's words."""
    return _CHOSEN_BY.sub(lambda found: str(CHOSEN[found[1]]), words)


@register.filter
def state(name: str) -> str | Promise:
    """A state of the ledger in the reader's words."""
    return STATES.get(name, name)


@register.filter
def step(name: str) -> str | Promise:
    """A step of the spine in the reader's words."""
    return STEPS[Step(name)]


@register.filter
def sending(name: str) -> str | Promise:
    """The kind of a delivery, or the channel that it takes, in the reader's words."""
    return SENDINGS.get(name, name)


@register.filter
def made(kind: str) -> str | Promise:
    """How a version of a translation came about, in the reader's words."""
    return MADE.get(kind, kind)


@register.filter
def campaign_state(name: str) -> str | Promise:
    """The same of a campaign: what is canceled there was only stopped."""
    return _("stopped for good") if name == "canceled" else state(name)


@register.filter
def age(at: datetime) -> SafeString:
    """How long ago, in one unit, with the moment itself (UTC) in `datetime` and as a tooltip."""
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        at.isoformat(timespec="seconds"),
        at.strftime("%Y-%m-%d %H:%M"),
        gettext("%(span)s ago") % {"span": span((now() - at).total_seconds())},
    )


@register.filter
def span(seconds: float) -> str:
    """Seconds in the largest unit that fits: "40 seconds", "3 hours", "12 days"."""
    whole = max(0, int(seconds))
    if whole < 60:
        return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    if whole < 3600:
        return ngettext("%(n)d minute", "%(n)d minutes", whole // 60) % {"n": whole // 60}
    if whole < 48 * 3600:
        return ngettext("%(n)d hour", "%(n)d hours", whole // 3600) % {"n": whole // 3600}
    return ngettext("%(n)d day", "%(n)d days", whole // 86400) % {"n": whole // 86400}
