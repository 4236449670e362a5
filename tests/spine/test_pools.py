"""Due translations share a pool; each is still claimed, worked and saved by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from feeds import steps as outward
from pipeline import steps
from pipeline.actions.hurry import hurry
from pipeline.errors import BatchFailed, IllegalTransition, ModelMissing
from pipeline.ledger import units
from pipeline.ledger.models import Event, Translation, Unit
from pipeline.runner import Effect, Outcome, Runner, Work
from pipeline.stages import Step, UnitState
from pipeline.types import Hypothesis
from tests.fakes import PhraseBook
from tests.make import NEWSROOM, Office, story

REST = (
    "The mayor said that nobody will pay for the books.",
    "Families had waited for the building since the flood.",
    "The first lessons begin in the autumn, according to the teachers.",
)

pytestmark = pytest.mark.django_db


class Scripted(PhraseBook):
    """Translates anything; calls back before each answer."""

    def __init__(self, before: Callable[[Sequence[str]], None] = lambda sentences: None) -> None:
        super().__init__(mark="El ")
        self.before = before

    def translate(self, sentences: Sequence[str], **options: Any) -> list[Hypothesis]:
        self.before(sentences)
        return super().translate(sentences, **options)


def ready(office: Office, count: int, before: Callable[[Sequence[str]], None] = lambda sentences: None) -> list[int]:
    """So many articles of different text, up to the translate step; the units that will translate them."""
    office.engine = Scripted(before)
    for number in range(count):
        text = (f"Village {number} opened its new school on the hill.", *REST)
        office.receive(story(f"School {number} opens", text), url=f"https://river.example/{number}")
    for step in (Step.EXTRACT, Step.CLEAR):
        for unit in Unit.objects.filter(step=step).order_by("pk"):
            assert office.runner.run(unit.pk) is Outcome.DONE
    return list(Unit.objects.filter(step=Step.TRANSLATE).order_by("pk").values_list("pk", flat=True))


def states() -> list[tuple[str, int, str]]:
    return list(Unit.objects.filter(step=Step.TRANSLATE).order_by("pk").values_list("state", "attempts", "error_code"))


def test_one_bell_translates_all_that_is_due(office: Office) -> None:
    [first, *others] = ready(office, 4)
    outcomes: list[Outcome] = []
    assert office.runner.run(first, on_run=outcomes.append) is Outcome.DONE
    assert outcomes == [Outcome.DONE] * 4
    assert len(office.engine.asked) == 1
    assert [office.runner.run(other) for other in others] == [Outcome.NOT_DUE] * 3
    assert Event.objects.filter(action="translation.drafted").count() == 4


def test_a_pool_takes_no_more_than_its_budget(office: Office) -> None:
    office.apply(NEWSROOM + "[translation]\npool_tokens = 700\n")
    [first, *_] = ready(office, 6)
    outcomes: list[Outcome] = []
    office.runner.run(first, on_run=outcomes.append)
    assert 1 < len(outcomes) < 6
    assert {state for state, _, _ in states()} == {UnitState.DONE, UnitState.READY}


def test_without_a_budget_each_goes_alone(office: Office) -> None:
    office.apply(NEWSROOM + "[translation]\npool_tokens = 0\n")
    ready(office, 3)
    office.run()
    assert len(office.engine.asked) == 3


def test_an_urgent_article_waits_for_nobody_and_goes_first(office: Office) -> None:
    ready(office, 2)
    office.receive(
        story("School burns", ("A fire broke out at dawn.", *REST)), url="https://river.example/fire", urgent=True
    )
    ran: list[str] = []
    while units.due(now=office.clock()) and Unit.objects.filter(step=Step.TRANSLATE, state="ready").count() > 1:
        [unit] = Unit.objects.filter(pk=units.due(now=office.clock())[0])
        ran.append(unit.step)
        office.runner.run(unit.pk)
    assert ran[:4] == [Step.EXTRACT, Step.CLEAR, Step.TRANSLATE, Step.CHECK]
    first, *_ = office.engine.asked
    assert first == ("School burns", "A fire broke out at dawn.", *REST)


def test_one_that_an_editor_hurries_goes_first_and_shares_no_pool(office: Office) -> None:
    last = ready(office, 3)[-1]
    article = Translation.objects.get(pk=int(Unit.objects.get(pk=last).subject.partition(":")[2])).revision.article_id
    assert hurry(article, reason="it leads at six", actor="ana", now=office.clock()) == 1
    assert units.due(now=office.clock())[0] == last
    outcomes: list[Outcome] = []
    office.runner.run(last, on_run=outcomes.append)
    assert outcomes == [Outcome.DONE]
    assert set(Unit.objects.filter(urgent=True).values_list("step", flat=True)) >= {Step.TRANSLATE, Step.CHECK}
    event = Event.objects.get(action="article.hurried")
    assert (event.actor, event.article_id, event.reason) == ("ana", article, "it leads at six")


def test_one_that_is_hurried_while_a_step_runs_stays_urgent_after_it(office: Office) -> None:
    article = office.receive().article
    extract = Unit.objects.get(step=Step.EXTRACT)
    claimed = units.claim(extract.pk, now=office.clock())
    assert claimed is not None
    hurry(article, reason="", actor="ana", now=office.clock())
    work = Work(subject=claimed.subject, now=office.clock(), claim=claimed, clock=office.clock, _renewed=office.clock())
    effect = steps.table(office.room)[Step.EXTRACT](work)
    units.close(claimed, now=office.clock())
    effect()
    assert Unit.objects.get(step=Step.CLEAR).urgent


def test_nothing_to_hurry_is_said(office: Office) -> None:
    with pytest.raises(IllegalTransition, match="there is no article 9"):
        hurry(9, reason="", actor="ana", now=office.clock())
    article = office.publish()
    with pytest.raises(IllegalTransition, match=f"nothing of article {article} is waiting"):
        hurry(article, reason="", actor="ana", now=office.clock())


def test_a_worker_waits_a_little_for_articles_on_their_way_but_not_with_an_urgent_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = ready(office, 1)
    office.receive(story("Library opens", ("A library opened.", *REST)), url="https://river.example/library")
    waited: list[float] = []

    def meanwhile(seconds: float) -> None:
        """Another worker brings the second article on its way while the first one's pool waits."""
        waited.append(seconds)
        office.runner.run(Unit.objects.get(step__in=[Step.EXTRACT, Step.CLEAR], state=UnitState.READY).pk)

    monkeypatch.setattr("pipeline.runner.time.sleep", meanwhile)
    outcomes: list[Outcome] = []
    office.runner.run(first, patient=True, on_run=outcomes.append)
    assert outcomes == [Outcome.DONE] * 2
    assert len(office.engine.asked) == 1
    assert len(waited) == 2

    office.receive(story("School burns", ("A fire broke out.", *REST)), url="https://river.example/fire", urgent=True)
    office.run()
    office.receive(story("Bus late", ("A bus was late.", *REST)), url="https://river.example/bus")
    again = Unit.objects.get(step=Step.TRANSLATE, urgent=True)
    units.arm(Step.TRANSLATE, again.subject, now=office.clock(), urgent=True)
    office.runner.run(again.pk, patient=True)
    assert len(waited) == 2


def test_one_that_failed_or_whose_worker_died_goes_alone(office: Office) -> None:
    """So a poison that takes the whole process down takes its company down once, and itself alone after that."""
    claimed = ready(office, 3)
    for unit in claimed:
        assert units.claim(unit, now=office.clock())
    office.clock.forward(seconds=units.LEASE.total_seconds() + 1)
    outcomes: list[Outcome] = []
    office.runner.run(claimed[0], on_run=outcomes.append)
    assert outcomes == [Outcome.DONE]
    assert [state for state, _, _ in states()] == [UnitState.DONE, UnitState.LEASED, UnitState.LEASED]


def test_a_poisonous_article_holds_nobody(office: Office) -> None:
    def choke(sentences: Sequence[str]) -> None:
        if "School 2 opens" in sentences:
            raise BatchFailed("choked")

    [first, *_] = ready(office, 5, choke)
    outcomes: list[Outcome] = []
    office.runner.run(first, on_run=outcomes.append)
    assert outcomes == [Outcome.DONE] * 5  # its one bad sentence is left in English, with a finding
    findings = [[each["code"] for each in row.findings] for row in Translation.objects.order_by("pk")]
    assert findings == [[], [], ["engine-failed"], [], []]


def test_an_article_that_cannot_be_worked_on_fails_alone(office: Office) -> None:
    def choke(sentences: Sequence[str]) -> None:
        if "School 2 opens" in sentences:
            raise ZeroDivisionError

    [first, *_] = ready(office, 5, choke)
    outcomes: list[Outcome] = []
    office.runner.run(first, on_run=outcomes.append)
    assert sorted(outcomes) == [Outcome.DONE] * 4 + [Outcome.FAILED]
    assert states()[2] == (UnitState.READY, 1, "unexpected")


def test_a_missing_model_is_everybodys_trouble_and_divides_nobody(office: Office) -> None:
    asked: list[tuple[str, str]] = []

    def missing(source: str, target: str) -> PhraseBook:
        asked.append((source, target))
        raise ModelMissing

    [first, *_] = ready(office, 3)
    room = replace(office.room, engine_for=missing)
    Runner(steps.table(room), office.clock, pooled=steps.pools(room)).run(first)
    assert states() == [(UnitState.PARKED, 1, "model-missing")] * 3
    assert asked == [("en", "es")]


def test_a_killed_pool_half_saves_nothing_and_loses_nothing(office: Office) -> None:
    class Killed(BaseException):
        """As a process that is killed: nobody cleans up."""

    drafted = 0

    class Dying:
        """The real pool, but the process dies while it saves the third article."""

        def __init__(self) -> None:
            self.pool = steps.pools(office.room)[Step.TRANSLATE]
            self.budget, self.patience, self.feeders = self.pool.budget, self.pool.patience, self.pool.feeders
            self.weigh = self.pool.weigh

        def run(self, works: Sequence[Work]) -> Any:
            nonlocal drafted
            for work, effect in self.pool.run(works):
                drafted += 1
                yield work, _then_die(effect) if drafted == 3 else effect

    def _then_die(effect: Effect | Exception) -> Effect:
        def save() -> None:
            assert not isinstance(effect, Exception)
            effect()
            raise Killed

        return save

    [first, *_] = ready(office, 5)
    table = {**steps.table(office.room), **outward.table(office.room)}
    with pytest.raises(Killed):
        Runner(table, office.clock, pooled={Step.TRANSLATE: Dying()}).run(first)
    assert [state for state, _, _ in states()] == [UnitState.DONE] * 2 + [UnitState.LEASED] * 3
    assert list(Translation.objects.order_by("pk").values_list("state", flat=True)) == ["drafted"] * 2 + ["queued"] * 3
    assert Event.objects.filter(action="translation.drafted").count() == 2
    office.clock.forward(seconds=units.LEASE.total_seconds() + 1)
    assert set(office.run()) == {Outcome.DONE}
    assert Event.objects.filter(action="translation.drafted").count() == 5
    assert [state for state, _, _ in states()] == [UnitState.DONE] * 5


def test_leases_of_the_whole_pool_are_renewed_and_who_lost_one_is_left_out(office: Office) -> None:
    leased: list[list[Any]] = []

    def slow(sentences: Sequence[str]) -> None:
        Unit.objects.filter(pk=claimed[1]).update(fence=7)  # somebody else took it over
        office.clock.forward(seconds=units.RENEW_EVERY.total_seconds() + 1)

    claimed = ready(office, 3, slow)
    until = office.clock() + units.LEASE

    def ran(outcome: Outcome) -> None:
        outcomes.append(outcome)
        leased.append(
            list(Unit.objects.filter(step=Step.TRANSLATE, lease_until__gt=until).values_list("pk", flat=True))
        )

    outcomes: list[Outcome] = []
    office.runner.run(claimed[0], on_run=ran)
    assert sorted(outcomes) == [Outcome.DONE, Outcome.DONE, Outcome.STALE]
    assert leased[0] == [claimed[2]]  # renewed while the engine worked; the first is saved, the second is not ours
    assert Unit.objects.get(pk=claimed[1]).fence == 7
