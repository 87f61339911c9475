"""The garbage collector is held while something grows, and is never left off."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from grading.garbage_collection import collect_seldom, gc_paused
from grading.model.base import Mode
from tests.engine.strategies import any_audit
from tests.shipped import ENGINE, LIBRARY


@pytest.fixture(autouse=True)
def at_work() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_nothing_is_collected_meanwhile_and_everything_as_before_afterwards() -> None:
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_set_to_work_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), gc_paused():
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    with gc_paused():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_threads_that_hold_it_one_over_the_other_leave_it_at_work() -> None:
    def hold(times: int) -> None:
        for _ in range(times):
            with gc_paused():
                sum(range(50))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(hold, [2_000] * 4))
    assert gc.isenabled()


def test_a_grading_with_its_trace_is_no_work_for_the_collector_of_our_programs() -> None:
    audit = any_audit(LIBRARY.ruleset("national-2020/foundry"), Random(1), shares=(0,))
    ENGINE.grade(audit, Mode.TRIAL)

    def collections_of_a_grading() -> int:
        gc.collect()
        before = gc.get_stats()[0]["collections"]
        assert list(ENGINE.grade(audit, Mode.TRIAL).units[0].trace)
        return int(gc.get_stats()[0]["collections"] - before)

    usual = gc.get_threshold()
    try:
        gc.set_threshold(700)
        assert collections_of_a_grading() > 0
        collect_seldom()
        assert collections_of_a_grading() == 0
    finally:
        gc.set_threshold(*usual)
