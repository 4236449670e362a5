"""The queue of record: claims, leases, fences, attempts, due times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pipeline import nudge
from pipeline.errors import FetchFailed, ModelMissing, StaleWork, UnreadablePayload
from pipeline.ledger import units
from pipeline.ledger.models import Unit
from pipeline.stages import Queue, Step, UnitState
from tests.make import START, Clock

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def taken(pk: int, clock: Clock) -> units.Claim:
    claim = units.claim(pk, now=clock())
    assert claim is not None
    return claim


def lost(pk: int, clock: Clock, times: int) -> None:
    """So many workers take the unit and are never heard of again."""
    for _ in range(times):
        taken(pk, clock)
        clock.forward(seconds=121)


def test_a_unit_is_taken_once(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    claim = taken(pk, clock)
    assert (claim.unit, claim.step, claim.subject, claim.fence, claim.attempt) == (
        pk,
        Step.EXTRACT,
        "revision:1",
        1,
        1,
    )
    assert units.claim(pk, now=clock()) is None


def test_a_claim_writes_nothing_when_somebody_else_was_faster(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    taken(pk, clock)
    before = Unit.objects.values().get(pk=pk)
    assert units.claim(pk, now=clock()) is None
    assert Unit.objects.values().get(pk=pk) == before


def test_a_unit_that_does_not_exist_cannot_be_taken(clock: Clock) -> None:
    assert units.claim(4711, now=clock()) is None


def test_a_unit_is_not_taken_before_its_time(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock() + SECOND)
    assert units.claim(pk, now=clock()) is None
    clock.forward(seconds=1)
    taken(pk, clock)


def test_arming_twice_makes_one_unit(clock: Clock) -> None:
    assert units.arm(Step.EXTRACT, "revision:1", now=clock()) == units.arm(Step.EXTRACT, "revision:1", now=clock())
    assert units.arm(Step.CLEAR, "revision:1", now=clock()) != units.arm(Step.EXTRACT, "revision:1", now=clock())
    assert Unit.objects.count() == 2


def test_attempts_count_when_the_unit_is_taken_so_a_killed_worker_has_used_one(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    for attempt in (1, 2, 3):
        assert taken(pk, clock).attempt == attempt
        clock.forward(seconds=121)


def test_after_five_lost_workers_a_unit_is_parked_with_the_way_out(clock: Clock) -> None:
    pk = units.arm(Step.TRANSLATE, "translation:1", now=clock())
    lost(pk, clock, units.MAX_ATTEMPTS)
    assert units.claim(pk, now=clock()) is None
    row = Unit.objects.get(pk=pk)
    assert (row.state, row.error_code, row.lease_until) == (UnitState.PARKED, "worker-lost", None)
    assert f"tornavoz retry --unit {pk}" in row.last_error


def test_after_five_failures_a_unit_is_parked_with_the_last_reason(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    states = []
    for number in range(units.MAX_ATTEMPTS):
        states.append(units.fail(taken(pk, clock), FetchFailed(f"no answer, try {number}"), now=clock()))
        clock.forward(hours=2)
    assert states == [UnitState.READY] * 4 + [UnitState.PARKED]
    row = Unit.objects.get(pk=pk)
    assert (row.error_code, row.last_error) == ("fetch-failed", "no answer, try 4")
    assert units.claim(pk, now=clock()) is None


@pytest.mark.parametrize("error", [UnreadablePayload("not JSON"), ModelMissing()])
def test_what_fails_the_same_way_again_is_parked_at_once(error: Exception, clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    assert units.fail(taken(pk, clock), error, now=clock()) is UnitState.PARKED
    assert Unit.objects.get(pk=pk).last_error == str(error)


def test_an_error_that_nobody_foresaw_is_tried_again(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    assert units.fail(taken(pk, clock), ZeroDivisionError(), now=clock()) is UnitState.READY
    row = Unit.objects.get(pk=pk)
    assert (row.error_code, row.last_error) == ("unexpected", "ZeroDivisionError")


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_can_do_nothing(clock: Clock) -> None:
    pk = units.arm(Step.TRANSLATE, "translation:1", now=clock())
    old = taken(pk, clock)
    clock.forward(seconds=121)
    new = taken(pk, clock)
    assert new.fence > old.fence
    before = Unit.objects.values().get(pk=pk)
    with pytest.raises(StaleWork):
        units.renew(old, now=clock())
    with pytest.raises(StaleWork):
        units.close(old, now=clock())
    with pytest.raises(StaleWork):
        units.fail(old, FetchFailed(), now=clock())
    with pytest.raises(StaleWork):
        units.fail(old, UnreadablePayload(), now=clock())
    assert Unit.objects.values().get(pk=pk) == before
    units.close(new, now=clock())


def test_a_lease_is_not_taken_over_while_it_runs_and_renewing_makes_it_longer(clock: Clock) -> None:
    pk = units.arm(Step.TRANSLATE, "translation:1", now=clock())
    claim = taken(pk, clock)
    for _ in range(10):
        clock.forward(seconds=100)
        assert units.claim(pk, now=clock()) is None
        units.renew(claim, now=clock())
    clock.forward(seconds=121)
    assert taken(pk, clock).attempt == 2


def test_arming_a_unit_that_runs_makes_it_run_once_more(clock: Clock) -> None:
    pk = units.arm(Step.PUBLISH, "feed:1", now=clock())
    claim = taken(pk, clock)
    for _ in range(3):
        units.arm(Step.PUBLISH, "feed:1", now=clock())
    assert units.claim(pk, now=clock()) is None, "it is not taken from its holder"
    units.close(claim, now=clock())
    units.close(taken(pk, clock), now=clock())
    assert Unit.objects.get(pk=pk).state == UnitState.DONE
    assert units.claim(pk, now=clock()) is None


def test_an_arming_is_not_lost_when_the_run_it_fell_into_fails_for_good(clock: Clock) -> None:
    pk = units.arm(Step.PUBLISH, "feed:1", now=clock())
    claim = taken(pk, clock)
    units.arm(Step.PUBLISH, "feed:1", now=clock())
    assert units.fail(claim, UnreadablePayload("as it was before"), now=clock()) is UnitState.READY
    again = taken(pk, clock)
    assert again.attempt == 1
    assert units.fail(again, UnreadablePayload("still"), now=clock()) is UnitState.PARKED


def test_an_arming_is_not_lost_with_the_worker_that_it_fell_to(clock: Clock) -> None:
    pk = units.arm(Step.PUBLISH, "feed:1", now=clock())
    lost(pk, clock, units.MAX_ATTEMPTS - 1)
    taken(pk, clock)
    units.arm(Step.PUBLISH, "feed:1", now=clock())
    clock.forward(seconds=121)
    assert taken(pk, clock).attempt == 1


def test_arming_what_is_parked_or_done_forgives_its_attempts(clock: Clock) -> None:
    pk = units.arm(Step.EXTRACT, "revision:1", now=clock())
    lost(pk, clock, units.MAX_ATTEMPTS)
    units.claim(pk, now=clock())
    units.arm(Step.EXTRACT, "revision:1", now=clock())
    row = Unit.objects.get(pk=pk)
    assert (row.state, row.attempts, row.error_code, row.last_error) == (UnitState.READY, 0, "", "")
    claim = taken(pk, clock)
    assert claim.attempt == 1
    units.close(claim, now=clock())
    units.arm(Step.EXTRACT, "revision:1", now=clock())
    assert taken(pk, clock).attempt == 1


def test_the_longest_waiting_comes_first_and_only_of_the_queues_asked_for(clock: Clock) -> None:
    third = units.arm(Step.CLEAR, "revision:3", now=START)
    first = units.arm(Step.TRANSLATE, "translation:1", now=START - timedelta(hours=2))
    second = units.arm(Step.EXTRACT, "revision:2", now=START - timedelta(hours=1))
    units.arm(Step.EXTRACT, "revision:9", now=START + SECOND)
    gone = units.arm(Step.PUBLISH, "feed:1", now=START - timedelta(hours=3))
    units.claim(gone, now=START - timedelta(hours=3))
    assert units.due(now=clock()) == [gone, first, second, third]
    assert units.due(now=clock(), queues=frozenset({Queue.INTAKE})) == [second, third]
    assert units.due(now=clock(), limit=2) == [gone, first]


def test_pauses_double_with_a_fifth_of_play_and_end_at_an_hour(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "MAX_ATTEMPTS", 12)
    pk = units.arm(Step.DELIVER, "delivery:1", now=clock())
    for attempt in range(1, 12):
        units.fail(taken(pk, clock), FetchFailed(), now=clock())
        due_at = Unit.objects.get(pk=pk).due_at
        seconds = (due_at - clock()).total_seconds()
        expected = min(3600, 30 * 2 ** (attempt - 1))
        assert 0.8 * expected <= seconds <= 1.2 * expected
        assert units.claim(pk, now=due_at - SECOND) is None
        clock.at = due_at


def test_waking_makes_parked_units_due_and_leaves_others_alone(clock: Clock) -> None:
    parked = units.arm(Step.TRANSLATE, "translation:1", now=clock())
    units.fail(taken(parked, clock), ModelMissing(), now=clock())
    running = units.arm(Step.TRANSLATE, "translation:2", now=clock())
    taken(running, clock)
    assert units.wake(Unit.objects.all(), now=clock()) == 1
    assert units.due(now=clock()) == [parked]
    assert taken(parked, clock).attempt == 1
    assert Unit.objects.get(pk=running).again is False


class Bell:
    """Records who was rung; nobody hears it once `deaf`."""

    def __init__(self) -> None:
        self.rung: list[tuple[int, str]] = []
        self.deaf = False

    def __call__(self, unit: int, queue: str, *, broker_url: str, wait: float = 0) -> bool:
        assert broker_url == "redis://bell.example"
        if not self.deaf:
            self.rung.append((unit, queue))
        return not self.deaf


@pytest.fixture
def bell(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Bell:
    settings.BROKER_URL = "redis://bell.example"
    bell = Bell()
    monkeypatch.setattr(nudge, "ring", bell)
    return bell


def test_the_bell_rings_after_commit_and_not_before(
    bell: Bell, clock: Clock, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        pk = units.arm(Step.TRANSLATE, "translation:1", now=clock())
        assert bell.rung == []
    assert bell.rung == [(pk, Queue.TRANSLATE)]
    assert Unit.objects.get(pk=pk).rung_at == clock()


def test_a_unit_that_runs_once_more_is_rung_for(
    bell: Bell, clock: Clock, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    pk = units.arm(Step.PUBLISH, "feed:1", now=clock())
    claim = taken(pk, clock)
    units.arm(Step.PUBLISH, "feed:1", now=clock())
    with django_capture_on_commit_callbacks(execute=True):
        units.close(claim, now=clock())
    assert bell.rung == [(pk, Queue.PUBLISH)]
    with django_capture_on_commit_callbacks(execute=True):
        units.close(taken(pk, clock), now=clock())
    assert len(bell.rung) == 1


def test_the_sweeper_rings_what_is_due_and_was_not_rung_lately(bell: Bell, clock: Clock) -> None:
    first = units.arm(Step.EXTRACT, "revision:1", now=clock())
    second = units.arm(Step.CLEAR, "revision:2", now=clock() + SECOND)
    units.arm(Step.CLEAR, "revision:3", now=clock() + timedelta(hours=1))
    clock.forward(seconds=1)
    assert units.ring_due(now=clock()) == 2
    assert [unit for unit, _ in bell.rung] == [first, second]
    clock.forward(seconds=29)
    assert units.ring_due(now=clock()) == 0
    clock.forward(seconds=2)
    assert units.ring_due(now=clock()) == 2


def test_the_sweeper_stops_at_a_bell_that_nobody_hears(bell: Bell, clock: Clock) -> None:
    for number in range(3):
        units.arm(Step.EXTRACT, f"revision:{number}", now=clock())
    bell.deaf = True
    assert units.ring_due(now=clock()) == 0
    assert not Unit.objects.exclude(rung_at=None).exists()
    bell.deaf = False
    assert units.ring_due(now=clock()) == 3


# --- gathering: many changes, one run ------------------------------------------------------------------------------


def gathered(clock: Clock, subject: str = "feed:1") -> int:
    return units.arm(Step.PUBLISH, subject, now=clock(), gather=5 * SECOND)


def ran(pk: int, clock: Clock) -> None:
    units.close(taken(pk, clock), now=clock())


def test_the_first_of_many_is_run_at_once(clock: Clock) -> None:
    pk = gathered(clock)
    assert units.due(now=clock()) == [pk]
    ran(pk, clock)
    clock.forward(seconds=11)
    gathered(clock)
    assert units.due(now=clock()) == [pk]


def test_what_ran_just_now_waits_for_company_from_when_it_ran(clock: Clock) -> None:
    pk = gathered(clock)
    ran(pk, clock)
    for _ in range(4):
        clock.forward(seconds=1)
        gathered(clock)
        assert units.due(now=clock()) == []
        assert units.claim(pk, now=clock()) is None
    clock.forward(seconds=1)  # five seconds after it ran, however often it was armed
    assert units.due(now=clock()) == [pk]


def test_what_is_armed_while_it_runs_waits_too(clock: Clock) -> None:
    pk = gathered(clock)
    claim = taken(pk, clock)
    gathered(clock)
    clock.forward(seconds=2)
    gathered(clock)
    units.close(claim, now=clock())
    assert units.due(now=clock()) == []
    clock.forward(seconds=3)
    assert units.due(now=clock()) == [pk]


@pytest.mark.parametrize("running", [False, True])
def test_a_withdrawal_waits_for_nothing_whatever_came_before_or_after(running: bool, clock: Clock) -> None:
    pk = gathered(clock)
    claim = taken(pk, clock)
    if not running:
        units.close(claim, now=clock())
    gathered(clock)
    units.arm(Step.PUBLISH, "feed:1", now=clock(), urgent=True)
    gathered(clock)
    if running:
        units.close(claim, now=clock())
    assert units.due(now=clock()) == [pk]


def test_waiting_ends_when_there_is_nothing_else_to_do_but_a_failure_goes_on_waiting(clock: Clock) -> None:
    pk = gathered(clock)
    ran(pk, clock)
    gathered(clock)
    failed = units.arm(Step.PUBLISH, "feed:2", now=clock())
    units.fail(taken(failed, clock), FetchFailed("slow"), now=clock())
    Unit.objects.filter(pk=failed).update(due_at=clock() + 2 * SECOND)
    elsewhere = gathered(clock, "feed:3")
    ran(elsewhere, clock)
    gathered(clock, "feed:3")
    assert units.end_wait(now=clock(), queues=frozenset({Queue.INTAKE})) == 0
    assert units.end_wait(now=clock()) == 2
    assert units.due(now=clock()) == [pk, elsewhere]


def test_the_bell_is_told_how_long_to_wait(
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.BROKER_URL = "redis://nowhere"
    waits: list[float] = []

    def bell(unit: int, queue: str, *, broker_url: str, wait: float = 0) -> bool:
        waits.append(wait)
        return True

    monkeypatch.setattr(nudge, "ring", bell)
    pk = gathered(clock)
    ran(pk, clock)
    clock.forward(seconds=4)
    with django_capture_on_commit_callbacks(execute=True):
        gathered(clock)
    assert waits == [1.0]


def test_arming_many_is_arming_each(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_AT_ONCE", 2)

    def states(kind: str) -> dict[str, tuple[object, ...]]:
        """A done, parked, waiting and running unit of this kind, one that is new, and what arming makes of them."""
        for name in ("done", "parked", "running"):
            claim = taken(units.arm(Step.PUBLISH, f"{kind}:{name}", now=clock()), clock)
            if name == "done":
                units.close(claim, now=clock())
            elif name == "parked":
                units.fail(claim, UnreadablePayload("no"), now=clock())
        units.arm(Step.PUBLISH, f"{kind}:waiting", now=clock() + SECOND)
        subjects = [f"{kind}:{name}" for name in ("done", "parked", "running", "waiting", "new", "new")]
        if kind == "many":
            assert len(units.arm_all(Step.PUBLISH, subjects, now=clock())) == 5
        else:
            for subject in subjects:
                units.arm(Step.PUBLISH, subject, now=clock())
        rows = Unit.objects.filter(subject__startswith=kind).order_by("subject")
        columns = ("state", "again", "attempts", "due_at", "urgent", "error_code")
        return {subject.partition(":")[2]: rest for subject, *rest in rows.values_list("subject", *columns)}

    assert states("many") == states("each")
