"""What a campaign was started for: the parts of a choice, each with its label.

Knows: labels. Must not know: what a choice matches (pipeline/ledger/choices.py).
"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pipeline.ledger.choices import Choice, Value

CHOSEN: dict[str, str | Promise] = {
    "articles": _("article no."),
    "product": _("product"),
    "partner": _("partner"),
    "source": _("source"),
    "section": _("section"),
    "since": _("published since"),
    "until": _("published until"),
    "model": _("model"),
    "glossary": _("glossary"),
    "rights": _("rights"),
    "reviewed": _("also what a person has read"),  # it is given or not, and has no value to be shown
}


def choice(chosen: Choice) -> str:
    """The parts of a choice in a line, in the reader's words."""
    return " · ".join(f"{CHOSEN[name]} {_shown(value)}".strip() for name, value in chosen.parts())


def _shown(value: Value) -> str:
    if value is True:
        return ""
    if isinstance(value, date):
        return date_format(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
