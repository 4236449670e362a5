"""Who may do what at the desk: four roles, each of which may do all that those before it may.

Knows: roles as Django groups. Must not know: pages; each page says which role it asks for (desk/access.py).

| role   | may                                                                                       |
| ------ | ----------------------------------------------------------------------------------------- |
| viewer | see everything at the desk, change nothing                                                |
| editor | edit, approve, hold, reject and correct translations; retry what stopped                   |
| chief  | withdraw, re-syndicate, change rights records and glossary, send courtesy mail             |
| admin  | people and their roles, partners' tokens, models                                           |
"""

from __future__ import annotations

from enum import IntEnum

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, User


class Role(IntEnum):
    """In rising order. The lower-case name is the name of the group."""

    VIEWER = 1
    EDITOR = 2
    CHIEF = 3
    ADMIN = 4

    @property
    def group(self) -> str:
        return self.name.lower()


_KEPT = "_desk_role"
BY_GROUP = {role.group: role for role in Role}


def role_of(user: AbstractBaseUser | AnonymousUser) -> Role | None:
    """The highest role a person has; None for strangers, for accounts that are switched off, and without a group.

    Asked once for each user object, because every page asks several times.
    """
    if not isinstance(user, User) or not user.is_active:
        return None
    if _KEPT not in vars(user):
        names = user.groups.filter(name__in=BY_GROUP).values_list("name", flat=True)
        vars(user)[_KEPT] = max((BY_GROUP[name] for name in names), default=None)
    found: Role | None = vars(user)[_KEPT]
    return found


def may(user: AbstractBaseUser | AnonymousUser, role: Role) -> bool:
    """Whether a person has this role or a higher one."""
    has = role_of(user)
    return has is not None and has >= role


def give(user: User, role: Role) -> None:
    """Make this the person's only role."""
    others = Group.objects.filter(name__in=BY_GROUP).exclude(name=role.group)
    user.groups.remove(*others)
    user.groups.add(Group.objects.get_or_create(name=role.group)[0])
    vars(user).pop(_KEPT, None)


def actor(user: AbstractBaseUser | AnonymousUser) -> str:
    """How a person at the desk is named in the audit trail."""
    return f"desk:{user.get_username() or 'nobody'}"
