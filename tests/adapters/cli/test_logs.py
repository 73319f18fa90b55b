"""The log: its two forms, and that no secret gets through in any shape."""

import io
import json
import logging
import warnings

import pytest
import structlog

from adapters import logs

SECRETS = ('tok"en\\with/odd+signs', "plain-web-token")
SHAPES = (
    "hf_abcdefgh12345",
    "xoxb-1-2-abc",
    "xapp-1-abc",
    "Bearer abc.def",
    "https://me:pw@host/x",
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def log_of(form, act, level="INFO", stream=None):
    stream = stream or io.StringIO()
    logs.configure(level=level, form=form, secrets=SECRETS, stream=stream)
    act()
    return stream.getvalue()


def test_a_line_of_json_without_a_terminal():
    said = log_of(
        None, lambda: structlog.get_logger("x").info("source.read", source="arxiv", papers=3)
    )
    (line,) = said.splitlines()
    event = json.loads(line)
    assert (event["event"], event["source"], event["papers"]) == ("source.read", "arxiv", 3)
    assert event["level"] == "info"
    assert event["timestamp"].endswith("Z")


def test_a_line_for_people_on_a_terminal():
    said = log_of(None, lambda: structlog.get_logger("x").info("source.read"), stream=Terminal())
    assert "source.read" in said
    assert not said.startswith("{")


def test_the_level_holds_for_libraries_too():
    def act():
        structlog.get_logger("x").info("quiet")
        logging.getLogger("some.library").info("quiet")
        logging.getLogger("some.library").warning("loud %s", 1)

    said = log_of("json", act, level="WARNING")
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["loud 1"]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("secret", [*SECRETS, *SHAPES])
def test_no_secret_gets_through(form, secret):
    hidden = secret.removeprefix("Bearer ").removeprefix("https://").removesuffix("@host/x")

    def act():
        log = structlog.get_logger("x")
        log.info(secret, value=secret, nested={"deep": [secret]})
        logging.getLogger("library").warning("said %s", secret)
        try:
            int(f"no number: {secret}")
        except ValueError:
            log.exception("thing.failed")
            logging.getLogger("library").exception("failed")
        warnings.warn(secret, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        said = log_of(form, act)
    assert said.count("ValueError") >= 2
    for shape in (hidden, json.dumps(hidden)[1:-1], repr(hidden)[1:-1]):
        assert shape not in said
    assert logs.HIDDEN in said


def test_a_traceback_shows_no_local_variables():
    def act():
        keep_me = "a value of a local variable"
        try:
            int(keep_me[:0])
        except ValueError:
            structlog.get_logger("x").exception("thing.failed")

    source_line = 'keep_me = "a value'
    for form in ("json", "console"):
        assert "a value of a local" not in log_of(form, act).replace(source_line, "")
