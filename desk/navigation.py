"""The places of the desk, in the order in which they stand at the top of each page.

Knows: names and roles. Must not know: what is at a place. A new place is one line here and one in desk/urls.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.roles import Role, may, role_of


@dataclass(frozen=True, slots=True)
class Place:
    """A link at the top: the URL's name, its words, who sees it."""

    url: str
    words: str | Promise
    role: Role = Role.VIEWER


PLACES = (
    Place("desk:front", _("Today")),
    Place("desk:held", _("Review")),
    Place("desk:campaigns", _("Re-syndication")),
    Place("desk:search", _("Search")),
    Place("desk:sources", _("Sources")),
    Place("desk:products", _("Products")),
    Place("desk:partners", _("Partners")),
    Place("desk:mail", _("Letters")),
    Place("desk:glossary", _("Glossary")),
    Place("desk:models", _("Models")),
    Place("desk:numbers", _("Numbers")),
    Place("desk:audit", _("Audit trail")),
    Place("desk:people", _("People"), Role.ADMIN),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use: the places, the one we are at, and what this person may do."""
    if not request.path_info.startswith(reverse("desk:front")):
        return {}
    match = request.resolver_match
    here = f"desk:{match.url_name}" if match else ""
    return {
        "places": [place for place in PLACES if may(request.user, place.role)],
        "here": here,
        "role": role_of(request.user),
        "may": {role.group: may(request.user, role) for role in Role},
    }
