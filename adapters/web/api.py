"""The handlers behind the page: HTTP in, the core's answer or a sentence out.

They decide nothing about papers, and nothing about who may come in (`security`).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import hdrs, web

from adapters.web import wire
from adapters.web.live import BEAT, LONGEST_FRAME, Hub, message_json
from adapters.web.messages import LocalMessages
from adapters.web.messenger import LocalMessenger
from adapters.web.names import FIRST_CHANNELS, MOST_CHANNELS
from adapters.web.pages import Asset, load_assets
from adapters.web.requests import (
    BadNameError,
    BadRequestError,
    parse_channel,
    parse_invocation,
    parse_number,
    parse_object,
)
from adapters.web.security import Attempts, Gate, let_in, refusal
from adapters.web.suggestions import MOST_SUGGESTIONS, Suggest
from bot.domain.deliveries import DeliveryId, Refused, Sent
from bot.domain.invocations import Invocation
from bot.domain.replies import Reply, Visibility
from bot.errors import StoreError

PAGE_SIZE = 50
REMEMBERED = 512  #: invocations whose answer can be asked for again

Handle = Callable[[Invocation], Awaitable[Reply]]
Health = Callable[[], Mapping[str, object]]


class Once:
    """Runs every invocation once: the same id again waits for, or gets, the same answer."""

    def __init__(self, run: Callable[[Invocation], Awaitable[dict[str, Any]]]) -> None:
        self._run = run
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def __call__(self, invocation: Invocation) -> dict[str, Any]:
        known = self._answers.get(invocation.id)
        if known is None:
            known = asyncio.ensure_future(self._run(invocation))
            self._answers[invocation.id] = known
            known.add_done_callback(lambda done: self._forget_failure(invocation.id, done))
            while len(self._answers) > REMEMBERED:
                self._answers.pop(next(iter(self._answers)))
        return await asyncio.shield(known)  # a closed tab does not stop what was asked for

    def _forget_failure(self, number: str, done: asyncio.Future[dict[str, Any]]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._answers.pop(number, None)


class Api:
    """The handlers; `routes()` says which path each of them has."""

    def __init__(
        self,
        *,
        handle: Handle,
        messages: LocalMessages,
        messenger: LocalMessenger,
        hub: Hub,
        gate: Gate,
        attempts: Attempts,
        health: Health,
        suggest: Suggest,
    ) -> None:
        self._handle = handle
        self._messages = messages
        self._messenger = messenger
        self._hub = hub
        self._gate = gate
        self._attempts = attempts
        self._health = health
        self._suggest = suggest
        self._assets = load_assets()
        self._once = Once(self._answer)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/static/{name}", self.asset),
            web.get("/healthz", self.healthz),
            web.get("/ws", self.events),
            web.post("/api/session", self.log_in),
            web.get("/api/channels", self.channels),
            web.post("/api/channels", self.add_channel),
            web.get("/api/channels/{channel}/messages", self.page_of_messages),
            web.post("/api/channels/{channel}/invoke", self.invoke),
            web.get("/api/suggestions", self.suggestions),
        ]

    # -- the page

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page; a right `?token=` is exchanged for the cookie and leaves the address bar."""
        token = request.query.get("token")
        if token is None:
            return _file(request, self._assets["index.html"])
        response = web.Response(status=303, headers={hdrs.LOCATION: "/"})
        if self._try_token(token):
            let_in(response, self._gate, secure=request.secure)
        return response

    async def asset(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            return refusal(404, "There is no such file.")
        return _file(request, asset)

    async def healthz(self, _request: web.Request) -> web.StreamResponse:
        state = dict(self._health())
        return web.json_response(state, status=200 if state.get("ok") else 503)

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        token = (await _body(request)).get("token")
        if not self._attempts.allowed():
            return refusal(429, "Too many wrong tokens. Try again in a minute.")
        if not isinstance(token, str) or not self._try_token(token):
            return refusal(401, "That is not the token. It is the value of WEB_TOKEN.")
        response = web.json_response({"ok": True})
        let_in(response, self._gate, secure=request.secure)
        return response

    def _try_token(self, token: str) -> bool:
        if not self._attempts.allowed():
            return False
        if self._gate.accepts(token):
            return True
        self._attempts.note_failure()
        return False

    # -- channels and messages

    async def channels(self, _request: web.Request) -> web.StreamResponse:
        sequence = await self._messages.newest_sequence()  # first: a tab asks for what came after
        known = {name: {"name": name, "count": 0, "newest": 0} for name in FIRST_CHANNELS}
        for channel in await self._messages.channels():
            known[channel.name] = {
                "name": channel.name,
                "count": channel.count,
                "newest": channel.newest,
            }
        return web.json_response({"channels": list(known.values()), "sequence": sequence})

    async def add_channel(self, request: web.Request) -> web.StreamResponse:
        name = parse_channel((await _body(request)).get("name"))
        if len(await self._messages.channels()) >= MOST_CHANNELS:
            return refusal(409, f"There are {MOST_CHANNELS} channels; that is the most.")
        created = name not in FIRST_CHANNELS and await self._messages.add_channel(name)
        if created:
            self._hub.announce_channel(name)
        return web.json_response({"name": name, "created": created})

    async def page_of_messages(self, request: web.Request) -> web.StreamResponse:
        channel = parse_channel(request.match_info["channel"])
        before = parse_number(request.query.get("before"))
        found = await self._messages.page(channel, before=before, limit=PAGE_SIZE + 1)
        return web.json_response(
            {
                "messages": [message_json(message) for message in found[-PAGE_SIZE:]],
                "more": len(found) > PAGE_SIZE,
            }
        )

    async def suggestions(self, request: web.Request) -> web.StreamResponse:
        found = self._suggest(request.query.get("text", "")[:500])[:MOST_SUGGESTIONS]
        return web.json_response(
            {
                "suggestions": [
                    {"text": one.text, "usage": one.usage, "description": one.description}
                    for one in found
                ]
            }
        )

    # -- what is asked of the core

    async def invoke(self, request: web.Request) -> web.StreamResponse:
        channel = parse_channel(request.match_info["channel"])
        invocation = parse_invocation(await _body(request), channel)
        return web.json_response(await self._once(invocation))

    async def _answer(self, invocation: Invocation) -> dict[str, Any]:
        """A private reply for the one tab that asked, or where a public one was posted."""
        channel = invocation.channel.channel
        if channel not in FIRST_CHANNELS and await self._messages.add_channel(channel):
            self._hub.announce_channel(channel)
        reply = await self._handle(invocation)
        if reply.visibility is Visibility.PRIVATE:
            return {"reply": wire.to_json(reply)}
        return {"posted": await self._publish(invocation, reply)}

    async def _publish(self, invocation: Invocation, reply: Reply) -> str:
        """Post a public answer, or put it in the place of the message whose button was pressed."""
        source = invocation.source_message
        if reply.replaces and source is not None:
            outcome = await self._messenger.edit(source, invocation.channel, reply)
            if not isinstance(outcome, Refused):
                return _message_id(outcome)
        delivery = _delivery_id(invocation.id)
        return _message_id(await self._messenger.post(delivery, invocation.channel, reply))

    async def events(self, request: web.Request) -> web.StreamResponse:
        after = parse_number(request.query.get("after"))
        if self._hub.full:
            return refusal(503, "Too many tabs are open. Close one and reload.")
        socket = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=LONGEST_FRAME)
        await socket.prepare(request)
        await self._hub.serve(socket, after)
        return socket


@web.middleware
async def sentences(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Errors of a person or a page as JSON with one sentence."""
    try:
        return await handler(request)
    except BadNameError as error:
        return web.json_response({"error": str(error), "nearest": error.nearest}, status=400)
    except BadRequestError as error:
        return refusal(400, str(error))
    except StoreError as error:
        return refusal(503, str(error))
    except web.HTTPException as error:
        if error.status < 400:  # noqa: PLR2004 - what is not an error passes
            raise
        response = refusal(error.status, _SENTENCES.get(error.status, error.reason))
        if hdrs.ALLOW in error.headers:
            response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return response


_SENTENCES = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "That is too long to read. Keep a command under 10,000 characters.",
}


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="Send JSON, with that content type.")
    return parse_object(await request.read())


def _file(request: web.Request, asset: Asset) -> web.Response:
    """A file, or that it has not changed: the browser asks each time, so no old script stays."""
    headers = {hdrs.ETAG: asset.etag, hdrs.CACHE_CONTROL: "no-cache"}
    if asset.etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=asset.body, headers={**headers, hdrs.CONTENT_TYPE: asset.content_type})


def _delivery_id(invocation: str) -> DeliveryId:
    """The same invocation posts the same message, also after a restart."""
    digest = hashlib.sha256(f"invocation {invocation}".encode()).digest()
    return DeliveryId(base64.b32encode(digest).decode().lower()[:25])


def _message_id(outcome: object) -> str:
    if isinstance(outcome, Sent):
        return outcome.message_id
    raise StoreError(getattr(outcome, "reason", "The message could not be stored."))
