"""Any order of arming, taking, renewing, finishing, failing, crashing and waiting, on the real table.

A model of the promises walks beside the table: whatever is done, a unit never has two holders whose leases run, a
fence never falls, a holder that was replaced saves nothing, and no arming is left without a run that began after it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from pipeline.errors import FetchFailed, StaleWork, UnreadablePayload
from pipeline.ledger import audit, units
from pipeline.ledger.models import Event, Unit
from pipeline.stages import Step, UnitState
from tests.make import START

SUBJECTS = ("feed:1", "feed:2")


class Workers(RuleBasedStateMachine):
    """Workers that come, go, freeze and die, and a person who arms units now and then."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        Unit.objects.all().delete()
        Event.objects.all().delete()
        self.now = START
        self.newest: dict[int, int] = {}  # unit -> fence of its newest claim
        self.finished: set[tuple[int, int]] = set()
        self.owed: set[int] = set()  # armed, and no run has begun since
        self.saves = 0  # results that may stand: one for each close by a rightful holder

    @rule(subject=st.sampled_from(SUBJECTS))
    def arm(self, subject: str) -> None:
        self.owed.add(units.arm(Step.PUBLISH, subject, now=self.now))

    @rule(target=claims, subject=st.sampled_from(SUBJECTS))
    def take(self, subject: str) -> object:
        pk = Unit.objects.filter(subject=subject).values_list("pk", flat=True).first() or 0
        before = Unit.objects.filter(pk=pk).first()
        claim = units.claim(pk, now=self.now)
        if claim is None:
            if before is not None and before.state == UnitState.READY:
                assert before.due_at > self.now or before.attempts == units.MAX_ATTEMPTS
            return multiple()
        assert before is not None
        if before.state == UnitState.LEASED:
            assert before.lease_until is not None
            assert before.lease_until < self.now, "taken from a holder whose lease still ran"
        assert claim.fence > self.newest.get(pk, 0)
        assert 1 <= claim.attempt <= units.MAX_ATTEMPTS
        self.newest[pk] = claim.fence
        self.owed.discard(pk)
        return claim

    @rule(claim=claims)
    def renew(self, claim: units.Claim) -> None:
        self._only_the_newest(claim, lambda: units.renew(claim, now=self.now))

    @rule(claim=claims)
    def close(self, claim: units.Claim) -> None:
        rightful = self._holds(claim)
        self._ends(claim, lambda: self._save(claim))
        self.saves += rightful

    @rule(claim=claims, lasting=st.booleans())
    def fail(self, claim: units.Claim, lasting: bool) -> None:
        error = UnreadablePayload("broken") if lasting else FetchFailed("no answer")
        self._ends(claim, lambda: units.fail(claim, error, now=self.now))

    @rule(seconds=st.sampled_from([1, 29, 119, 121, 4000]))
    def wait(self, seconds: int) -> None:
        """A crash is this as well: a claim that nobody comes back to before its lease has run out."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def wake(self) -> None:
        for unit in Unit.objects.filter(state=UnitState.PARKED):
            self.owed.add(unit.pk)
        units.wake(Unit.objects.all(), now=self.now)

    def _save(self, claim: units.Claim) -> None:
        """A step's result and the close in one transaction, as the runner does it."""
        with transaction.atomic():
            audit.record("result.saved", f"unit:{claim.unit}", now=self.now, actor="test")
            units.close(claim, now=self.now)

    def _holds(self, claim: units.Claim) -> bool:
        return self.newest[claim.unit] == claim.fence and (claim.unit, claim.fence) not in self.finished

    def _only_the_newest(self, claim: units.Claim, act: Callable[[], object]) -> None:
        before = Unit.objects.values().get(pk=claim.unit)
        if self._holds(claim):
            act()
            return
        with pytest.raises(StaleWork):
            act()
        assert Unit.objects.values().get(pk=claim.unit) == before, "a stale claim changed the row"

    def _ends(self, claim: units.Claim, act: Callable[[], object]) -> None:
        self._only_the_newest(claim, act)
        if self._holds(claim):
            self.finished.add((claim.unit, claim.fence))

    @invariant()
    def fences_never_fall(self) -> None:
        for unit in Unit.objects.all():
            assert unit.fence >= self.newest.get(unit.pk, 0)

    @invariant()
    def only_rightful_holders_saved_a_result(self) -> None:
        assert Event.objects.count() == self.saves

    @invariant()
    def a_leased_row_and_only_that_has_a_lease(self) -> None:
        for unit in Unit.objects.all():
            assert (unit.lease_until is not None) == (unit.state == UnitState.LEASED)

    @invariant()
    def no_arming_is_forgotten(self) -> None:
        for unit in Unit.objects.filter(pk__in=self.owed):
            assert unit.state == UnitState.READY or (unit.state == UnitState.LEASED and unit.again)


@pytest.mark.django_db
def test_no_order_of_events_gives_a_unit_two_holders_or_loses_an_arming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units.secrets, "randbelow", lambda below: below // 2)  # pauses repeat, so that an order does
    run_state_machine_as_test(
        Workers,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
