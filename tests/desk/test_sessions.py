"""Sessions that have ended do not pile up in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from desk.roles import Role
from tests.make import Office
from workers.beat import Beat


def test_the_sweeper_forgets_sessions_that_have_ended(office: Office, signed_in: Callable[..., Client]) -> None:
    gone, here = signed_in(Role.VIEWER), signed_in(Role.EDITOR)
    key = gone.cookies[settings.SESSION_COOKIE_NAME].value
    office.clock.at = timezone.now()
    Session.objects.filter(pk=key).update(expire_date=office.clock() - timedelta(seconds=1))
    Beat(office.runner, "", office.clock).tick()
    assert [row.pk for row in Session.objects.all()] == [here.cookies[settings.SESSION_COOKIE_NAME].value]
    assert here.get("/desk/").status_code == 200
