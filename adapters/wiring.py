"""The composition root: settings in, a whole program out.

It decides which part gets which.  What a part does is its own business; what is done with the
program is decided in `adapters.serving`, `adapters.tasks` and `adapters.loading`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from random import Random
from zoneinfo import ZoneInfo

import structlog
from aiohttp import ClientSession

from adapters.http import open_session
from adapters.search.lexical import LexicalIndex
from adapters.settings import Settings, SettingsError
from adapters.sources.arxiv import ArxivApi, ArxivFeed
from adapters.sources.arxiv_archive import ArxivArchive
from adapters.sources.arxiv_gate import ArxivGate
from adapters.sources.huggingface import DailyList, HuggingFace, TrendingList
from adapters.sources.lookup import SourceLookup
from adapters.sources.starter import StarterCatalogue
from adapters.storage import Store, open_store
from adapters.storage.place import database_path
from adapters.web.server import LocalChannel
from adapters.web.suggestions import Suggestion
from bot.clock import Clock
from bot.commands.catalogue import suggestions
from bot.commands.desk import Desk, Shelf
from bot.domain.deliveries import Delivery
from bot.domain.freshness import Freshness
from bot.domain.pages import Page
from bot.domain.replies import Reply
from bot.errors import StoreError
from bot.pipeline.filling import Filling
from bot.pipeline.ingest import Ingestion
from bot.pipeline.reading import Reader
from bot.pipeline.relay import Relay
from bot.pipeline.upkeep import Upkeep
from bot.ports import Source
from bot.rendering.deliveries import delivery_reply
from bot.rendering.words import zone_named
from bot.service import PapersBot

VERSION = version("paperboy")

log = structlog.get_logger("paperboy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The joined parts; nothing of it runs yet.

    `channel` listens once it is entered, and posts even when it is not.
    """

    bot: PapersBot
    store: Store
    ingestion: Ingestion
    reader: Reader
    filling: Filling
    upkeep: Upkeep
    relay: Relay
    channel: LocalChannel
    sources: tuple[Source, ...]
    refresh: Callable[[], Awaitable[None]]  #: makes what was stored found
    read_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """What asks the sources: the lists that are read, and the lookups of single questions."""

    lists: tuple[Source, ...]
    arxiv: ArxivApi
    archive: ArxivArchive
    huggingface: HuggingFace


def stored(
    settings: Settings, clock: Clock, *, read_only: bool = False
) -> AbstractAsyncContextManager[Store]:
    """The store alone.  Raises SettingsError for a DATABASE_URL that names none."""
    try:
        database_path(settings.database_url, settings.paperboy_data_dir)
    except StoreError as error:
        raise SettingsError([str(error)]) from None
    return open_store(settings.database_url, settings.paperboy_data_dir, clock, read_only=read_only)


@asynccontextmanager
async def assembled(
    settings: Settings,
    clock: Clock,
    *,
    read_only: bool = False,
    index_later: bool = False,
    health: Callable[[], Mapping[str, object]] = dict,
) -> AsyncIterator[Program]:
    """The program, for as long as the block runs.

    With `read_only` it asks no source and stores nothing.  With `index_later` papers are found only
    after `refresh`, which is quicker for many.  Raises StoreError, SettingsError.
    """
    zone = ZoneInfo(settings.default_timezone)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(stored(settings, clock, read_only=read_only))
        index = await stack.enter_async_context(
            LexicalIndex.open(
                settings.paperboy_data_dir / "index", store.papers, clock, read_only=read_only
            )
        )
        session = await stack.enter_async_context(open_session(settings.contact))
        clients = _clients(settings, session, store, clock)

        async def changed() -> None:
            if not index_later:
                await index.refresh()
            wake()

        def wake() -> None:
            relay.wake()

        def render(delivery: Delivery) -> Reply:
            return delivery_reply(delivery, clock.now(), zone_named(delivery.timezone) or zone)

        ingestion = Ingestion(store.ingest, clock, changed)
        lookup = SourceLookup(
            huggingface=clients.huggingface,
            arxiv=clients.arxiv,
            remember=ingestion.remember,
            clock=clock,
        )
        filling = Filling(clients.archive, ingestion.announce, ingestion.remember, clock)
        upkeep = Upkeep(store.outages, filling, clock, wake)
        desk = _desk(
            store,
            index,
            lookup=None if read_only else lookup,
            remember=ingestion.remember,
            wake=wake,
            freshness=upkeep.freshness,
            clock=clock,
            zone=zone,
        )
        bot = PapersBot(desk, invocation_failed)
        stack.push_async_callback(bot.close)
        # Before that: an answer that is being made must not wait for a source any more.
        stack.push_async_callback(lookup.aclose)
        channel = _channel(settings, bot, store, clock, health)
        relay = Relay(store.outbox, channel.messenger, render, clock)
        yield Program(
            bot=bot,
            store=store,
            ingestion=ingestion,
            # Spreads readings, and guards nothing.
            reader=Reader(ingestion.poll, store.breakers, clock, Random()),  # noqa: S311
            filling=filling,
            upkeep=upkeep,
            relay=relay,
            channel=channel,
            sources=clients.lists,
            refresh=index.refresh,
            read_only=read_only,
        )


def _desk(
    store: Store,
    index: LexicalIndex,
    *,
    lookup: SourceLookup | None,
    remember: Callable[[Page], Awaitable[int]],
    wake: Callable[[], None],
    freshness: Callable[[], Awaitable[Freshness]],
    clock: Clock,
    zone: ZoneInfo,
) -> Desk:
    starter = StarterCatalogue()
    return Desk(
        stored=Shelf(search=index, papers=store.papers),
        starter=Shelf(search=starter, papers=starter, starter=True),
        lookup=lookup,
        memory=store.memory,
        subscriptions=store.subscriptions,
        changes=store.changes,
        channels=store.channels,
        deliveries=store.deliveries,
        health=store.health,
        freshness=freshness,
        clock=clock,
        remember=remember,
        wake=wake,
        zone=zone,
    )


def _channel(
    settings: Settings,
    bot: PapersBot,
    store: Store,
    clock: Clock,
    health: Callable[[], Mapping[str, object]],
) -> LocalChannel:
    token = settings.web_token
    return LocalChannel(
        handle=bot.handle,
        messages=store.local_messages,
        clock=clock,
        health=health,
        suggest=suggest,
        host=settings.host,
        port=settings.port,
        token=None if token is None else token.get_secret_value(),
        version=VERSION,
    )


def _clients(settings: Settings, session: ClientSession, store: Store, clock: Clock) -> Clients:
    gate = ArxivGate(clock, store.breakers)
    huggingface = HuggingFace(
        session,
        hf_url=settings.huggingface_url,
        clock=clock,
        token=settings.hf_token.get_secret_value() if settings.hf_token else None,
    )
    feed = ArxivFeed(
        session,
        gate,
        feed_url=settings.arxiv_feed_url,
        categories=settings.arxiv_categories,
    )
    return Clients(
        lists=(feed, DailyList(huggingface), TrendingList(huggingface)),
        arxiv=ArxivApi(session, gate, api_url=settings.arxiv_api_url),
        archive=ArxivArchive(
            session,
            gate,
            api_url=settings.arxiv_api_url,
            categories=settings.arxiv_categories,
        ),
        huggingface=huggingface,
    )


def suggest(typed: str) -> Sequence[Suggestion]:
    """The catalogue's suggestions, as the local channel shows them."""
    return tuple(
        Suggestion(text=f"{one.text} ", usage=f"/papers {one.text}", description=one.summary)
        for one in suggestions(typed)
    )


def invocation_failed(invocation: str, error: BaseException) -> None:
    """Something of ours is wrong; the person was given the invocation's id."""
    log.error("invocation.failed", invocation=invocation, exc_info=error)
