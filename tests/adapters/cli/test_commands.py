"""Commands as processes: answers, exit codes, and one sentence for each way to go wrong."""

import contextlib
import gzip
import json
import os
import re
import signal
import sqlite3
import time
import urllib.request

import pytest

from adapters.cli import DOCTOR, Exit

PAPERS = [
    {
        "id": f"2606.0000{number}",
        "title": title,
        "abstract": "We train it.",
        "authors": ["Ada Lovelace"],
        "categories": ["cs.CV"],
        "first_seen": "2026-06-12",
    }
    for number, title in enumerate(["Gaussian splatting", "Splatting faster", "Bread"], start=1)
]


def sentence(result):
    """The one complaint on standard error."""
    (line,) = [one for one in result.stderr.splitlines() if not one.endswith(DOCTOR)]
    assert line.startswith("paperboy: ")
    assert line.endswith((".", "?"))
    assert "Traceback" not in result.stderr
    return line.removeprefix("paperboy: ")


def url_of(process):
    """Where a started program serves."""
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + process.stderr.read()
    return found.group()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS))
    return path


# -- load, ask ----------------------------------------------------------------


def test_load_then_ask(paperboy, file):
    loaded = paperboy("load", file.name)
    assert (loaded.stdout, loaded.stderr) == ("3 papers read, 3 new or changed.\n", "")
    assert loaded.returncode == Exit.OK
    again = paperboy("load", "-", stdin=file.read_text())
    assert again.stdout == "3 papers read, 0 new or changed.\n"
    for text in ("/papers splatting", "splatting"):
        asked = paperboy("ask", text)
        assert asked.returncode == Exit.OK
        assert asked.stderr == ""
        lines = asked.stdout.splitlines()
        assert lines[0].startswith("2 papers for splatting")
        assert {"Gaussian splatting", "Splatting faster"} < {line[3:] for line in lines}
    answer = json.loads(paperboy("ask", "--json", "2606.00003").stdout)
    assert answer["summary"]
    assert "Bread" in json.dumps(answer["parts"])


def test_before_anything_is_read_the_starter_catalogue_answers(paperboy):
    asked = paperboy("ask", "/papers splatting")
    assert asked.returncode == Exit.OK
    assert "splatting" in asked.stdout.splitlines()[0]
    assert "starter catalogue" in asked.stdout


def test_broken_lines_are_skipped_counted_and_named(paperboy, tmp_path):
    good = json.dumps(PAPERS[0]).encode()
    lines = [b"{", good, b"\xff", b"[]", b'{"title": ""}', b'{"id": "x", "title": "y"}', b"1", b"2"]
    (tmp_path / "mixed.jsonl").write_bytes(b"\n".join(lines))
    loaded = paperboy("load", "mixed.jsonl")
    assert loaded.returncode == Exit.OK
    assert loaded.stdout == "1 paper read, 1 new or changed.\n"
    assert loaded.stderr.splitlines() == [
        "paperboy: mixed.jsonl, line 1: not JSON; skipped",
        "paperboy: mixed.jsonl, line 3: not UTF-8 text; skipped",
        'paperboy: mixed.jsonl, line 4: not an object, such as {"title": "…"}; skipped',
        "paperboy: mixed.jsonl, line 5: no title; skipped",
        "paperboy: mixed.jsonl, line 6: id 'x' is neither of arXiv nor a DOI; skipped",
        "paperboy: mixed.jsonl: 2 more lines cannot be read",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "empty.jsonl has no paper in it"),
        ("book.pdf", b"%PDF-1.7\n\xe2\xe3\n1 0 obj\n", "book.pdf has no paper in it"),
        (
            "cut.jsonl.gz",
            gzip.compress(b'{"title": "a"}\n' * 9)[:30],
            "cut.jsonl.gz cannot be read",
        ),
    ],
)
def test_a_file_without_papers_is_exit_code_1(paperboy, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    loaded = paperboy("load", name)
    assert loaded.returncode == Exit.NOTHING_DONE
    assert f"paperboy: {said}" in loaded.stderr
    assert "Traceback" not in loaded.stderr


def test_ctrl_c_while_loading_keeps_and_tells_what_was_loaded(paperboy, tmp_path):
    fifo = tmp_path / "endless.jsonl"
    os.mkfifo(fifo)
    process = paperboy.start("load", fifo.name)
    with fifo.open("w") as lines:
        # More than a batch, so that one is stored; the file is never ended.
        lines.writelines(f'{{"title": "Paper number {number}"}}\n' for number in range(1500))
        lines.flush()
        while count(paperboy.folder / "data" / "paperboy.db") < 1000:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "1,000 papers read, 1,000 new or changed.\n"
    assert process.communicate(timeout=15) == ("", "")
    assert process.returncode == Exit.STOPPED


def count(database):
    """How many papers are stored; without disturbing who creates the file."""
    if not database.with_name(database.name + "-wal").exists():
        return 0
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM papers").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # it has no tables yet


def test_a_file_that_is_not_there_is_wrong_usage(paperboy):
    loaded = paperboy("load", "nowhere.jsonl")
    assert sentence(loaded) == "There is no file nowhere.jsonl."
    assert loaded.returncode == Exit.USAGE
    folder = paperboy("load", ".")
    assert sentence(folder) == ". is a folder; name a file in it."
    assert folder.returncode == Exit.USAGE


def test_a_channel_that_cannot_be_is_wrong_usage(paperboy):
    asked = paperboy("ask", "--channel", "No Such!", "splatting")
    assert sentence(asked).startswith("--channel No Such!: A channel's name has small letters")
    assert asked.returncode == Exit.USAGE


def test_a_reader_that_leaves_is_no_error(paperboy, file):
    paperboy("load", file.name)
    process = paperboy.start("ask", "splatting")
    process.stdout.close()
    process.stdout = None
    _, said = process.communicate(timeout=30)
    assert said == ""


# -- poll ---------------------------------------------------------------------


def test_poll_reads_every_source_once(paperboy, sources):
    polled = paperboy("poll", "--once", **sources)
    assert polled.returncode == Exit.OK, polled.stderr
    lines = polled.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["arxiv", "daily", "trending", "posted"]
    assert re.fullmatch(r"arxiv: \d+ papers read, \d+ new or changed, 0 cards owed.*", lines[0])
    again = paperboy("poll", "--once", **sources).stdout.splitlines()
    assert again[:3] == ["arxiv: nothing new", "daily: nothing new", "trending: nothing new"]


def test_without_any_source_nothing_could_be_done(paperboy):
    polled = paperboy("poll", "--once")
    assert polled.returncode == Exit.NOTHING_DONE
    assert polled.stdout.splitlines()[0] == "arxiv: not read. arXiv cannot be reached."


# -- run ----------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_serves_and_stops_cleanly(paperboy, number):
    process = paperboy.start("run", LOG_FORMAT="json")
    url = url_of(process)
    assert url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
        assert json.load(answer)["ok"] is True
    process.send_signal(number)
    time.sleep(0.02)
    process.send_signal(number)  # as supervisors do: to the process, and to its group
    _, said = process.communicate(timeout=15)
    assert process.returncode == Exit.OK
    assert "Traceback" not in said
    events = [json.loads(line) for line in said.splitlines()]
    assert "server.started" in {event["event"] for event in events}


def test_a_second_process_is_refused_and_ask_only_reads(paperboy, file):
    paperboy("load", file.name)
    process = paperboy.start("run")
    url_of(process)
    second = paperboy("run")
    assert sentence(second).startswith(f"Another Paperboy process (pid {process.pid})")
    assert second.returncode == Exit.STORE
    refused = paperboy("load", file.name)
    assert sentence(refused).startswith("Another Paperboy process")
    assert refused.returncode == Exit.STORE
    asked = paperboy("ask", "splatting")
    assert asked.returncode == Exit.OK
    assert asked.stdout.startswith("2 papers for splatting")


def test_a_port_in_use_is_one_sentence(paperboy, taken_port):
    refused = paperboy("run", PORT=str(taken_port))
    assert sentence(refused).startswith(f"Port {taken_port} is in use")
    assert refused.returncode == Exit.ADDRESS


# -- settings and the database ------------------------------------------------


def test_wrong_settings_are_sentences_and_exit_code_2(paperboy, tmp_path):
    for name, value in (("PORT", "x"), ("DATABASE_URL", "mysql://x"), ("HOST", "0.0.0.0")):
        refused = paperboy("migrate", **{name: value})
        assert sentence(refused).startswith(name)
        assert refused.returncode == Exit.USAGE
    (tmp_path / ".env").write_text("not a setting\n")
    broken = paperboy("run")
    assert sentence(broken).startswith(".env, line 1, cannot be read")
    assert broken.returncode == Exit.USAGE


def test_unknown_variables_are_warnings(paperboy):
    done = paperboy("migrate", PAPERBOY_DATADIR="x", SLACK_BOT_TOKEN="xoxb-1-secret")
    assert done.returncode == Exit.OK
    assert done.stderr.splitlines() == [
        "paperboy: PAPERBOY_DATADIR is no setting of Paperboy; did you mean PAPERBOY_DATA_DIR?",
        "paperboy: SLACK_BOT_TOKEN is set, but this version does not connect Slack yet.",
    ]


def test_a_database_that_is_not_ours_is_refused_untouched(paperboy, tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "paperboy.db"
    path.write_bytes(b"these are the accounts of 1998\n" * 100)
    refused = paperboy("migrate")
    assert "is not a database" in sentence(refused)
    assert refused.returncode == Exit.STORE
    assert path.read_bytes().startswith(b"these are the accounts")
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE accounts (year)")
    other.close()
    before = path.read_bytes()
    refused = paperboy("run")
    assert sentence(refused)
    assert refused.returncode == Exit.STORE
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_is_refused(paperboy, tmp_path):
    (tmp_path / "taken").write_text("a file")
    refused = paperboy("migrate", PAPERBOY_DATA_DIR="taken")
    assert "taken is a file, not a folder" in sentence(refused)
    assert refused.returncode == Exit.STORE
    refused = paperboy("migrate", PAPERBOY_DATA_DIR="/proc/paperboy")
    assert "PAPERBOY_DATA_DIR" in sentence(refused)
    assert refused.returncode == Exit.STORE


# -- secrets ------------------------------------------------------------------


def test_no_secret_reaches_a_log_or_an_answer(paperboy, tmp_path, sources):
    secrets = {"WEB_TOKEN": "canary-web-token-1", "HF_TOKEN": "hf_canarycanarycanary"}
    loud = secrets | {"LOG_LEVEL": "DEBUG"}
    process = paperboy.start("run", **loud)
    url = url_of(process)
    with urllib.request.urlopen(f"{url}/?token=canary-web-token-1", timeout=10):
        pass
    process.terminate()
    said = "".join(process.communicate(timeout=15))
    for result in (
        paperboy("poll", "--once", **loud, **sources),
        paperboy("ask", "status", **loud),
    ):
        said += result.stdout + result.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            said += path.read_bytes().decode("latin-1")
    assert "server.started" in said
    assert "canary" not in said
