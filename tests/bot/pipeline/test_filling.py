"""A list day fetched by date: paged to its end, and not taken for what it is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.pages import Item
from bot.domain.papers import Paper, PaperId
from bot.errors import SourceGarbled
from bot.pipeline.filling import CONFIRM_AFTER, Slice, whole_day

DAY = date(2026, 6, 9)
BEGIN = datetime(2026, 6, 5, 18, tzinfo=UTC)  # Friday's closing, 14:00 Eastern


class PassingClock:
    def __init__(self) -> None:
        self.slept = timedelta()

    def now(self) -> datetime:
        return BEGIN

    async def sleep(self, duration: timedelta) -> None:
        self.slept += duration


class FakeArchive:
    """Answers with the slices in turn, then again with the last."""

    def __init__(self, *slices: Slice) -> None:
        self.slices = list(slices)
        self.starts: list[int] = []

    async def submitted(self, after: datetime, until: datetime, *, start: int) -> Slice:
        self.starts.append(start)
        return self.slices.pop(0) if len(self.slices) > 1 else self.slices[0]


def papers(*numbers: int, at: datetime = BEGIN + timedelta(hours=1)) -> tuple[Item, ...]:
    return tuple(
        Item(paper=Paper(id=PaperId(f"arxiv:2606.{n:05}"), title=f"T{n}", submitted_at=at))
        for n in numbers
    )


NOTHING = Slice(items=(), read=0, total=0)


async def test_it_is_paged_to_its_end_and_entries_that_cannot_be_read_count() -> None:
    archive = FakeArchive(
        Slice(items=papers(1, 2), read=3, total=5), Slice(items=papers(3, 4), read=2, total=5)
    )
    page = await whole_day(archive, DAY, PassingClock())
    assert archive.starts == [0, 3]
    assert [item.paper.title for item in page.items] == ["T1", "T2", "T3", "T4"]
    assert {item.paper.list_day for item in page.items} == {DAY}
    assert (page.source, page.list_day, page.skipped) == ("archive", DAY, 1)


async def test_what_was_submitted_outside_the_window_is_left_to_its_own_day() -> None:
    both = (*papers(1), *papers(2, at=BEGIN))
    page = await whole_day(FakeArchive(Slice(items=both, read=2, total=2)), DAY, PassingClock())
    assert [item.paper.title for item in page.items] == ["T1"]


async def test_an_empty_answer_is_confirmed_once() -> None:
    clock = PassingClock()
    full = Slice(items=papers(1), read=1, total=1)
    assert len((await whole_day(FakeArchive(NOTHING, full), DAY, clock)).items) == 1
    assert clock.slept == CONFIRM_AFTER
    assert not (await whole_day(FakeArchive(NOTHING), DAY, PassingClock())).items


@pytest.mark.parametrize(
    "slices",
    [
        (Slice(items=papers(1), read=1, total=3), NOTHING),
        (Slice(items=papers(1), read=1, total=3),),
        (Slice(items=papers(1, at=BEGIN - timedelta(days=9)), read=1, total=1),),
    ],
    ids=["it ends early", "it repeats itself", "it is of other days"],
)
async def test_an_answer_that_cannot_be_the_days_is_refused(slices: tuple[Slice, ...]) -> None:
    with pytest.raises(SourceGarbled):
        await whole_day(FakeArchive(*slices), DAY, PassingClock())
