"""Finds who has the store's lock, and what answers at our address, without touching either."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.doctor.findings import Check, Finding, fail, ok, warn
from adapters.web.security import is_every_address

KERNEL_LOCKS = Path("/proc/locks")
"""https://man7.org/linux/man-pages/man5/proc_locks.5.html"""

PATIENCE = 2.0  #: seconds for our own /healthz
LARGEST_HEALTH = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process that may write the database; `pid` where it is known."""

    pid: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a Paperboy at our address said of itself."""

    ok: bool
    pid: int | None
    version: str


def find_holder(files: Iterable[Path]) -> Holder | None:
    """Who holds one of the lock files; None when nobody does.

    The kernel is asked, since to try the lock would refuse a process that starts just then.  Where
    it does not tell, the process that the file names is looked for.
    """
    for file in files:
        try:
            state = file.stat()
            text = file.read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            continue
        written = int(text) if text.isdecimal() and len(text) < len("10000000000") else None
        try:
            lines = KERNEL_LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            if written is not None and _lives(written):
                return Holder(pid=written)
            continue
        place = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
        for line in lines:
            columns = line.split()
            if "FLOCK" not in columns or "->" in columns:
                continue
            pid, where = int(columns[4]), columns[5]
            # Some file systems name another device there than to those who ask for the file.
            same = where == place or (where.endswith(f":{state.st_ino}") and pid == written)
            if same:
                return Holder(pid=pid if pid > 0 else written)
    return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def local_address(host: str, port: int) -> str:
    """Where this machine reaches what listens on `host`."""
    host = "127.0.0.1" if is_every_address(host) else host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def ask_health(host: str, port: int) -> Health | None:
    """What the Paperboy at our address says; None when there is none."""
    if port == 0:
        return None
    timeout = ClientTimeout(total=PATIENCE)
    try:
        async with (
            ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(f"{local_address(host, port)}/healthz", allow_redirects=False) as response,
        ):
            if (response.content_length or 0) > LARGEST_HEALTH:
                return None
            said = await response.json()
    except (ClientError, OSError, TimeoutError, ValueError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool) or "version" not in said:
        return None
    pid = said.get("pid")
    return Health(
        ok=said["ok"], pid=pid if isinstance(pid, int) else None, version=str(said["version"])
    )


def check_lock(holder: Holder | None, health: Health | None, address: str) -> Finding:
    if holder is None:
        return ok(Check.LOCK, "It is free; no Paperboy is running here.")
    who = f"Paperboy with pid {holder.pid}" if holder.pid else "Another Paperboy process"
    if health is None or (health.pid is not None and health.pid != holder.pid):
        return warn(
            Check.LOCK,
            f"{who} has it and does not answer on {address}/healthz.",
            why="A `poll`, `load` or `migrate` answers there neither, nor does a `run` with other "
            "settings of HOST and PORT; a `run` that hangs looks the same.",
            fix="Wait for it to end, or stop it"
            + (f": `kill {holder.pid}`." if holder.pid else "."),
        )
    if not health.ok:
        return fail(
            Check.LOCK,
            f"{who} has it and says that its loops stand still.",
            why=f"{address}/healthz answers, and not with ok.",
            fix="Start it again, and look in its log for what it said before.",
        )
    return ok(
        Check.LOCK,
        f"{who} has it and answers on {address}/healthz.",
        "A second `paperboy run` on this folder would be refused.",
    )


def check_port(host: str, port: int, holder: Holder | None, health: Health | None) -> Finding:
    """Whether `run` could listen there.  Nothing listens while it is tried."""
    if port == 0:
        return ok(Check.PORT, "PORT is 0: any free one is taken.")
    try:
        problem = _bind(host, port)
    except socket.gaierror:
        problem = errno.EADDRNOTAVAIL
    if problem is None:
        return ok(Check.PORT, f"{host}:{port} is free.")
    if problem == errno.EADDRINUSE:
        return _who_listens(port, holder, health)
    if problem == errno.EACCES:
        return fail(
            Check.PORT,
            f"Port {port} needs more rights than this account has.",
            fix="Set PORT to one above 1023, such as PORT=8080.",
        )
    return fail(
        Check.PORT,
        f"HOST={host} is no address of this machine.",
        why=os.strerror(problem) + ".",
        fix="Take HOST out, which leaves it at 127.0.0.1.",
    )


def _who_listens(port: int, holder: Holder | None, health: Health | None) -> Finding:
    fix = f"Stop that one, or set PORT to a free port, such as PORT={port % 60000 + 1}."
    if health is None:
        return fail(
            Check.PORT,
            f"Port {port} is in use by another program.",
            why="What listens there does not answer as Paperboy does.",
            fix=fix,
        )
    if holder is not None and health.pid in {None, holder.pid}:
        return ok(Check.PORT, f"Port {port} is held by our own process, Paperboy {health.version}.")
    who = f" (pid {health.pid})" if health.pid else ""
    return fail(
        Check.PORT,
        f"Port {port} is in use by another Paperboy{who}.",
        why="It does not have the lock of this data folder, so it serves another one.",
        fix=fix,
    )


def _bind(host: str, port: int) -> int | None:
    """The error of binding, as `run` would; None when it can be bound."""
    for family, kind, number, _, address in socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        with socket.socket(family, kind, number) as one:
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(address)
            except OSError as error:
                return error.errno
    return None
