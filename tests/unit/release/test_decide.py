"""What happens to an article in a product: the whole table, and the rules that hold in every row of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.release.decide import Action, Candidate, Decision, Standing, decide, default_note, embargo, guid
from pipeline.stages import ReleaseState
from pipeline.types import Permission, Ruling
from tests.make import START

USABLE, SCHEDULED = ReleaseState.USABLE, ReleaseState.SCHEDULED
WITHHELD, CANCELED = ReleaseState.WITHHELD, ReleaseState.CANCELED


def permission(ruling: Ruling) -> Permission:
    return Permission(ruling=ruling, code=f"code-{ruling}", reason=f"reason {ruling}", reason_es="")


def candidate(order: tuple[int, int], text: str = "text") -> Candidate:
    return Candidate(revision=order[0], version=order[1], text_sha256=text)


def standing(state: ReleaseState, order: tuple[int, int] = (2, 1), text: str = "text") -> Standing:
    return Standing(state=state, revision=order[0], version=order[1], text_sha256=text)


OLDER, EQUAL, NEWER, NEWER_REVISION = (1, 9), (2, 1), (2, 2), (3, 1)
ALLOW, HOLD, REFUSE = Ruling.ALLOW, Ruling.HOLD, Ruling.REFUSE

# what stands, what asks, does its text differ, the gate's ruling, withdrawn -> what is done
ROWS = [
    # nothing stands
    (None, EQUAL, True, ALLOW, False, Action.CREATE),
    (None, EQUAL, True, HOLD, False, Action.WITHHOLD),
    (None, EQUAL, True, REFUSE, False, Action.WITHHOLD),
    (None, EQUAL, True, ALLOW, True, Action.NOTHING),
    (None, EQUAL, True, REFUSE, True, Action.NOTHING),
    # something is out, or will be
    *((state, NEWER, True, ALLOW, False, Action.REVISE) for state in (USABLE, SCHEDULED)),
    *((state, NEWER_REVISION, True, ALLOW, False, Action.REVISE) for state in (USABLE, SCHEDULED)),
    *((state, NEWER, False, ALLOW, False, Action.KEEP) for state in (USABLE, SCHEDULED)),
    *((state, NEWER_REVISION, False, ALLOW, False, Action.KEEP) for state in (USABLE, SCHEDULED)),
    *((state, EQUAL, False, ALLOW, False, Action.NOTHING) for state in (USABLE, SCHEDULED)),
    *((state, OLDER, True, ALLOW, False, Action.NOTHING) for state in (USABLE, SCHEDULED)),
    *((state, OLDER, False, ALLOW, False, Action.NOTHING) for state in (USABLE, SCHEDULED)),
    *((state, EQUAL, False, HOLD, False, Action.WITHHOLD) for state in (USABLE, SCHEDULED)),
    *((state, EQUAL, False, REFUSE, False, Action.WITHHOLD) for state in (USABLE, SCHEDULED)),
    *((state, NEWER, True, REFUSE, False, Action.WITHHOLD) for state in (USABLE, SCHEDULED)),
    # an older translation has no say, also when its own licence mark would be refused
    *((state, OLDER, True, REFUSE, False, Action.NOTHING) for state in (USABLE, SCHEDULED, WITHHELD)),
    *((state, OLDER, True, HOLD, False, Action.NOTHING) for state in (USABLE, SCHEDULED, WITHHELD)),
    # it was taken back for its rights
    (WITHHELD, EQUAL, False, ALLOW, False, Action.RESTORE),
    (WITHHELD, NEWER, True, ALLOW, False, Action.RESTORE),
    (WITHHELD, NEWER_REVISION, False, ALLOW, False, Action.RESTORE),
    (WITHHELD, OLDER, True, ALLOW, False, Action.NOTHING),
    (WITHHELD, EQUAL, False, HOLD, False, Action.WITHHOLD),
    (WITHHELD, NEWER, True, REFUSE, False, Action.WITHHOLD),
    # a withdrawal is final
    *(
        (CANCELED, order, differs, ruling, withdrawn, Action.NOTHING)
        for order in (OLDER, EQUAL, NEWER, NEWER_REVISION)
        for differs in (True, False)
        for ruling in Ruling
        for withdrawn in (True, False)
    ),
    *((state, NEWER, True, ALLOW, True, Action.NOTHING) for state in (USABLE, SCHEDULED, WITHHELD)),
]


@pytest.mark.parametrize(("state", "order", "differs", "ruling", "withdrawn", "action"), ROWS)
def test_the_table(
    state: ReleaseState | None,
    order: tuple[int, int],
    differs: bool,
    ruling: Ruling,
    withdrawn: bool,
    action: Action,
) -> None:
    asks = candidate(order, "other text" if differs else "text")
    stands = standing(state) if state else None
    decision = decide(asks, stands, permission(ruling), withdrawn=withdrawn)
    assert decision.action is action
    if action is Action.WITHHOLD:
        assert (decision.code, decision.reason) == (f"code-{ruling}", f"reason {ruling}")


orders = st.tuples(st.integers(1, 4), st.integers(1, 4))
texts = st.sampled_from(["a", "b"])
standings = st.none() | st.builds(standing, st.sampled_from(ReleaseState), orders, texts)
verdicts = st.builds(permission, st.sampled_from(Ruling))


@given(st.builds(candidate, orders, texts), standings, verdicts, st.booleans())
def test_nothing_that_was_withdrawn_or_is_not_allowed_or_is_older_becomes_visible(
    asks: Candidate, stands: Standing | None, verdict: Permission, withdrawn: bool
) -> None:
    decision = decide(asks, stands, verdict, withdrawn=withdrawn)
    older = stands is not None and (asks.revision, asks.version) < (stands.revision, stands.version)
    canceled = stands is not None and stands.state is CANCELED
    if withdrawn or canceled or older:
        assert decision.action is Action.NOTHING
    elif verdict.ruling is not ALLOW:
        assert decision.action is Action.WITHHOLD
    else:
        assert decision.action is not Action.WITHHOLD


@given(st.builds(candidate, orders, texts), standings, verdicts, st.booleans())
def test_deciding_again_once_it_is_done_tells_nobody_anything_new(
    asks: Candidate, stands: Standing | None, verdict: Permission, withdrawn: bool
) -> None:
    first = decide(asks, stands, verdict, withdrawn=withdrawn)
    if first.action is Action.NOTHING:
        return
    state = WITHHELD if first.action is Action.WITHHOLD else USABLE
    done = Standing(state=state, revision=asks.revision, version=asks.version, text_sha256=asks.text_sha256)
    second = decide(asks, done, verdict, withdrawn=withdrawn)
    assert second.action is (Action.WITHHOLD if first.action is Action.WITHHOLD else Action.NOTHING)


def test_reasons_are_given_where_nothing_is_done() -> None:
    assert decide(candidate(OLDER), standing(USABLE), permission(ALLOW), withdrawn=False) == Decision(
        action=Action.NOTHING, code="older", reason="a newer version is released already"
    )
    assert decide(candidate(EQUAL), standing(USABLE), permission(ALLOW), withdrawn=True).code == "withdrawn"


def test_an_embargo_is_a_moment_and_none_is_none() -> None:
    assert embargo(0, now=START) is None
    assert embargo(90, now=START) == START + timedelta(minutes=90)


def test_a_guid_is_made_of_keys_alone_and_is_the_same_in_every_product() -> None:
    assert guid("eco.example,2026", 7, "es") == "tag:eco.example,2026:article/7/es"


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(["es", "pt", "fr"]), st.sampled_from(["es", "pt"]))
def test_two_articles_or_languages_never_share_a_guid(one: int, two: int, language: str, second: str) -> None:
    same = guid("eco.example,2026", one, language) == guid("eco.example,2026", two, second)
    assert same == ((one, language) == (two, second))


def test_readers_of_every_language_are_told_something_when_nobody_said_why() -> None:
    assert default_note("es") == "el texto sigue la nueva versión publicada por el medio original"
    assert default_note("en") != default_note("es")
    assert default_note("ca") == default_note("en")
