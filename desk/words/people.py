"""Roles as people call them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.roles import Role

ROLES: dict[str, str | Promise] = {
    Role.VIEWER.group: _("viewer"),
    Role.EDITOR.group: _("desk editor"),
    Role.CHIEF.group: _("chief editor"),
    Role.ADMIN.group: _("administrator"),
}


def role(group: str) -> str | Promise:
    """A role in the reader's words."""
    return ROLES.get(group, group)
