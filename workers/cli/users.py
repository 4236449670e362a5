"""users: who may sign in at the desk."""

from __future__ import annotations

import sys

import click

from workers.cli.common import actor, json_option, open_ledger, out, print_json, talk

ROLES = ["viewer", "editor", "chief", "admin"]


@click.group()
def users() -> None:
    """People who may sign in at the desk, and their roles."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.option("--email", default="", help="For resetting the password by mail.")
def add(name: str, role: str, email: str) -> None:
    """Make an account. The password is asked for, or read from standard input; never an argument."""
    open_ledger()
    from desk import people
    from pipeline.clock import now

    people.add(name, people.role_called(role), _password(), email=email, actor=actor(), now=now())
    out.print(f"{name} may sign in as {role}")


@users.command(name="list")
@json_option
def list_users(as_json: bool) -> None:
    """Everybody with an account: role, last time here."""
    open_ledger()
    from django.contrib.auth.models import User

    from desk.roles import role_of

    rows = [
        {
            "name": user.username,
            "role": found.group if (found := role_of(user)) else None,
            "active": user.is_active,
            "email": user.email,
            "last_login": user.last_login,
        }
        for user in User.objects.order_by("username")
    ]
    if as_json:
        print_json(rows)
        return
    for user in User.objects.order_by("username"):
        found = role_of(user)
        state = found.group if found else "no role" if user.is_active else "switched off"
        seen = f"{user.last_login:%Y-%m-%d %H:%M}" if user.last_login else "never here"
        out.print(f"{user.username}  {state}  {seen}")
    if not rows:
        talk.print("nobody yet: tornavoz users add NAME --role admin")


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Give a person another role. The last admin keeps it."""
    open_ledger()
    from desk import people
    from pipeline.clock import now

    people.set_role(people.named(name), people.role_called(role), actor=actor(), now=now())
    out.print(f"{name} is {role}")


@users.command()
@click.argument("name")
def password(name: str) -> None:
    """Set a new password; asked for, or read from standard input. Every session of this person ends."""
    open_ledger()
    from desk import people
    from pipeline.clock import now

    people.set_password(people.named(name), _password(), actor=actor(), now=now())
    out.print(f"{name} has a new password")


@users.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def disable(name: str, reason: str) -> None:
    """Keep a person out, from the next request on."""
    open_ledger()
    from desk import people
    from pipeline.clock import now

    people.switch(people.named(name), on=False, actor=actor(), reason=reason, now=now())
    out.print(f"{name} is switched off")


@users.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def enable(name: str, reason: str) -> None:
    """Let a person in again who was switched off."""
    open_ledger()
    from desk import people
    from pipeline.clock import now

    people.switch(people.named(name), on=True, actor=actor(), reason=reason, now=now())
    out.print(f"{name} may sign in again")


def _password() -> str:
    """Asked for twice at a terminal; elsewhere the first line of standard input."""
    if sys.stdin.isatty():
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\n")


COMMANDS: list[click.Command] = [users]
