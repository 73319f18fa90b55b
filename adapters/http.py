"""One careful GET: what may be asked, how much may come back, and what a failure means.

It decides hosts, redirects, sizes, content types and which error a status is.  It does not decide
when to ask (that is the gate's and the poller's business) nor what a body says (the wire modules').
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TraceConfig,
)
from yarl import URL

from bot.errors import SourceAway, SourceGarbled

LARGEST_BODY = 20 * 2**20
"""Bytes of a decompressed body that are accepted; a full arXiv feed of 2,000 entries has 5 MB."""

XML = frozenset({"text/xml", "application/xml", "application/rss+xml", "application/atom+xml"})
JSON = frozenset({"application/json"})

MOST_REDIRECTS = 3
LONGEST_RETRY_AFTER = timedelta(hours=24)

_CHUNK = 2**16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_COME_BACK = frozenset({401, 403, 408, 425, 451})
_TOO_MANY = 429
_SERVER_ERROR = 500
_DEFAULT_PORTS = {"http": 80, "https": 443}
# https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, as Hugging Face sends it
_RATE_LIMIT = re.compile(r'"\w+"\s*;\s*r\s*=\s*(?P<left>\d{1,9})\s*;\s*t\s*=\s*(?P<reset>\d{1,9})')


class TooManyRequests(SourceAway):
    """The source says that it was asked too often (429); `retry_after` where it said how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as a value.  `body` is decompressed; it is empty with 304, and with a status that
    the caller asked for where the content type is not an expected one."""

    status: int
    body: bytes
    headers: Mapping[str, str]  #: names in any case


def user_agent(contact: str | None) -> str:
    """Who we are, for every request; arXiv and Hugging Face ask for an address to write to."""
    try:
        number = version("paperboy")
    except PackageNotFoundError:
        number = "0"
    about = "brings new papers into team chat"
    address = "".join(c for c in contact or "" if c.isascii() and c.isprintable())
    if not address:
        return f"Paperboy/{number} ({about})"
    if address.startswith(("https://", "http://")):
        return f"Paperboy/{number} ({about}; +{address})"
    address = address.removeprefix("mailto:")
    return f"Paperboy/{number} ({about}; mailto:{address})"


def open_session(
    contact: str | None = None, *, traces: Sequence[TraceConfig] = ()
) -> ClientSession:
    """The one session of all sources: no cookies, and no proxy or login out of the environment.
    `traces` hear what is asked and answered."""
    return ClientSession(
        trace_configs=list(traces),
        headers={"User-Agent": user_agent(contact)},
        cookie_jar=DummyCookieJar(),
        trust_env=False,
        raise_for_status=False,
    )


class Http:
    """GETs from the hosts of `addresses` and from no others.

    `name` is what people call the source ("arXiv"), for the sentences of errors.  `headers` go with
    every request; `key_setting` names the setting of the credential among them, if there is one.
    """

    def __init__(
        self,
        session: ClientSession,
        *,
        name: str,
        addresses: Sequence[str],
        headers: Mapping[str, str] | None = None,
        key_setting: str | None = None,
        timeout: timedelta = timedelta(seconds=120),
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self._session = session
        self._name = name
        self._origins = frozenset(
            origin for address in addresses for origin in _origins(URL(address))
        )
        self._headers = dict(headers or {})
        self._key_setting = key_setting
        seconds = timeout.total_seconds()
        self._timeout = ClientTimeout(total=seconds, sock_connect=min(10.0, seconds))
        self._largest_body = largest_body

    async def get(
        self,
        url: URL,
        *,
        kinds: Collection[str],
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Answer:
        """The answer of status 200, or of one of `also`, whose content type is one of `kinds`.

        Raises TooManyRequests (429), SourceAway (refused, timed out, broken off, 5xx, 401, 403,
        408) or SourceGarbled (another type or status, too large, a redirect off the hosts).
        """
        try:
            return await self._follow(url, kinds, {**self._headers, **(headers or {})}, also)
        except TimeoutError as error:
            raise SourceAway(f"{self._name} did not answer in time.") from error
        except (ClientError, OSError) as error:
            raise SourceAway(f"{self._name} cannot be reached.") from error

    async def _follow(
        self, url: URL, kinds: Collection[str], headers: Mapping[str, str], also: Collection[int]
    ) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            async with self._session.get(
                url, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as response:
                if response.status not in _REDIRECTS:
                    return await self._read(response, kinds, also)
                url = self._target(url, response.headers.get("Location", ""))
        raise SourceGarbled(f"{self._name} redirects more than {MOST_REDIRECTS} times.")

    def _target(self, url: URL, location: str) -> URL:
        try:
            target = url.join(URL(location)).with_fragment(None)
            origin = (target.scheme, target.host, target.port)
        except ValueError:
            origin = ("", None, None)
        if not location or origin not in self._origins:
            raise SourceGarbled(f"{self._name} redirects to another host; that is not followed.")
        return target

    async def _read(
        self, response: ClientResponse, kinds: Collection[str], also: Collection[int]
    ) -> Answer:
        status = response.status
        if status not in {200, 304, *also}:
            raise self._refusal(response)
        if status == 304:  # noqa: PLR2004 - HTTP's own number
            return Answer(status=status, body=b"", headers=response.headers)
        if response.headers.get("Content-Type") is None or response.content_type not in kinds:
            if status in also:
                return Answer(status=status, body=b"", headers=response.headers)
            raise await self._wrong_kind(response)
        return Answer(status=status, body=await self._body(response), headers=response.headers)

    def _refusal(self, response: ClientResponse) -> SourceAway | SourceGarbled:
        status = response.status
        if status == _TOO_MANY:
            return TooManyRequests(
                f"{self._name} says that it was asked too often (429).",
                retry_after=retry_after(response.headers),
            )
        if status >= _SERVER_ERROR:
            return SourceAway(
                f"{self._name} is out of order ({status}).",
                retry_after=retry_after(response.headers),
            )
        if status == 401 and self._key_setting:  # noqa: PLR2004 - HTTP's own number
            return SourceAway(f"{self._name} does not accept the {self._key_setting} (401).")
        if status in _COME_BACK:
            return SourceAway(f"{self._name} refuses the request ({status}).")
        return SourceGarbled(f"{self._name} does not understand the request ({status}).")

    async def _wrong_kind(self, response: ClientResponse) -> SourceAway | SourceGarbled:
        # A refusal may be hidden under another status: arXiv says `Rate exceeded.` in plain text.
        if response.content_type == "text/plain":
            start = await response.content.read(200)
            if b"rate exceeded" in start.lower():
                return TooManyRequests(f"{self._name} says that it was asked too often.")
        if response.content_type == "text/html":
            return SourceGarbled(f"{self._name} answered with a web page instead of data.")
        return SourceGarbled(f"{self._name} answered with something other than what was asked for.")

    async def _body(self, response: ClientResponse) -> bytes:
        """Up to the cap; aiohttp decompresses piece by piece, so a bomb ends at the cap too."""
        body = bytearray()
        async for piece in response.content.iter_chunked(_CHUNK):
            body += piece
            if len(body) > self._largest_body:
                response.close()
                raise SourceGarbled(
                    f"{self._name} answered with more than {self._largest_body / 2**20:.0f} MB."
                )
        return bytes(body)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a refusal asks to wait: `Retry-After` in seconds or as a date (counted from the
    answer's own `Date`), else the `ratelimit` header's reset and a second."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal() and text.isascii() and len(text) < len("1000000000"):
        return min(timedelta(seconds=int(text)), LONGEST_RETRY_AFTER)
    if text:
        return _until(text, headers.get("Date", ""))
    limit = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    if limit:
        return min(timedelta(seconds=int(limit["reset"]) + 1), LONGEST_RETRY_AFTER)
    return None


def used_up(headers: Mapping[str, str]) -> timedelta | None:
    """How long to wait where the `ratelimit` header says that no request is left: until the reset
    and a second.  None where some are left, or nothing is said."""
    limit = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    if limit is None or int(limit["left"]):
        return None
    return min(timedelta(seconds=int(limit["reset"]) + 1), LONGEST_RETRY_AFTER)


def _until(when: str, now: str) -> timedelta | None:
    try:
        wait = parsedate_to_datetime(when) - parsedate_to_datetime(now)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(timedelta(0), min(wait, LONGEST_RETRY_AFTER))


def _origins(address: URL) -> list[tuple[str, str | None, int | None]]:
    """The address's own origin and, for a plain one on the default port, its secure form."""
    own = [(address.scheme, address.host, address.port)]
    if address.scheme == "http" and address.port == _DEFAULT_PORTS["http"]:
        own.append(("https", address.host, _DEFAULT_PORTS["https"]))
    return own
