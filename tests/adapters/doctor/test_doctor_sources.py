"""What the doctor says of sources that fail, and of the clock."""

import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from doctor_world import NOBODY, one

from adapters.doctor import database, sources
from adapters.doctor.findings import Level

# -- sources, clock ------------------------------------------------------------


def test_sources_that_are_away(place):
    found, _ = place.doctor(
        real=True,
        ARXIV_FEED_URL=NOBODY,
        ARXIV_API_URL=f"{NOBODY}/api/query",
        HUGGINGFACE_URL=NOBODY,
    )
    for check, setting in (
        ("arxiv feed", "ARXIV_FEED_URL"),
        ("arxiv api", "ARXIV_API_URL"),
        ("hugging face", "HUGGINGFACE_URL"),
    ):
        assert "cannot be reached" in one(found, check, "fail")
        assert setting in one(found, check, "fail")
    assert "No source answered" in one(found, "clock", "warn")


def test_sources_that_answer_something_else(place, world):
    world.faults = {"feed": "challenge", "api": "challenge", "daily": "challenge"}
    found, _ = place.doctor(**world.settings)
    for check in ("arxiv feed", "arxiv api", "hugging face"):
        assert "a web page instead of data" in one(found, check, "fail")


def test_sources_that_are_out_of_order_or_write_in_a_new_way(place, world):
    world.faults = {"feed": "503", "daily": "new format"}
    found, _ = place.doctor(**world.settings)
    assert "out of order (503)" in one(found, "arxiv feed", "fail")
    assert "none can be read" in one(found, "hugging face", "fail")
    assert one(found, "arxiv api", "ok")


def test_an_arxiv_that_was_asked_too_often_is_asked_no_more(place, world):
    world.faults = {"feed": "429", "daily": "429"}
    found, done = place.doctor(**world.settings)
    assert "asked too often (429)" in one(found, "arxiv feed", "warn")
    assert "slow down" in one(found, "arxiv api", "warn")
    assert "429" in one(found, "hugging face", "warn")
    assert [name for name, _ in world.asked if name == "api"] == []
    assert done.returncode == 0


def test_a_cool_down_that_is_stored_is_kept(filled, world):
    until = (datetime.now(UTC) + timedelta(minutes=9)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(filled.data / "paperboy.db")) as connection:
        connection.execute(
            "INSERT INTO breakers (scope, fail_count, open_until, reason) VALUES (?, 1, ?, 'x')",
            (database.GATE, until),
        )
        connection.commit()
    found, _ = filled.doctor(**world.settings)
    assert "ask again in 8 minutes" in one(found, "arxiv feed", "warn")
    assert {name for name, _ in world.asked} == {"daily"}


def test_the_gate_keeps_its_cool_down_where_the_doctor_looks():
    from adapters.sources import arxiv_gate

    assert database.GATE == arxiv_gate.SCOPE


def test_it_ends_in_time_when_all_sources_hang(place, world):
    world.faults = {"feed": "hang", "api": "hang", "daily": "hang"}
    begun = time.monotonic()
    found, _ = place.doctor(real=True, **world.settings)
    # Ten seconds is the promise; a machine that runs other tests beside gets some more.
    assert time.monotonic() - begun < 20
    for check in ("arxiv feed", "arxiv api", "hugging face"):
        assert "did not answer in time" in one(found, check, "fail")


def test_the_patience_with_sources_fits_into_the_time():
    from adapters.doctor.examination import LONGEST
    from adapters.sources.arxiv_gate import SPACING

    assert timedelta(seconds=1) < sources.ARXIV_PATIENCE - SPACING - sources.FEED_PATIENCE
    assert max(sources.ARXIV_PATIENCE, sources.HUGGING_FACE_PATIENCE) < timedelta(seconds=LONGEST)


def test_a_clock_that_is_wrong(place, world):
    world.skews = {"arxiv": timedelta(minutes=-10), "daily": timedelta(minutes=-10)}
    found, _ = place.doctor(**world.settings)
    assert re.search(r"clock is (10|9) minutes ahead of", one(found, "clock", "warn"))
    assert "timedatectl" in one(found, "clock", "warn")


def test_a_source_whose_clock_is_wrong():
    minute = timedelta(minutes=1)
    said = sources.check_clock({"arXiv": -10 * minute, "Hugging Face": minute / 60})
    assert (said.level, "10 minutes behind that of arXiv" in said.what) == (Level.WARN, True)
    assert "It agrees with Hugging Face" in said.why
    assert sources.check_clock({"arXiv": 2 * minute}).level is Level.OK
    assert sources.check_clock({"arXiv": 2.1 * minute}).level is Level.WARN
