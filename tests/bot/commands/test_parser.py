"""How a typed line is read (DESIGN section 2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalogue import COMMANDS, FIRST_WORDS, RESERVED, Name, Right, suggestions
from bot.commands.parser import Line, Misspelt, Ordinal, read
from bot.errors import Unusable
from bot.ports import Order


def line(typed: str) -> Line:
    found = read(typed)
    assert isinstance(found, Line), found
    return found


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", Name.HOME),
        ("   ", Name.HOME),
        ("splatting", Name.SEARCH),
        ("search today", Name.SEARCH),
        ("today", Name.TODAY),
        ("TODAY", Name.TODAY),
        ("week", Name.WEEK),
        ("month", Name.MONTH),
        ("status", Name.STATUS),
        ("help", Name.HELP),
        ("help subscribe", Name.HELP),
        ("subscriptions", Name.SUBSCRIPTIONS),
        ("subscribe splatting", Name.SUBSCRIBE),
        ("unsubscribe 1", Name.UNSUBSCRIBE),
        ("author Bernhard Kerbl", Name.AUTHOR),
        ("cite 2606.06690", Name.CITE),
        ("2606.06690v2", Name.PAPER),
        ("https://arxiv.org/pdf/2606.06690v1", Name.PAPER),
        ("#7", Name.PAPER),
    ],
)
def test_the_first_word_says_the_command(typed: str, name: Name) -> None:
    assert line(typed).command.name is name


def test_a_number_of_the_last_list_is_an_ordinal() -> None:
    assert line("#7").ref == Ordinal(7)
    assert line("cite #2 markdown").ref == Ordinal(2)
    assert line("cite #2 markdown").style == "markdown"


@pytest.mark.parametrize("gap", ["\t", "\n", "\u00a0", " \u200b ", "  "])
def test_any_space_ends_the_first_word(gap: str) -> None:
    found = line(f"subscribe{gap}splatting")
    assert (found.command.name, str(found.query)) == (Name.SUBSCRIBE, "splatting")


def test_what_nobody_sees_hides_no_command() -> None:
    assert line("\u202esub\u200bscribe splatting").command.name is Name.SUBSCRIBE


@pytest.mark.parametrize("typed", ["cite edit distance", "week supervision", "today i learned"])
def test_a_lookup_that_cannot_be_read_is_searched_and_names_the_command(typed: str) -> None:
    found = line(typed)
    assert found.command.name is Name.SEARCH
    assert found.instead_of is not None
    assert found.instead_of.name.value == typed.split(maxsplit=1)[0]
    assert str(found.query) == typed


@pytest.mark.parametrize("typed", ['subscribe "gaussian', "unsubscribe", "subscribe -survey"])
def test_a_command_that_changes_something_never_falls_through(typed: str) -> None:
    with pytest.raises(Unusable) as mistake:
        read(typed)
    assert mistake.value.usage is not None
    assert mistake.value.usage.startswith(f"/papers {typed.split(maxsplit=1)[0]}")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("subcribe splatting", "subscribe splatting"),
        ("subscribe splatting", None),
        ("unsubscibe 1", "unsubscribe 1"),
        ("satus", "status"),
        ("hlep", "help"),
        ("todya", "today"),
        ("weak supervision", None),  # no week: `week` takes nothing
        ("splatting", None),
        ("site 2606.06690", "cite 2606.06690"),
    ],
)
def test_one_edit_away_asks(typed: str, meant: str | None) -> None:
    found = read(typed)
    assert (found.meant if isinstance(found, Misspelt) else None) == meant


def test_options_are_read_wherever_they_stand() -> None:
    found = line("sort:new splatting after:2026-01 before:2026-06-11 nerf")
    assert str(found.query) == "splatting nerf"
    assert found.order is Order.NEW
    assert (found.after, found.before) == (date(2026, 1, 1), date(2026, 6, 11))


def test_quotes_protect_what_looks_like_an_option() -> None:
    for typed in ('"sort:new"', 'title:"a sort:new"', "“a sort:new”", 'author:"after:2026 b"'):
        found = line(typed)
        assert (found.order, found.after) == (None, None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("splatting sort:newest", "I cannot sort by newest. Use `sort:relevance`"),
        ("splatting after:June", "June is no date. Write `after:2026-06`"),
        ("splatting after:2026-02-30", "2026-02-30 is no date."),
        ("splatting after:2026-06 before:2026-05", "No day is from 2026-06-01 on and before"),
        ("splatting after:2026 before:2026-01", "No day is from 2026-01-01 on and before"),
        ("splatting sort:new sort:new", "`sort:` stands there twice."),
        ("splatting top:5", "`top:` is no option of search."),
        ("subscribe splatting after:2026-01", "`after:` looks back, and subscribe does not."),
        ("subscribe splatting when:daily", "`when:daily` is not offered."),
        ("subscribe splatting tz:CST", "`tz:` is no option of subscribe. It has `when:`."),
        ("x" * 10_000, "That line has 10,000 characters"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_fix(typed: str, said: str) -> None:
    with pytest.raises(Unusable) as mistake:
        read(typed)
    assert mistake.value.message.startswith(said)


@pytest.mark.parametrize(
    "typed",
    [
        "subscribe flood mapping in Singapore",
        "subscribe imagenet top 1",
        "subscribe neural graphics instant",
    ],
)
def test_every_word_of_a_subscription_is_its_query(typed: str) -> None:
    assert str(line(typed).query) == typed.removeprefix("subscribe ").lower()


def test_when_instant_may_be_written() -> None:
    assert str(line("subscribe splatting when:instant").query) == "splatting"


def test_no_option_is_a_field_of_queries() -> None:
    assert {option for command in COMMANDS for option in command.options} <= RESERVED


def test_the_catalogue_is_whole() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS) == len(Name)
    changing = {command.name for command in COMMANDS if command.right is Right.CHANGE}
    assert changing == {
        Name.SUBSCRIBE,
        Name.UNSUBSCRIBE,
        Name.EDIT,
        Name.PAUSE,
        Name.RESUME,
        Name.SETTINGS,
    }
    for command in COMMANDS:
        for example in command.examples:
            assert line(example.removeprefix("/papers")).command.name is command.name


def test_suggestions_begin_as_typed() -> None:
    assert [one.text for one in suggestions("sub")] == ["subscribe", "subscriptions"]
    assert len(suggestions("")) == len(FIRST_WORDS)


@given(st.text(max_size=200))
def test_any_line_is_read_or_refused_with_a_sentence(typed: str) -> None:
    try:
        read(typed)
    except Unusable as mistake:
        assert mistake.message
