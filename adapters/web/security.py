"""Who may talk to the local channel: Host, Origin and token, before any handler runs.

It decides from a request's headers alone.  A page of another site cannot reach a channel on
loopback: its requests carry its own Origin, and a name that it points at 127.0.0.1 (DNS rebinding)
is no known Host.  Any other address asks for the token.  What a request means is not decided here.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import Clock
from bot.errors import Unusable

COOKIE = "paperboy_session"
COOKIE_LIFETIME = timedelta(days=90)
SHORTEST_TOKEN = 12
FAILED_TOKENS_A_MINUTE = 10

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

OPEN_PATHS = frozenset({"/", "/healthz", "/api/session"})
"""Nothing secret is behind these and /static/: the page asks for the token itself."""


def is_loopback(host: str) -> bool:
    """Whether a bound host can be reached from this machine only."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Whether a bound host stands for all of the machine's addresses (`0.0.0.0`, `::`, empty)."""
    try:
        return not host or ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The rules for one bound host.  Raises Unusable where another host has no token."""

    host: str
    token: str | None = None

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise Unusable(
                f"HOST={self.host} can be reached by others, so WEB_TOKEN is needed: "
                "set it to a long random text, or leave HOST at 127.0.0.1."
            )
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise Unusable(
                f"WEB_TOKEN is too short: give it at least {SHORTEST_TOKEN} characters, "
                "best made by a generator."
            )

    def knows_host(self, header: str | None, port: int) -> bool:
        """Whether a Host header names this server.  Where it listens on every address its names
        cannot be known; there the token's cookie, which belongs to one name, takes that part.
        """
        if header is None:
            return False
        if is_every_address(self.host):
            return bool(header)
        own = self.host if ":" not in self.host else f"[{self.host.strip('[]')}]"
        names = {*LOOPBACK_NAMES, own.casefold()}
        known = {f"{name}:{port}" for name in names}
        if port == 80:  # noqa: PLR2004 - browsers leave out the port of the scheme
            known |= names
        return header.casefold() in known

    def knows_origin(self, origin: str | None, host: str) -> bool:
        """Whether a request comes from the page that this server itself serves."""
        return origin is not None and origin.casefold() in {
            f"http://{host}".casefold(),
            f"https://{host}".casefold(),
        }

    def accepts(self, token: str) -> bool:
        """Whether a person gave the right token; compared in constant time."""
        return self.token is not None and hmac.compare_digest(_digest(token), _digest(self.token))

    def cookie(self) -> str:
        """What the browser keeps instead of the token: it opens this server and tells nothing."""
        secret = (self.token or "").encode()
        return hmac.new(secret, b"paperboy local channel session", hashlib.sha256).hexdigest()

    def admits(self, cookie: str | None) -> bool:
        """Whether a request with that cookie may read and write."""
        if self.token is None:
            return True
        return cookie is not None and hmac.compare_digest(_digest(cookie), _digest(self.cookie()))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


class Attempts:
    """Slows guessing: after ten wrong tokens within a minute, none is looked at for a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: list[datetime] = []

    def allowed(self) -> bool:
        """Whether another token may be tried now."""
        since = self._clock.now() - timedelta(minutes=1)
        self._failed = [at for at in self._failed if at > since]
        return len(self._failed) < FAILED_TOKENS_A_MINUTE

    def note_failure(self) -> None:
        self._failed.append(self._clock.now())


def refusal(status: int, sentence: str) -> web.Response:
    """A refusal that says in one sentence what is wrong."""
    return web.json_response({"error": sentence}, status=status)


def guard(gate: Gate) -> Middleware:
    """The middleware that asks the gate about every request, known path or not."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get(hdrs.HOST)
        if not gate.knows_host(host, _bound_port(request)):
            return refusal(421, "This address is not one of Paperboy's: open it as it was started.")
        changes = request.method not in {"GET", "HEAD"} or request.path == "/ws"
        if changes and not gate.knows_origin(request.headers.get(hdrs.ORIGIN), host or ""):
            return refusal(403, "Only Paperboy's own page may do this.")
        is_open = request.path in OPEN_PATHS or request.path.startswith("/static/")
        if not is_open and not gate.admits(request.cookies.get(COOKIE)):
            return refusal(401, "This Paperboy asks for its token.")
        return await handler(request)

    return check


def _bound_port(request: web.Request) -> int:
    """The port that the connection came in at; where 0 was asked for, the one that was given."""
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport is not None else None
    return int(name[1]) if isinstance(name, tuple) else 0


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: every response, errors included, carries the headers."""
    response.headers.update(HEADERS)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def let_in(response: web.StreamResponse, gate: Gate, *, secure: bool) -> None:
    """Set the cookie that stands for the token."""
    response.set_cookie(
        COOKIE,
        gate.cookie(),
        max_age=int(COOKIE_LIFETIME.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=secure,
        path="/",
    )
