"""A start that fails: one sentence, a code that is not 0, and no process that lives on.

PAPERBOY_PROVE=1 also holds it to the five seconds that are promised.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from adapters.cli import Exit

AT_ONCE = 5 if os.environ.get("PAPERBOY_PROVE") else 60

BREAKING = """
import asyncio, contextlib, dataclasses, sys, threading, time
from adapters import cli, serving, wiring
from bot.errors import StoreError

async def busy():
    pool = asyncio.get_running_loop().run_in_executor
    {body}

class Channel:
    async def __aenter__(self): await busy()
    async def __aexit__(self, *_): pass

whole = wiring.assembled

@contextlib.asynccontextmanager
async def assembled(*arguments, **more):
    async with whole(*arguments, **more) as program:
        yield dataclasses.replace(program, channel=Channel())

serving.assembled = assembled
sys.argv = ["paperboy", "run"]
cli.main()
"""

AFTER_THE_STORE_IS_OPEN = {
    "expected": ('raise StoreError("No.")', Exit.STORE, "paperboy: No."),
    "a bug": ('raise RuntimeError("a bug")', 1, "RuntimeError: a bug"),
    "a thread that never ends": (
        'threading.Thread(target=time.sleep, args=(600,)).start(); raise StoreError("No.")',
        Exit.STORE,
        "paperboy: No.",
    ),
    # As aiosqlite's is, when nobody closes it.
    "a connection that nobody closes": (
        'import aiosqlite; await aiosqlite.connect(":memory:"); raise StoreError("No.")',
        Exit.STORE,
        "paperboy: No.",
    ),
    "work that a pool has begun": (
        'pool(None, time.sleep, 600); raise StoreError("No.")',
        Exit.STORE,
        "paperboy: No.",
    ),
}


@pytest.mark.parametrize("how", AFTER_THE_STORE_IS_OPEN)
def test_what_fails_after_the_store_is_open_ends_the_process(paperboy, tmp_path, how):
    body, code, said = AFTER_THE_STORE_IS_OPEN[how]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BREAKING.format(body=body)],
        cwd=tmp_path,
        env=paperboy.environment,
        capture_output=True,
        text=True,
        timeout=AT_ONCE,
        check=False,
    )
    assert said in result.stderr
    assert result.returncode == code
    assert (tmp_path / "data" / "paperboy.db").exists()
    assert paperboy("migrate").returncode == Exit.OK, "the lock is free again"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"PORT": "x"}, Exit.USAGE),
        ({"DATABASE_URL": "mysql://x"}, Exit.USAGE),
        ({"PAPERBOY_DATA_DIR": "/proc/paperboy"}, Exit.STORE),
        ({"HOST": "192.0.2.1", "WEB_TOKEN": "0123456789abcdef"}, Exit.ADDRESS),
    ],
    ids=str,
)
def test_what_cannot_be_used_ends_the_process(paperboy, wrong, code):
    process = paperboy.start("run", **wrong)
    _, said = process.communicate(timeout=AT_ONCE)
    assert process.returncode == code
    assert said.startswith("paperboy: ")
    assert "Traceback" not in said


def test_a_port_in_use_ends_the_process(paperboy, taken_port):
    process = paperboy.start("run", PORT=str(taken_port))
    _, said = process.communicate(timeout=AT_ONCE)
    assert process.returncode == Exit.ADDRESS
    assert "is in use" in said
