"""The doctor on SECRET_KEY: long enough, one for every process, and the one that sealed what is in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from feeds.sealing import fingerprint, seal
from pipeline.ledger import pulse
from pipeline.ledger.models import Pulse, Subscription
from tests.make import Office
from workers.doctor import Check, examine

if TYPE_CHECKING:
    from pytest_django import Settings

KEY, OTHER = "the key of this newsroom, all of it", "a key that is long as well, but another"


@pytest.fixture(autouse=True)
def key(office: Office, settings: Settings) -> None:
    settings.SECRET_KEY = KEY


def said() -> Check:
    [check] = [check for check in examine() if check.name == "key"]
    return check


def test_one_key_for_all_is_fine_and_names_who_has_it(office: Office) -> None:
    assert said().ok
    pulse.started("web", fingerprint(), now=office.clock())
    pulse.started("deliver", fingerprint(), now=office.clock())
    assert said().says == "one SECRET_KEY; deliver, web started with it"


def test_a_process_with_another_key_is_named_until_it_is_started_again(office: Office, settings: Settings) -> None:
    pulse.started("web", fingerprint(), now=office.clock())
    settings.SECRET_KEY = OTHER
    pulse.started("deliver", fingerprint(), now=office.clock())
    settings.SECRET_KEY = KEY
    assert (said().ok, said().says) == (False, "deliver started with another SECRET_KEY than this command has")
    assert "SECRET_KEY_FILE" in said().repair
    pulse.started("deliver", fingerprint(), now=office.clock())
    assert said().ok


def test_what_was_sealed_under_a_lost_key_is_counted(office: Office, settings: Settings) -> None:
    settings.SECRET_KEY = OTHER
    at = office.clock()
    Subscription.objects.create(
        topic="feed:1:rss",
        callback="https://reader.example/",
        host="reader.example",
        secret=seal("s"),
        lease_until=at + timedelta(days=1),
        verified_at=at,
    )
    assert said().ok
    settings.SECRET_KEY = KEY
    assert (said().ok, said().says.partition(" were")[0]) == (False, "1 subscriptions of the hub")


def test_a_short_key_is_refused_and_no_key_is_written_down(office: Office, settings: Settings) -> None:
    pulse.started("web", fingerprint(), now=office.clock())
    assert not any(KEY[:8] in name for name in Pulse.objects.values_list("pk", flat=True))
    settings.SECRET_KEY = "change-me"
    assert (said().ok, "9 characters" in said().says) == (False, True)
