"""Running any step twice equals running it once, whoever runs it and whenever."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.apps import apps

from feeds import steps as outward
from pipeline import steps
from pipeline.actions import upkeep
from pipeline.ledger import units
from pipeline.ledger.models import Event, Unit
from pipeline.runner import Effect, Outcome, Runner, Work
from pipeline.stages import Step, UnitState
from tests.make import Office, corrected

STEPS = [Step.EXTRACT, Step.CLEAR, Step.TRANSLATE, Step.CHECK, Step.RELEASE, Step.PUBLISH]


def ledger(*, events: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Every row of the ledger but the queue's own."""
    left_out = {Unit} if events else {Unit, Event}
    models = [model for model in apps.get_app_config("ledger").get_models() if model not in left_out]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def told_twice() -> list[tuple[str, str]]:
    """Events of the article's way that stand in the trail more than once."""
    told = Counter(Event.objects.filter(article__isnull=False).values_list("action", "subject"))
    return [account for account, times in told.items() if times > 1]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_run_again_changes_neither_rows_nor_bytes(step: Step, office: Office) -> None:
    office.publish(section="Bridges")
    rows, files = ledger(), office.stamps()
    office.clock.forward(minutes=10)
    subjects = list(Unit.objects.filter(step=step).values_list("subject", flat=True))
    assert subjects
    for subject in subjects:
        units.arm(step, subject, now=office.clock())
    assert set(office.run()) == {Outcome.DONE}
    assert ledger() == rows
    assert office.stamps() == files


@pytest.mark.parametrize("step", STEPS)
def test_what_a_correction_superseded_cannot_come_back_by_running_its_steps_again(step: Step, office: Office) -> None:
    article = office.publish()
    old = list(Unit.objects.filter(step=step).values_list("subject", flat=True))
    office.clock.forward(hours=1)
    office.publish(corrected(), correction="Fueron 14 millones.")
    rows, files = ledger(), office.stamps()
    office.clock.forward(minutes=10)
    for subject in old:
        units.arm(step, subject, now=office.clock())
    assert set(office.run()) == {Outcome.DONE}
    assert ledger() == rows
    assert office.stamps() == files
    assert office.release(article).version == 2


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_froze_until_another_did_its_work_saves_nothing(step: Step, office: Office) -> None:
    """The first worker loads and decides, sleeps past its lease, and wakes when the second is through."""
    frozen: list[str] = []
    table = {**steps.table(office.room), **outward.table(office.room)}

    def freezing(work: Work) -> Effect:
        effect = table[step](work)
        if not frozen:
            frozen.append(work.subject)
            office.clock.forward(seconds=units.LEASE.total_seconds() + 1)
            assert office.runner.run(work.claim.unit) is Outcome.DONE
        return effect

    outcomes: list[Outcome] = []
    office.receive()
    Runner({**table, step: freezing}, office.clock).drain(on_run=outcomes.append)
    assert outcomes.count(Outcome.STALE) == 1
    assert set(outcomes) == {Outcome.DONE, Outcome.STALE}
    assert frozen
    assert [row["version"] for row in ledger()["Release"]] == [1]
    assert not told_twice()


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_died_in_the_middle_of_a_step_leaves_nothing_half_done(step: Step, office: Office) -> None:
    died: list[str] = []
    table = {**steps.table(office.room), **outward.table(office.room)}

    class Killed(BaseException):
        """As a process that is killed: nobody cleans up."""

    def dying(work: Work) -> Effect:
        effect = table[step](work)

        def save() -> None:
            effect()
            if not died:
                died.append(work.subject)
                raise Killed

        return save

    article = office.receive().article
    runner = Runner({**table, step: dying}, office.clock)
    with pytest.raises(Killed):
        runner.drain()
    [leased] = Unit.objects.filter(state=UnitState.LEASED)
    assert units.claim(leased.pk, now=office.clock()) is None, "the lease still runs"
    office.clock.forward(seconds=units.LEASE.total_seconds() + 1)
    assert set(office.run()) == {Outcome.DONE}
    assert office.release(article).version == 1
    assert len(office.bodies()) == 1
    assert not told_twice()


def test_rendering_again_leaves_bytes_and_times_alone(office: Office) -> None:
    office.publish(section="Bridges")
    before = office.stamps()
    office.clock.forward(hours=5)
    assert upkeep.refresh_everything(now=office.clock()) > 0
    office.run()
    assert office.stamps() == before


def test_a_file_that_was_damaged_or_deleted_comes_back_as_it_was(office: Office) -> None:
    article = office.publish()
    before = office.files()
    office.page(article).unlink()
    rss = office.home / "public/feeds/es/all/rss.xml"
    rss.write_bytes(b"broken")
    upkeep.refresh_everything(now=office.clock.forward(hours=1))
    office.run()
    assert office.files() == before


def test_the_same_configuration_again_changes_nothing(office: Office) -> None:
    office.publish()
    rows, files = ledger(), office.stamps()
    office.clock.forward(hours=1)
    office.apply(office.text)
    office.run()
    assert ledger() == rows
    assert office.stamps() == files


def test_a_withheld_release_is_withheld_once(office: Office) -> None:
    article = office.publish()
    office.apply(office.text.replace("licenses/by/4.0/", "licenses/by-nd/4.0/"))
    office.run()
    assert office.release(article).state == "withheld"
    rows = ledger()
    office.clock.forward(minutes=1)
    units.arm(Step.RELEASE, f"translation:{office.release(article).translation_id}", now=office.clock())
    office.run()
    assert ledger() == rows
