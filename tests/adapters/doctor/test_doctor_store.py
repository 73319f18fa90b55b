"""What the doctor says of the database, the lock, the port, the index and what is owed."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from doctor_world import Place, one

from adapters.doctor import database, holder
from adapters.doctor.findings import Level
from adapters.storage.lock import held

# -- database ------------------------------------------------------------------


def test_a_database_of_another_program(place):
    place.data.mkdir()
    with closing(sqlite3.connect(place.data / "paperboy.db")) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()
    found, _ = place.doctor()
    assert "of another program" in one(found, "database", "fail")


def test_a_file_that_is_no_database(place):
    place.data.mkdir()
    (place.data / "paperboy.db").write_text("Dear diary")
    found, _ = place.doctor()
    assert "is not a database" in one(found, "database", "fail")


@pytest.mark.parametrize("url", ["postgresql://me:pw12345@db/x", "mysql://x", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used(place, url):
    found, done = place.doctor(DATABASE_URL=url)
    assert one(found, "database", "fail")
    assert "pw12345" not in done.stdout


def test_a_damaged_database(filled):
    path = filled.data / "paperboy.db"
    sound = path.read_bytes()
    damages = {
        "pages overwritten": sound[: 4096 * 5] + b"\x55" * (len(sound) - 4096 * 5),
        "cut off": sound[: len(sound) // 2],
        # Seven free pages are counted where none are: only a check of the whole file sees that.
        "wrong count": sound[:36] + (7).to_bytes(4, "big") + sound[40:],
    }
    for content in damages.values():
        path.write_bytes(content)
        found, _ = filled.doctor()
        assert "is damaged" in one(found, "database", "fail")


def test_a_newer_and_an_older_schema(filled, monkeypatch):
    path = filled.data / "paperboy.db"
    monkeypatch.setattr(database, "HEAD", "9998")
    older = database.check_database(path, shared=False, seconds=5)
    assert (older.level, "older Paperboy" in older.what) == (Level.FAIL, True)
    assert "paperboy migrate" in older.fix
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    found, _ = filled.doctor()
    assert "a newer Paperboy" in one(found, "database", "fail")


def test_what_a_crash_left_is_read_and_kept(filled):
    """The log beside the database holds commits; neither is changed by looking."""
    path = filled.data / "paperboy.db"
    crash = f"""
import os, sqlite3
c = sqlite3.connect({str(path)!r})
c.execute("PRAGMA wal_autocheckpoint=0")
c.execute("INSERT INTO counters VALUES ('crash', 1)")
c.commit()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", crash], check=True)
    log = path.with_name("paperboy.db-wal")
    before = (path.read_bytes(), log.read_bytes())
    assert before[1]
    found, _ = filled.doctor()
    assert one(found, "database", "ok")
    assert (path.read_bytes(), log.read_bytes()) == before


def test_a_large_database_is_read_as_far_as_the_time_allows(filled, monkeypatch):
    monkeypatch.setattr(database, "STEPS", 1)
    path = filled.data / "paperboy.db"
    said = database.check_database(path, shared=False, seconds=0)
    assert (said.level, "as far as it was read" in said.what) == (Level.OK, True)


# -- lock, port ----------------------------------------------------------------


def test_a_second_process_that_does_not_answer(filled):
    with held(filled.data / "paperboy.lock"):
        found, _ = filled.doctor()
        assert f"pid {os.getpid()} has it and does not answer" in one(found, "lock", "warn")
    found, _ = filled.doctor()
    assert "free" in one(found, "lock", "ok")


def test_without_the_kernels_list_the_named_process_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(holder, "KERNEL_LOCKS", tmp_path / "absent")
    file = tmp_path / "paperboy.lock"
    file.write_text(f"{os.getpid()}\n")
    found = holder.find_holder([file])
    assert found is not None
    assert found.pid == os.getpid()
    file.write_text("99999999\n")
    assert holder.find_holder([file]) is None
    file.write_text("")
    assert holder.find_holder([file]) is None


def test_a_port_that_a_stranger_has(place):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        found, _ = place.doctor(PORT=port)
    assert "in use by another program" in one(found, "port", "fail")
    assert "set PORT" in one(found, "port", "fail")


def test_a_port_that_another_paperboy_has():
    health = holder.Health(ok=True, pid=7, version="1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        other = holder.check_port("127.0.0.1", port, None, health)
        own = holder.check_port("127.0.0.1", port, holder.Holder(pid=7), health)
    assert (other.level, "another Paperboy (pid 7)" in other.what) == (Level.FAIL, True)
    assert own.level is Level.OK


def test_a_host_that_is_not_this_machine(place):
    found, _ = place.doctor(HOST="192.0.2.1", PORT="8080", WEB_TOKEN="let-me-in")
    assert "no address of this machine" in one(found, "port", "fail")


def test_a_process_whose_loops_stand_still():
    health = holder.Health(ok=False, pid=7, version="1")
    said = holder.check_lock(holder.Holder(pid=7), health, "http://127.0.0.1:8080")
    assert said.level is Level.FAIL


# -- search index, deliveries --------------------------------------------------


def test_an_index_that_is_broken_removed_or_behind(filled):
    files = filled.data / "index" / "files"
    kept = {path: path.read_bytes() for path in files.iterdir()}
    (name,) = [path for path in kept if path.suffix == ".term"]
    name.write_bytes(kept[name][:-20])
    found, _ = filled.doctor()
    assert "made anew" in one(found, "search index", "warn")
    name.write_bytes(kept[name])
    mark = filled.data / "index" / "mark.json"
    stands = json.loads(mark.read_text())
    mark.write_text(json.dumps(stands | {"seq": stands["seq"] - 1}))
    found, _ = filled.doctor()
    assert "behind by 1 paper;" in one(found, "search index", "ok")
    mark.write_text(json.dumps(stands | {"seq": stands["seq"] + 5}))
    found, _ = filled.doctor()
    assert "ahead of the database" in one(found, "search index", "warn")
    mark.unlink()
    found, _ = filled.doctor()
    assert "though papers are stored" in one(found, "search index", "warn")


def subscribe_and_owe(place: Place, **values: object) -> None:
    """One delivery of the stored paper, as it stands in the table."""
    with closing(sqlite3.connect(place.data / "paperboy.db")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        columns = connection.execute("PRAGMA table_info(deliveries)").fetchall()
        row: dict[str, object] = {
            name: 0 if kind == "INTEGER" else "x"
            for _, name, kind, required, default, key in columns
            if required and default is None and not key
        }
        row |= {"id": "d1", "created_at": "2026-06-12 00:00:00.000000"} | values
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"INSERT INTO deliveries ({names}) VALUES ({marks})", tuple(row.values())
        )
        connection.commit()


def test_dead_letters(filled):
    subscribe_and_owe(filled, state="dead", failure="The channel is gone.")
    found, done = filled.doctor()
    said = one(found, "deliveries", "warn")
    assert "1 card could not be posted" in said
    assert "The channel is gone." in said
    assert "paperboy outbox list" in said
    assert done.returncode == 0
    assert filled.call("doctor", "--offline", "--strict").returncode == 1


def test_what_waits_too_long(filled):
    subscribe_and_owe(filled, state="pending", due_at="2026-06-12 00:00:00.000000")
    found, _ = filled.doctor()
    assert "1 card waits" in one(found, "deliveries", "warn")
    assert "Start `paperboy run`." in one(found, "deliveries", "warn")
