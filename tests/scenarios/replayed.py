"""arXiv and Hugging Face on loopback, as ../shared/replay serves them."""

from __future__ import annotations

import datetime as dt
import importlib.util
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from scenario_world import SHARED


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay server; `url` is what every source's address is set to."""

    url: str

    async def turn_to(self, day: str) -> None:
        """Move the server's virtual day."""
        await self._post("/_clock", {"date": day})

    async def breaks(self, path: str, **fault: Any) -> None:
        """Make the next requests of a path fail, as the server's own documentation says."""
        await self._post("/_fault", {"path": path, **fault})

    async def mends(self) -> None:
        """Forget all faults."""
        await self._post("/_reset", {})

    async def was_asked(self, path: str) -> None:
        """Return once a request of that path has arrived."""
        async with ClientSession() as session:
            while True:
                async with session.get(f"{self.url}/_log") as answer:
                    if any(entry["path"].startswith(path) for entry in await answer.json()):
                        return

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        async with ClientSession() as session, session.post(self.url + path, json=body) as answer:
            answer.raise_for_status()


@cache
def _served() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replay_serve", SHARED / "replay" / "serve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Corpus = cache(module.Corpus)  # the announcements are read once, not at every start
    return module


@asynccontextmanager
async def replaying(day: str) -> AsyncIterator[Replayed]:
    """A replay server on a loopback port, at a virtual day."""
    # The replay server keeps its faults under plain names, which aiohttp warns of.
    warnings.filterwarnings("ignore", category=web.NotAppKeyWarning)
    server = TestServer(_served().make_app(dt.date.fromisoformat(day)))
    await server.start_server()
    try:
        yield Replayed(f"http://{server.host}:{server.port}")
    finally:
        await server.close()
