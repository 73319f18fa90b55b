"""The local channel: one aiohttp application with the page, its API, the events and the health.

It reaches the core only through `handle(invocation) -> Reply`, and the core reaches it through
`LocalChannel.messenger`.  Who starts it, with which settings, is the wiring's business.
"""

from __future__ import annotations

import errno
from types import TracebackType
from typing import Self

from aiohttp import web

from adapters.web.api import Api, Handle, Health, sentences
from adapters.web.live import Hub
from adapters.web.messages import LocalMessages
from adapters.web.messenger import LocalMessenger
from adapters.web.security import (
    Attempts,
    Gate,
    add_headers,
    guard,
    is_every_address,
)
from adapters.web.suggestions import Suggest, nothing
from bot.clock import Clock
from bot.errors import Unusable

LARGEST_BODY = 128 * 1024  #: bytes: 10,000 characters, each as a JSON escape of 12
SHUTDOWN = 3.0  #: seconds that running requests have when the server stops


class LocalChannel:
    """A chat in the browser that behaves like the others.

    `handle` answers invocations; `messages` keeps public messages; `health` is what /healthz tells,
    with `ok` true while the loops beat; `suggest` completes commands.  Raises Unusable when `host`
    can be reached from elsewhere and there is no `token`.
    """

    def __init__(
        self,
        *,
        handle: Handle,
        messages: LocalMessages,
        clock: Clock,
        health: Health,
        suggest: Suggest = nothing,
        host: str = "127.0.0.1",
        port: int = 8080,
        token: str | None = None,
        version: str = "",
    ) -> None:
        self._host = host
        self._port = port
        gate = Gate(host=host, token=token or None)
        self._hub = Hub(messages, version)
        self.messenger = LocalMessenger(messages, self._hub, clock)
        api = Api(
            handle=handle,
            messages=messages,
            messenger=self.messenger,
            hub=self._hub,
            gate=gate,
            attempts=Attempts(clock),
            health=health,
            suggest=suggest,
        )
        self.application = web.Application(
            middlewares=[sentences, guard(gate)], client_max_size=LARGEST_BODY
        )
        self.application.add_routes(api.routes())
        self.application.on_response_prepare.append(add_headers)
        self.application.on_shutdown.append(self._say_goodbye)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where a person opens it; with the port that was really bound once it has started."""
        host = "127.0.0.1" if is_every_address(self._host) else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    async def start(self) -> None:
        """Listen.  Raises Unusable, with the way out, when the address cannot be had."""
        # No access log: it would hold the token of `?token=`.
        runner = web.AppRunner(self.application, access_log=None, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host or None, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise Unusable(_why_not(error, self._host, self._port)) from error
        self._runner = runner
        self._port = int(runner.addresses[0][1])

    async def close(self) -> None:
        """Tell the open tabs, finish what is being answered, stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _say_goodbye(self, _application: web.Application) -> None:
        await self._hub.close()


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use, perhaps by another Paperboy. Set PORT to a free one."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this account has. Set PORT to one above 1023."
    return f"HOST={host} is no address of this machine. Leave it at 127.0.0.1."
