"""What the commands that end by themselves do with the program, and what they print.

Each returns an exit code (`adapters.cli` names them) and raises a PaperboyError, whose message is
for the person who typed the command.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4
from zoneinfo import ZoneInfo

from adapters import terminal
from adapters.letters import letters_notice
from adapters.settings import Settings
from adapters.storage import StoreLocked
from adapters.storage.place import database_path
from adapters.web import wire
from adapters.web.names import RULE, is_channel_name
from adapters.wiring import Program, assembled, stored
from bot.clock import SystemClock
from bot.domain.channels import Actor, ActorId, ChannelRef
from bot.domain.deliveries import DeliveryId, DeliveryState
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.replies import Reply
from bot.errors import Unusable
from bot.pipeline.ingest import Polled

DONE = 0
NOTHING_DONE = 1
YOU = Actor(id=ActorId("you"), name="you")
COMMAND = re.compile(r"\s*/papers\b\s*")


async def ask(settings: Settings, text: str, *, channel: str, as_json: bool) -> int:
    """Carry out one invocation and print the reply."""
    if not is_channel_name(channel):
        raise Unusable(f"--channel {channel}: {RULE}")
    invocation = Invocation(
        id=f"ask-{uuid4().hex}",
        kind=InvocationKind.COMMAND,
        actor=YOU,
        channel=ChannelRef(platform="local", workspace="local", channel=channel),
        channel_name=channel,
        text=COMMAND.sub("", text, count=1),
    )
    async with _for_one_question(settings) as program:
        reply = await program.bot.handle(invocation)
        if not program.read_only:
            await program.relay.drain()
    if as_json:
        print(json.dumps(wire.to_json(reply), ensure_ascii=False, indent=2))
    else:
        terminal.show(reply, sys.stdout)
    return DONE


@asynccontextmanager
async def _for_one_question(settings: Settings) -> AsyncIterator[Program]:
    """The program as any process has it, or only reading while another process has the lock."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        try:
            program = await stack.enter_async_context(assembled(settings, clock))
        except StoreLocked:
            reading = assembled(settings, clock, read_only=True)
            program = await stack.enter_async_context(reading)
        yield program


async def poll(settings: Settings) -> int:
    """Read every source once, post what that owes, and print a line for each source."""
    async with assembled(settings, SystemClock()) as program:
        results = []
        await program.upkeep.fill_missed()
        for source in program.sources:
            polled = await program.reader.read(source)
            results.append(polled)
            print(_line(polled), flush=True)
        await program.upkeep.tell()
        posted = await program.relay.drain()
        print(f"posted: {posted} {'message' if posted == 1 else 'messages'}")
    return NOTHING_DONE if all(polled.failure for polled in results) else DONE


def _line(polled: Polled) -> str:
    if polled.failure is not None:
        return f"{polled.source}: not read. {polled.failure}"
    if polled.unchanged:
        return f"{polled.source}: nothing new"
    skipped = f", {polled.skipped} entries could not be read" if polled.skipped else ""
    return (
        f"{polled.source}: {polled.papers} papers read, {polled.changed} new or changed, "
        f"{polled.owed} cards owed{skipped}"
    )


async def list_letters(settings: Settings) -> int:
    """Print the dead letters, and what is left alone after failures; it only reads."""
    clock, zone = SystemClock(), ZoneInfo(settings.default_timezone)
    if not database_path(settings.database_url, settings.paperboy_data_dir).exists():
        print("No dead letters: there is no database yet.")
        return DONE
    async with stored(settings, clock, read_only=True) as store:
        letters = await store.dead_letters.all()
        alone = await store.dead_letters.left_alone()
    notice = letters_notice(letters, alone, clock.now(), zone)
    terminal.show(Reply(summary="Dead letters", parts=(notice,)), sys.stdout)
    return DONE


async def retry_letter(settings: Settings, delivery: str) -> int:
    """Owe a dead letter once more."""
    async with stored(settings, SystemClock()) as store:
        state = await store.dead_letters.retry(DeliveryId(delivery), by=_person())
    if state is None:
        raise Unusable(_no_letter(delivery))
    if state is DeliveryState.CANCELLED:
        print(f"{delivery} is cancelled: no subscription that it was owed for is active any more.")
    else:
        print(f"{delivery} waits again: `paperboy run` posts it.")
    return DONE


async def drop_letter(settings: Settings, delivery: str) -> int:
    """Cancel a dead letter."""
    async with stored(settings, SystemClock()) as store:
        if not await store.dead_letters.drop(DeliveryId(delivery), by=_person()):
            raise Unusable(_no_letter(delivery))
    print(f"{delivery} is dropped: it will not be posted.")
    return DONE


def _no_letter(delivery: str) -> str:
    return f"There is no dead letter {delivery}: `paperboy outbox list` shows those that there are."


def _person() -> str:
    """Who is on record for a change that was typed in a terminal."""
    try:
        return f"{getpass.getuser()} (terminal)"
    except (KeyError, OSError):  # a user without a name, as in containers
        return f"{os.getuid()} (terminal)"


async def migrate(settings: Settings) -> int:
    """Create the database or bring it up to date."""
    async with stored(settings, SystemClock()) as store:
        print(f"The database {store.path} is up to date.")
    return DONE
