"""People who may sign in: made, given a role, switched off. The command line and the desk's own page both come here.

Knows: accounts, roles, the audit trail. Must not know: pages, terminals, where a password was typed.
Nobody is deleted: what a person did stays under that person's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from desk import roles, throttle
from desk.roles import BY_GROUP, Role
from desk.throttle import subject
from feeds import resets
from pipeline.config.near import near
from pipeline.errors import ConfigError, LedgerError
from pipeline.ledger import audit, units
from pipeline.stages import Step

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


def named(username: str) -> User:
    """The account of this name. LedgerError names the nearest one."""
    user = User.objects.filter(username=username).first()
    if user is None:
        names = list(User.objects.values_list("username", flat=True))
        raise LedgerError(
            f"there is nobody called {username!r} here{near(username, names)}", es=f"No hay nadie llamado «{username}»."
        )
    return user


def role_called(name: str) -> Role:
    """A role by its name. ConfigError when there is no such role."""
    if name not in BY_GROUP:
        raise ConfigError(
            f"there is no role {name!r}; there are {', '.join(BY_GROUP)}",
            es=f"No existe el rol «{name}»; los que hay son: {', '.join(BY_GROUP)}.",
        )
    return BY_GROUP[name]


@transaction.atomic
def add(username: str, role: Role, password: str, *, email: str = "", actor: str, now: datetime) -> User:
    """A new account. LedgerError when the name is taken or unusable, or the password too weak."""
    if not _NAME.fullmatch(username):
        raise LedgerError(
            f"{username!r} is no name for signing in: 2 to 60 of a-z, 0-9, dot, hyphen and underscore",
            es=f"«{username}» no sirve para entrar: use de 2 a 60 caracteres entre a-z, 0-9, punto, guion y guion "
            "bajo.",
        )
    if User.objects.filter(username=username).exists():
        raise LedgerError(
            f"there is somebody called {username!r} already; change it with: tornavoz users role",
            es=f"Ya hay alguien llamado «{username}»; cambie su rol con: tornavoz users role",
        )
    user = User(username=username, email=email)
    _check(password, user)
    user.set_password(password)
    user.save()
    roles.give(user, role)
    audit.record("user.added", subject(username), now=now, actor=actor, details={"role": role.group})
    return user


@transaction.atomic
def add_without_password(username: str, *, email: str, actor: str, now: datetime) -> User:
    """A new account, without a role, of somebody for whom the identity provider vouches."""
    user = User(username=username, email=email)
    user.set_unusable_password()
    user.save()
    audit.record("user.added", subject(username), now=now, actor=actor)
    return user


def set_password(user: User, password: str, *, actor: str, now: datetime) -> None:
    """Change a password; every session of this person ends. LedgerError when it is too weak."""
    _check(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        audit.record("user.password-changed", subject(user.username), now=now, actor=actor)


@transaction.atomic
def ask_for_password(username: str, address: str, *, now: datetime) -> None:
    """Have a link sent to whoever is called so, if there is such a person with a mail address. It says nothing back."""
    welcome = throttle.asked(username, address, now=now)
    user = User.objects.filter(username=username, is_active=True).exclude(email="").first()
    if user is not None and welcome:
        units.arm(Step.DELIVER, f"{resets.SUBJECT}:{user.pk}", now=now)


def _check(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = " ".join(error.messages)  # Django's own words, which are in the reader's language already
        raise LedgerError(said, es=said) from error


def set_role(user: User, role: Role, *, actor: str, now: datetime) -> None:
    """Give another role. LedgerError when it would leave the desk without an admin."""
    before = roles.role_of(user)
    if before is role:
        return

    def change() -> None:
        roles.give(user, role)
        details = {"before": before.group if before else None, "after": role.group}
        audit.record("user.role-changed", subject(user.username), now=now, actor=actor, details=details)

    _never_without_admin(user, change, role >= Role.ADMIN)


def switch(user: User, *, on: bool, actor: str, reason: str, now: datetime) -> None:
    """Let a person in again, or keep that person out from the next request on. LedgerError for the last admin."""
    if user.is_active == on:
        return

    def change() -> None:
        user.is_active = on
        user.save(update_fields=["is_active"])
        action = "user.switched-on" if on else "user.switched-off"
        audit.record(action, subject(user.username), now=now, actor=actor, reason=reason)

    _never_without_admin(user, change, on)


@transaction.atomic
def _never_without_admin(user: User, change: Callable[[], None], stays: bool) -> None:
    others = User.objects.select_for_update().filter(is_active=True, groups__name=Role.ADMIN.group).exclude(pk=user.pk)
    if not stays and roles.may(user, Role.ADMIN) and not list(others):
        raise LedgerError(
            f"{user.username} is the only admin; make somebody else admin first",
            es=f"{user.username} es la única persona con el rol de administración; désela antes a otra.",
        )
    change()
