"""Status and help."""

from __future__ import annotations

from bot.commands.catalogue import COMMANDS, FIRST_WORDS, Command, Name
from bot.commands.desk import Asked
from bot.commands.handlers.timing import next_words
from bot.commands.parser import Line
from bot.domain.deliveries import DeadLetter
from bot.domain.freshness import Freshness, State
from bot.domain.replies import Notice, Reply, Text, plain
from bot.errors import Unusable
from bot.ports import SourceState
from bot.rendering.words import clock_time, code, count, day, short_day, strong, text, with_code

TITLES = {"arxiv": "arXiv", "daily": "Hugging Face daily", "trending": "Hugging Face trending"}
READING = "`paperboy run` reads it again and again, `paperboy poll --once` once."
THANKS = "Thank you to arXiv for use of its open access interoperability."


async def status(asked: Asked, line: Line) -> Reply:
    """How fresh the sources are, the next list, and what waits for this channel."""
    states = {state.source: state for state in await asked.desk.health.sources()}
    fresh = await asked.desk.freshness()
    lines = [await _source(asked, name, states.get(name), fresh) for name in TITLES]
    lines += _filling(fresh)
    stored = await asked.desk.stored.papers.count()
    lines.append(text(strong("Papers"), f": {stored:,} stored." if stored else ": none stored."))
    if asked.shelf.starter:
        lines.append(text("Lookups use the starter catalogue until a source has been read."))
    lines.append(await _channel(asked))
    lines += [
        _dead_letter(asked, letter) for letter in await asked.desk.deliveries.dead(asked.channel)
    ]
    return _said(lines)


def _filling(fresh: Freshness) -> list[Text]:
    """What is being fetched by date: lists that were missed, and the month before the first."""
    lines = []
    if fresh.missing:
        lines.append(text(f"Filling {count(len(fresh.missing), 'missed list')}."))
    if fresh.background and fresh.background_done:
        done, left = fresh.background_done, len(fresh.background)
        lines.append(text(f"Filling the last 30 days: {done} done, {left} to go."))
    return lines


async def _source(asked: Asked, name: str, state: SourceState | None, fresh: Freshness) -> Text:
    title = strong(TITLES[name])
    if state is None or (state.read_at is None and state.failure is None):
        return text(title, ": not read yet. ", *with_code(READING))
    pieces = [_verdict(asked, state)]
    if name == "arxiv" and (words := _freshness(fresh)):
        pieces = [
            words if fresh.state is State.QUIET else f"{words}, {pieces[0].removeprefix('ok, ')}"
        ]
    if name == "arxiv" and state.newest_day is not None:
        pieces.append(f"last list {day(state.newest_day, asked.today)}")
    if name == "arxiv":
        pieces.append(f"next {await next_words(asked)}")
    return text(title, f": {', '.join(pieces)}.")


def _freshness(fresh: Freshness) -> str | None:
    """What is to be said of arXiv's lists beside that they were read."""
    due = f"{fresh.due_day:%A}"
    match fresh.state:
        case State.QUIET:
            return f"ok, quiet ({'holiday' if fresh.holiday else 'weekend'})"
        case State.STALE:
            old = f"{fresh.newest_day:%A}'s list" if fresh.newest_day else "an old list"
            return f"stale ({old} again on {due})"
        case State.LATE:
            return f"late (no list on {due})"
        case State.PARTIAL:
            return f"partial ({due}'s list has {fresh.size:,} papers of about {fresh.usual:,})"
        case State.OK | State.DOWN:
            return None


def _verdict(asked: Asked, state: SourceState) -> str:
    if state.failure is not None:
        since = state.failing_since or asked.now
        when = short_day(since.astimezone(asked.zone).date(), asked.today)
        at = clock_time(since, asked.zone)
        return f"away since {when} {at} ({state.failure.rstrip('.')})"
    assert state.read_at is not None
    read = state.read_at.astimezone(asked.zone).date()
    words = "" if read == asked.today else f"{short_day(read, asked.today)} "
    return f"ok, read {words}{clock_time(state.read_at, asked.zone)}"


async def _channel(asked: Asked) -> Text:
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    counts = await asked.desk.deliveries.counts(asked.channel)
    waiting = sum(counts.get(state, 0) for state in ("pending", "sending", "ambiguous"))
    dead = counts.get("dead", 0)
    waits = f"{waiting:,} waiting" if waiting else "nothing waiting"
    failed = f", {count(dead, 'dead letter')}" if dead else ""
    return text(strong(asked.here), f": {_subscriptions(len(active))}, {waits}{failed}.")


def _dead_letter(asked: Asked, letter: DeadLetter) -> Text:
    paper = letter.delivery.paper
    what = f"“{paper.title}”" if paper else "A notice"
    at = short_day(letter.at.astimezone(asked.zone).date(), asked.today)
    when = f"{at} {clock_time(letter.at, asked.zone)}"
    return text(f"{what} was not posted: {letter.reason.rstrip('.')}, {when}.")


def _subscriptions(number: int) -> str:
    return count(number, "subscription") if number else "no subscriptions"


async def guide(asked: Asked, line: Line) -> Reply:
    """All commands, or one."""
    wanted = line.text.strip().lower().removeprefix("/papers").strip()
    if not wanted:
        return _said([*_overview(), text(THANKS)])
    if wanted == "paper":
        wanted = Name.PAPER.value
    command = next((one for one in COMMANDS if one.name.value == wanted), None)
    if command is None:
        known = ", ".join(f"`{word}`" for word in FIRST_WORDS)
        raise Unusable(f"{wanted} is no command. There are {known}.", fix="help")
    return _said(_one(command))


def _overview() -> list[Text]:
    lines = [text(code(command.usage), f" {command.summary}") for command in COMMANDS]
    lines.append(with_code(LANGUAGE))
    return lines


LANGUAGE = (
    'A query: `gaussian splatting` (both words, any form) · `"gaussian splatting"` (the phrase) · '
    "`nerf OR 3dgs` · `-survey` · `splat*` · `title:` `abstract:` `keyword:` `author:` `cat:cs.CV` "
    "`org:` · `upvotes>=10` `stars>=100` · `has:code` · `in:daily` `in:trending`"
)


def _one(command: Command) -> list[Text]:
    lines = [text(code(command.usage)), text(f"{command.summary[0].upper()}{command.summary[1:]}.")]
    lines += [text("Example: ", code(example)) for example in command.examples]
    if command.name in {Name.SEARCH, Name.SUBSCRIBE}:
        lines.append(with_code(LANGUAGE))
    return lines


def _said(lines: list[Text]) -> Reply:
    return Reply(
        summary=" ".join(plain(line) for line in lines), parts=(Notice(lines=tuple(lines)),)
    )
