"""What a page owes, rule by rule (DESIGN section 7)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.channels import ActorId, ChannelRef
from bot.domain.pages import AnnounceType, Cursor, Ingest, Item, ListDay, Page
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import Subscription, SubscriptionId
from bot.pipeline.plan import Context, plan_page
from bot.ports import IngestPlan
from bot.query.parser import parse

THURSDAY, FRIDAY, MONDAY = date(2026, 6, 11), date(2026, 6, 12), date(2026, 6, 15)
NOW = datetime(2026, 6, 12, 5, tzinfo=UTC)
LAB = ChannelRef(platform="local", workspace="local", channel="lab")
CLUB = ChannelRef(platform="local", workspace="local", channel="club")


def paper(number: str = "2606.00001", title: str = "Gaussian splatting", **facts: object) -> Paper:
    fields = {"sources": frozenset({"arxiv"}), "categories": ("cs.CV",)} | facts
    return Paper(id=PaperId(f"arxiv:{number}"), title=title, **fields)  # type: ignore[arg-type]


def subscription(
    number: int, query: str, channel: ChannelRef = LAB, from_day: date | None = THURSDAY
) -> Subscription:
    return Subscription(
        id=SubscriptionId(number + (0 if channel is LAB else 100)),
        channel=channel,
        number=number,
        query=parse(query),
        owner=ActorId("you"),
        owner_name="you",
        created_at=NOW - timedelta(days=1),
        from_day=from_day,
    )


def feed(*papers: Paper, kind: AnnounceType = AnnounceType.NEW, day: date = FRIDAY) -> Page:
    items = tuple(Item(paper=one, announce=kind) for one in papers)
    return Page(source="arxiv", items=items, list_day=day, cursor='"etag"')


def hf(*papers: Paper, source: str = "daily") -> Page:
    return Page(source=source, items=tuple(Item(paper=one) for one in papers), list_day=FRIDAY)


def planned(
    page: Page,
    *subscriptions: Subscription,
    known: tuple[Paper, ...] = (),
    ingest: Ingest = Ingest.ANNOUNCEMENT,
    now: datetime = NOW,
) -> IngestPlan:
    context = Context(
        ingest=ingest,
        known={one.id: one for one in known},
        subscriptions=subscriptions,
        cursor=Cursor(source=page.source, first_day=THURSDAY, newest_day=THURSDAY),
        now=now,
    )
    return plan_page(page, context)


def owed(plan: IngestPlan) -> set[tuple[str, str, tuple[int | None, ...]]]:
    return {
        (one.channel.channel, one.paper, tuple(why.number for why in one.reasons))
        for one in plan.owed
    }


def test_a_new_paper_is_owed_once_with_every_subscription_that_matched() -> None:
    plan = planned(
        feed(paper()),
        subscription(1, "gaussian"),
        subscription(2, '"gaussian splatting"'),
        subscription(3, "nerf"),
        subscription(1, "splatting", CLUB),
    )
    assert owed(plan) == {
        ("lab", "arxiv:2606.00001", (1, 2)),
        ("club", "arxiv:2606.00001", (1,)),
    }
    (first, _) = plan.owed[0].reasons
    assert first.query == "gaussian"
    assert first.words == ("Gaussian",)
    assert first.fields == ("title",)


def test_the_baseline_is_silent() -> None:
    assert not owed(planned(feed(paper(), day=THURSDAY), subscription(1, "gaussian")))
    assert owed(planned(feed(paper(), day=FRIDAY), subscription(1, "gaussian")))


def test_a_subscription_from_before_the_first_list_gets_the_first_list() -> None:
    plan = planned(feed(paper()), subscription(1, "gaussian", from_day=None))
    assert owed(plan)
    assert plan.baseline == THURSDAY


def test_a_paper_looked_up_yesterday_is_still_delivered_when_its_list_is_read() -> None:
    looked_up = paper(submitted_at=datetime(2026, 6, 10, 12, tzinfo=UTC), list_day=THURSDAY)
    plan = planned(feed(paper()), subscription(1, "gaussian"), known=(looked_up,))
    assert owed(plan)
    assert plan.papers[0].list_day == FRIDAY, "the list itself wins over the calendar"


def test_a_list_read_again_owes_nothing() -> None:
    first = planned(feed(paper()), subscription(1, "gaussian"))
    again = planned(feed(paper()), subscription(1, "gaussian"), known=first.papers)
    assert not again.owed
    assert not again.papers, "nothing changed, nothing is written"


def test_yesterdays_papers_served_under_todays_date_owe_nothing() -> None:
    known = paper(list_day=THURSDAY, announced_at=NOW - timedelta(days=1))
    assert not planned(feed(paper()), subscription(1, "gaussian"), known=(known,)).owed


def test_knowledge_never_owes() -> None:
    plan = planned(feed(paper()), subscription(1, "gaussian"), ingest=Ingest.KNOWLEDGE)
    assert not plan.owed
    assert plan.papers[0].announced_at is None


@pytest.mark.parametrize("kind", [AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS])
def test_a_replacement_owes_nothing_and_updates_the_text(kind: AnnounceType) -> None:
    known = paper(title="Splats", version=1, list_day=THURSDAY, announced_at=NOW)
    new = paper(title="Gaussian splatting", version=2)
    plan = planned(feed(new, kind=kind), subscription(1, "gaussian"), known=(known,))
    assert not plan.owed
    assert plan.papers[0].title == "Gaussian splatting"
    assert plan.papers[0].list_day == THURSDAY


@pytest.mark.parametrize(
    ("number", "counts"), [("2606.00001", True), ("2605.00001", True), ("2604.00001", False)]
)
def test_a_cross_list_is_new_when_unknown_and_of_this_or_last_month(
    number: str, *, counts: bool
) -> None:
    plan = planned(feed(paper(number), kind=AnnounceType.CROSS), subscription(1, "gaussian"))
    assert bool(plan.owed) is counts


def test_an_old_paper_that_trends_meets_in_trending_but_no_plain_word() -> None:
    old = paper("2401.00001", submitted_at=datetime(2024, 1, 3, tzinfo=UTC))
    trending = replace(old, lists=frozenset({"trending"}), stars=900)
    plan = planned(
        hf(trending, source="trending"),
        subscription(1, "gaussian"),
        subscription(2, "gaussian in:trending"),
    )
    assert owed(plan) == {("lab", "arxiv:2401.00001", (2,))}


def test_crossing_a_threshold_later_is_owed_once() -> None:
    known = paper(upvotes=6, list_day=FRIDAY, announced_at=NOW)
    alert = subscription(1, "gaussian upvotes>=10")
    assert not planned(hf(replace(known, upvotes=9)), alert, known=(known,)).owed
    crossing = planned(hf(replace(known, upvotes=12)), alert, known=(known,))
    assert owed(crossing)
    assert not planned(hf(replace(known, upvotes=15)), alert, known=crossing.papers).owed


def test_a_lookup_does_not_swallow_a_crossing() -> None:
    known = paper(upvotes=6, list_day=FRIDAY, announced_at=NOW)
    seen = planned(hf(replace(known, upvotes=12)), known=(known,), ingest=Ingest.KNOWLEDGE)
    assert all(one.upvotes == 6 for one in seen.papers)


def test_keywords_that_arrive_within_14_days_owe_and_later_ones_do_not() -> None:
    known = paper(title="Scenes", list_day=FRIDAY, announced_at=NOW)
    new = replace(known, keywords=("gaussian splatting",))
    alert = subscription(1, "gaussian")
    soon, late = NOW + timedelta(days=13), NOW + timedelta(days=16)
    assert planned(hf(new), alert, known=(known,), now=soon).owed
    assert not planned(hf(new), alert, known=(known,), now=late).owed


def test_a_paper_that_hugging_face_shows_first_is_owed_and_then_not_again() -> None:
    submitted = datetime(2026, 6, 11, 12, tzinfo=UTC)
    early = paper(submitted_at=submitted, sources=frozenset({"huggingface"}))
    alert = subscription(1, "gaussian")
    first = planned(hf(early), alert)
    assert owed(first), "its list day follows from the submission time: Friday"
    again = planned(feed(paper()), alert, known=first.papers)
    assert not again.owed


def test_a_new_text_owes_nothing() -> None:
    told = frozenset({"huggingface"})
    known = paper(title="Scenes", sources=told, list_day=FRIDAY, announced_at=NOW)
    plan = planned(
        hf(replace(known, title="Gaussian scenes")), subscription(1, "gaussian"), known=(known,)
    )
    assert plan.papers[0].title == "Gaussian scenes"
    assert not plan.owed


def test_an_older_list_does_not_move_the_cursor_back() -> None:
    cursor = planned(feed(paper(), day=date(2026, 6, 9))).cursor
    assert cursor is not None
    assert cursor.newest_day == THURSDAY


def test_a_feed_and_a_file_tell_the_size_of_their_days() -> None:
    loaded = Page(source="file", items=(Item(paper=paper(list_day=THURSDAY)), Item(paper=paper())))
    read = planned(feed(paper(), paper("2606.00002")))
    assert read.days == (ListDay(day=FRIDAY, papers=2, announced=True),)
    assert planned(feed()).days == (), "a holiday's feed is empty"
    assert planned(loaded, ingest=Ingest.KNOWLEDGE).days == (ListDay(day=THURSDAY),), (
        "what a file holds need not be our categories"
    )
    assert planned(hf(paper(list_day=FRIDAY))).days == ()


def test_a_list_day_fetched_by_date_is_whole_and_late_and_has_no_cursor() -> None:
    page = Page(source="archive", items=(Item(paper=paper(list_day=FRIDAY)),), list_day=FRIDAY)
    plan = planned(page, subscription(1, "gaussian"), now=NOW + timedelta(days=1))
    assert owed(plan) == {("lab", "arxiv:2606.00001", (1,))}
    assert plan.days == (ListDay(day=FRIDAY, papers=1, announced=True, late=True),)
    assert plan.cursor is None
    known = planned(page, ingest=Ingest.KNOWLEDGE)
    assert not known.days[0].announced
    empty = Page(source="archive", items=(), list_day=FRIDAY)
    assert planned(empty).days == (ListDay(day=FRIDAY, papers=0, announced=True),)


def test_replacements_and_repeats_make_no_list() -> None:
    replaced = planned(feed(paper(), kind=AnnounceType.REPLACE, day=FRIDAY + timedelta(days=1)))
    assert replaced.days == ()
    assert replaced.cursor is not None
    assert (replaced.cursor.newest_day, replaced.cursor.total) == (THURSDAY, 0)
    known = paper(list_day=THURSDAY, announced_at=NOW - timedelta(days=1))
    repeated = planned(feed(paper()), known=(known,))
    assert repeated.days == ()
    assert repeated.cursor is not None
    assert (repeated.cursor.newest_day, repeated.cursor.total) == (THURSDAY, 1)


@pytest.mark.parametrize("source", ["search", "paper"])
def test_a_lookup_has_no_cursor(source: str) -> None:
    assert planned(hf(paper(), source=source), ingest=Ingest.KNOWLEDGE).cursor is None


def test_the_cursor_moves_with_the_page() -> None:
    cursor = planned(feed(paper())).cursor
    assert cursor is not None
    assert (cursor.first_day, cursor.newest_day) == (THURSDAY, FRIDAY)
    assert (cursor.value, cursor.read_at, cursor.total) == ('"etag"', NOW, 1)


def test_an_abstract_that_arrives_within_14_days_owes_and_a_later_one_does_not() -> None:
    known = paper(title="Scenes", list_day=FRIDAY, announced_at=NOW)
    new = replace(known, abstract="We splat gaussians.")
    alert = subscription(1, "gaussian")
    soon, late = NOW + timedelta(days=13), NOW + timedelta(days=16)
    assert planned(hf(new), alert, known=(known,), now=soon).owed
    assert not planned(hf(new), alert, known=(known,), now=late).owed


def test_an_abstract_that_was_rewritten_owes_nothing() -> None:
    known = paper(title="Scenes", abstract="We splat.", list_day=FRIDAY, announced_at=NOW)
    new = replace(known, abstract="We splat gaussians.", version=2)
    assert not planned(hf(new), subscription(1, "gaussian"), known=(known,)).owed
