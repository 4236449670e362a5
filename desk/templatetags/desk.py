"""What templates need beyond Django's own: assets, ages, and the desk's words for codes. `{% load desk %}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from desk import assets
from desk.words import campaigns, events, partners, people, reasons, sentences, states, texts
from pipeline.clock import now

register = template.Library()
register.simple_tag(assets.address, name="asset")
for words in (
    *(events.action, events.actor, events.subject, events.why),
    *(states.state, states.step, states.campaign_state),
    *(texts.made, texts.origin, texts.place, texts.spot, texts.tongue),
    *(partners.sending, partners.scope),
    *(campaigns.choice, people.role, reasons.reason, sentences.because, sentences.noted),
):
    register.filter(words.__name__, words)


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
