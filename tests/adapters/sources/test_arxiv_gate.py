"""arXiv's terms: one request at a time, 3.5 s apart, and quiet after a refusal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sources_world import NOON, GateNotes, PassingClock, StandingClock

from adapters.http import Answer, TooManyRequests
from adapters.sources.arxiv_gate import ArxivGate, GateClosed
from bot.errors import SourceAway

ANSWER = Answer(status=200, body=b"", headers={})
SECONDS = timedelta(seconds=1)


class Arxiv:
    """Answers after `takes`; notes when each request began and ended."""

    def __init__(self, clock: PassingClock, takes: timedelta = 2 * SECONDS) -> None:
        self.clock = clock
        self.takes = takes
        self.spans: list[tuple[datetime, datetime]] = []
        self.failure: Exception | None = None

    async def ask(self) -> Answer:
        start = self.clock.now()
        await self.clock.sleep(self.takes)
        self.spans.append((start, self.clock.now()))
        if self.failure is not None:
            raise self.failure
        return ANSWER


@pytest.fixture
def clock() -> PassingClock:
    return PassingClock()


@pytest.fixture
def arxiv(clock) -> Arxiv:
    return Arxiv(clock)


@pytest.fixture
def gate(clock) -> ArxivGate:
    return ArxivGate(clock, GateNotes())


async def test_the_first_request_goes_at_once(gate, arxiv):
    assert await gate.ask(arxiv.ask) is ANSWER
    assert arxiv.spans == [(NOON, NOON + 2 * SECONDS)]


async def test_requests_are_alone_and_spaced_from_the_end_of_an_answer(gate, arxiv):
    await asyncio.gather(*(gate.ask(arxiv.ask) for _ in range(5)))
    gaps = [
        later[0] - earlier[1] for earlier, later in zip(arxiv.spans, arxiv.spans[1:], strict=False)
    ]
    assert gaps == [3.5 * SECONDS] * 4


async def test_a_failed_request_is_spaced_too(gate, arxiv):
    arxiv.failure = SourceAway("down")
    for _ in range(2):
        with pytest.raises(SourceAway, match="down"):
            await gate.ask(arxiv.ask)
    assert arxiv.spans[1][0] - arxiv.spans[0][1] == 3.5 * SECONDS


async def test_a_cancelled_request_is_spaced_too_and_leaves_the_gate_usable():
    clock = StandingClock()
    gate = ArxivGate(clock, GateNotes())
    never = asyncio.Event()

    async def hang() -> Answer:
        await never.wait()
        return ANSWER

    task = asyncio.create_task(gate.ask(hang))
    await asyncio.sleep(0)
    clock.advance(10 * SECONDS)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    asked = []

    async def answer() -> Answer:
        asked.append(clock.now())
        return ANSWER

    following = asyncio.create_task(gate.ask(answer))
    await asyncio.sleep(0)
    clock.advance(3.4 * SECONDS)
    await asyncio.sleep(0.01)
    assert asked == []
    clock.advance(0.1 * SECONDS)
    await following
    assert asked == [NOON + 13.5 * SECONDS]


async def test_refusals_close_the_gate_for_ten_minutes_doubling_to_two_hours(gate, arxiv, clock):
    arxiv.failure = TooManyRequests("Rate exceeded.")
    pauses = []
    for _ in range(6):
        with pytest.raises(TooManyRequests) as caught:
            await gate.ask(arxiv.ask)
        pauses.append(caught.value.retry_after)
        requests = len(arxiv.spans)
        clock.time += pauses[-1] - SECONDS
        with pytest.raises(GateClosed) as closed:
            await gate.ask(arxiv.ask)
        assert closed.value.retry_after == SECONDS
        assert len(arxiv.spans) == requests
        clock.time += SECONDS
    assert pauses == [timedelta(minutes=m) for m in (10, 20, 40, 80, 120, 120)]


async def test_an_answer_ends_the_doubling(gate, arxiv, clock):
    for failure in (TooManyRequests("x"), TooManyRequests("x"), None, TooManyRequests("x")):
        arxiv.failure = failure
        try:
            await gate.ask(arxiv.ask)
            pause = timedelta(0)
        except TooManyRequests as error:
            pause = error.retry_after
        clock.time += pause
    assert pause == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [(60 * SECONDS, 10), (timedelta(minutes=45), 45), (timedelta(hours=20), 120)],
)
async def test_a_refusal_that_asks_for_longer_gets_it(gate, arxiv, asked, pause):
    arxiv.failure = TooManyRequests("x", retry_after=asked)
    with pytest.raises(TooManyRequests) as caught:
        await gate.ask(arxiv.ask)
    assert caught.value.retry_after == timedelta(minutes=pause)


async def test_those_who_wait_when_a_refusal_comes_do_not_ask(gate, arxiv):
    arxiv.failure = TooManyRequests("x")
    outcomes = await asyncio.gather(
        *(gate.ask(arxiv.ask) for _ in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [TooManyRequests, GateClosed, GateClosed]
    assert len(arxiv.spans) == 1


async def test_retry_after_of_an_outage_is_kept(gate, arxiv, clock):
    arxiv.failure = SourceAway("503", retry_after=30 * SECONDS)
    with pytest.raises(SourceAway):
        await gate.ask(arxiv.ask)
    arxiv.failure = None
    with pytest.raises(GateClosed):
        await gate.ask(arxiv.ask)
    clock.time += 30 * SECONDS
    assert await gate.ask(arxiv.ask) is ANSWER


async def test_a_budget_gives_up_instead_of_waiting(gate, arxiv, clock):
    assert await gate.ask(arxiv.ask, wait_budget=2 * SECONDS) is ANSWER
    before = clock.now()
    with pytest.raises(GateClosed) as caught:
        await gate.ask(arxiv.ask, wait_budget=2 * SECONDS)
    assert caught.value.retry_after == 3.5 * SECONDS
    assert clock.now() == before
    clock.time += 1.5 * SECONDS
    assert await gate.ask(arxiv.ask, wait_budget=2 * SECONDS) is ANSWER
    assert len(arxiv.spans) == 2


async def test_a_budget_counts_those_before_us(gate, arxiv, clock):
    waiting = [asyncio.create_task(gate.ask(arxiv.ask)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(GateClosed):
        await gate.ask(arxiv.ask, wait_budget=6 * SECONDS)
    with pytest.raises(GateClosed):  # it may begin to wait, but the answers before it take too long
        await gate.ask(arxiv.ask, wait_budget=8 * SECONDS)
    await asyncio.gather(*waiting)
    assert len(arxiv.spans) == 2


async def test_a_clock_that_is_set_back_does_not_close_the_gate(gate, arxiv, clock):
    await gate.ask(arxiv.ask)
    clock.time -= timedelta(days=1)
    before = clock.now()
    await gate.ask(arxiv.ask)
    assert arxiv.spans[1][0] - before == 3.5 * SECONDS


# -- a restart ----------------------------------------------------------------


@pytest.fixture
def notes() -> GateNotes:
    return GateNotes()


async def test_a_cool_down_survives_a_restart_and_goes_on_doubling(arxiv, clock, notes):
    pauses = []
    for _ in range(6):
        arxiv.failure = TooManyRequests("Rate exceeded.")
        with pytest.raises(TooManyRequests) as caught:
            await ArxivGate(clock, notes).ask(arxiv.ask)
        pauses.append(caught.value.retry_after)
        clock.time += pauses[-1] - SECONDS
        with pytest.raises(GateClosed) as closed:
            await ArxivGate(clock, notes).ask(arxiv.ask)
        assert closed.value.retry_after == SECONDS
        clock.time += SECONDS
    assert pauses == [timedelta(minutes=m) for m in (10, 20, 40, 80, 120, 120)]
    arxiv.failure = None
    await ArxivGate(clock, notes).ask(arxiv.ask)
    clock.time += 4 * SECONDS
    arxiv.failure = TooManyRequests("Rate exceeded.")
    with pytest.raises(TooManyRequests) as caught:
        await ArxivGate(clock, notes).ask(arxiv.ask)
    assert caught.value.retry_after == timedelta(minutes=10)


async def test_a_process_that_starts_after_another_keeps_the_spacing(arxiv, clock, notes):
    for _ in range(3):
        await ArxivGate(clock, notes).ask(arxiv.ask)
    gaps = [
        later[0] - earlier[1] for earlier, later in zip(arxiv.spans, arxiv.spans[1:], strict=False)
    ]
    assert gaps == [3.5 * SECONDS] * 2


async def test_a_process_that_is_killed_during_a_request_has_asked(clock, notes):
    killed = asyncio.Event()

    async def hang() -> Answer:
        killed.set()
        await asyncio.Event().wait()
        return ANSWER

    dying = asyncio.create_task(ArxivGate(clock, notes).ask(hang))
    await killed.wait()
    kept = dict(notes.kept)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    notes.kept = kept  # a kill -9 writes nothing any more
    arxiv = Arxiv(clock)
    await ArxivGate(clock, notes).ask(arxiv.ask)
    assert arxiv.spans[0][0] == NOON + 3.5 * SECONDS


async def test_a_kept_cool_down_is_never_longer_than_two_hours(arxiv, clock, notes):
    arxiv.failure = TooManyRequests("Rate exceeded.")
    with pytest.raises(TooManyRequests):
        await ArxivGate(clock, notes).ask(arxiv.ask)
    clock.time -= timedelta(days=1)
    with pytest.raises(GateClosed) as closed:
        await ArxivGate(clock, notes).ask(arxiv.ask)
    assert closed.value.retry_after == timedelta(hours=2)
