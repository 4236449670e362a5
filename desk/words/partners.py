"""What partners are sent, how it travels, and what their tokens open."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.tokens import Scope

SENDINGS: dict[str, str | Promise] = {  # what a delivery tells, and how it travels
    "published": _("new"),
    "corrected": _("correction"),
    "withdrawn": _("withdrawal"),
    "resent": _("sent again"),
    "feed": _("feed"),
    "webhook": _("webhook"),
    "email": _("mail"),
    "translation": _("translation"),
}

SCOPES: dict[Scope, str | Promise] = {
    Scope.FEEDS: _("its private feeds"),
    Scope.RELEASES_READ: _("reading releases"),
    Scope.RELEASES_ACKNOWLEDGE: _("acknowledging releases"),
    Scope.ARTICLES_WRITE: _("handing articles in"),
    Scope.STATUS_READ: _("reading the status"),
    Scope.CAMPAIGNS_READ: _("reading campaigns"),
    Scope.CAMPAIGNS_WRITE: _("starting campaigns"),
}


def sending(name: str) -> str | Promise:
    """The kind of a delivery, or the channel that it takes, in the reader's words."""
    return SENDINGS.get(name, name)


def scope(name: str) -> str | Promise:
    """What a token opens, in the reader's words."""
    return SCOPES[Scope(name)]
