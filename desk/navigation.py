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
    """A link at the top: the URL's name, its words, who sees it, and the names of the pages that lie below it."""

    url: str
    words: str | Promise
    role: Role = Role.VIEWER
    below: tuple[str, ...] = ()

    def holds(self, here: str) -> bool:
        return here == self.url or here.removeprefix("desk:") in self.below


@dataclass(frozen=True, slots=True)
class Group:
    """Places behind one word, so that the top of a page stays one line."""

    words: str | Promise
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A place, or a group of places, as one person sees it on one page."""

    words: str | Promise
    at: bool  # we are at it, or below it
    url: str = ""
    exact: bool = False  # we are at it
    places: tuple[Shown, ...] = ()


PLACES: tuple[Place | Group, ...] = (
    Place("desk:front", _("Today"), below=("pile",)),
    Place("desk:held", _("Review"), below=("review", "versions", "preview")),
    Place("desk:campaigns", _("Re-syndication"), below=("campaign", "campaign-plan", "campaign-start")),
    Place("desk:search", _("Search"), below=("trace", "withdraw")),
    Place("desk:mail", _("Letters")),
    Place("desk:numbers", _("Numbers")),
    Group(
        _("Catalogue"),
        (
            Place("desk:sources", _("Sources"), below=("source", "announced", "rights")),
            Place("desk:products", _("Products")),
            Place("desk:partners", _("Partners"), below=("partner",)),
            Place("desk:subscribers", _("Subscribers"), below=("subscriber-end",)),
            Place("desk:glossary", _("Glossary")),
            Place("desk:models", _("Models")),
        ),
    ),
    Group(
        _("Admin"),
        (Place("desk:audit", _("Audit trail")), Place("desk:people", _("People"), Role.ADMIN)),
    ),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use: the places, the one we are at, and what this person may do."""
    if not request.path_info.startswith(reverse("desk:front")):
        return {}
    match = request.resolver_match
    here = f"desk:{match.url_name}" if match else ""
    shown = (_shown(each, request.user, here) for each in PLACES)
    return {
        "places": [each for each in shown if each is not None],
        "role": role_of(request.user),
        "may": {role.group: may(request.user, role) for role in Role},
    }


def _shown(place: Place | Group, user: Any, here: str) -> Shown | None:
    """None when this person sees nothing of it. A group of which only one place is seen is that place."""
    if isinstance(place, Place):
        if not may(user, place.role):
            return None
        return Shown(place.words, at=place.holds(here), url=place.url, exact=here == place.url)
    inside = tuple(each for each in (_shown(each, user, here) for each in place.places) if each is not None)
    if len(inside) < 2:
        return inside[0] if inside else None
    return Shown(place.words, at=any(each.at for each in inside), places=inside)
