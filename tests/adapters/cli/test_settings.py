"""Settings: the names, the sentences, `.env`, secrets in files, and what the documents say."""
# ruff: noqa: E501 - a sentence stands as a person reads it

import os
import re
from pathlib import Path

import pytest

from adapters import settings

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """An empty working directory and an environment without any of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name in settings.variables() or name.startswith(settings.CHECKED_PREFIXES):
            monkeypatch.delenv(name)


def example() -> str:
    """`.env.example` as the settings class has it."""
    lines = [
        "# Copy this file to .env and take the # away from the lines that you want to change.",
        "# Nothing has to be set. The environment goes before this file.",
        "# Every secret can also stand in a file of its own: WEB_TOKEN_FILE, HF_TOKEN_FILE.",
    ]
    for name, field in settings.Settings.model_fields.items():
        value = field.default
        if isinstance(value, tuple):
            value = " ".join(value)
        if isinstance(value, Path):
            value = f"./{value}"
        lines += [
            "",
            f"# {field.description}",
            f"# {name.upper()}={'' if value is None else value}",
        ]
    return "\n".join(lines) + "\n"


def test_the_example_file_is_the_settings_class():
    assert (ROOT / ".env.example").read_text() == example()


def test_the_example_file_sets_nothing_wrong(tmp_path):
    text = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(re.sub(r"^# (?=[A-Z_]+=)", "", text, flags=re.MULTILINE))
    given, warnings = settings.load()
    assert given.model_dump() == settings.Settings().model_dump()
    assert warnings == ()


def test_the_readme_names_every_variable_with_its_default():
    table = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    documented = {name: default.strip("`– ") for name, default in table}
    defaults = re.findall(r"^# ([A-Z_]+)=(.*)$", example(), re.MULTILINE)
    assert documented == dict(defaults)


def test_nothing_has_to_be_set():
    given, warnings = settings.load()
    assert (given.host, given.port, given.database_url) == ("127.0.0.1", 8080, None)
    assert given.secrets == ()
    assert warnings == ()


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("\ufeffPORT=1\nexport CONTACT='a@b.c' # mine\n", "utf-8")
    monkeypatch.setenv("PORT", "2")
    given, _ = settings.load()
    assert (given.port, given.contact) == (2, "a@b.c")


def test_an_empty_value_is_not_set(monkeypatch):
    monkeypatch.setenv("WEB_TOKEN", "")
    monkeypatch.setenv("PORT", "")
    given, _ = settings.load()
    assert (given.web_token, given.port) == (None, 8080)


def test_categories_are_separated_by_spaces_or_commas(monkeypatch):
    monkeypatch.setenv("ARXIV_CATEGORIES", " cs, math-ph q-bio.NC  cond-mat.str-el cs")
    given, _ = settings.load()
    assert given.arxiv_categories == ("cs", "math-ph", "q-bio.NC", "cond-mat.str-el")


@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_a_secret_may_stand_in_a_file(tmp_path, monkeypatch, place):
    (tmp_path / "token").write_text("hf_from_a_file\n")
    if place == "environment":
        monkeypatch.setenv("HF_TOKEN_FILE", str(tmp_path / "token"))
    else:
        (tmp_path / ".env").write_text("HF_TOKEN_FILE=token\n")
    given, _ = settings.load()
    assert given.secrets == ("hf_from_a_file",)
    monkeypatch.setenv("HF_TOKEN", "hf_itself")
    given, _ = settings.load()
    assert given.secrets == ("hf_itself",)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "PORT is 'http', but a port is a whole number up to 65535, such as 8080."),
        (
            "PORT",
            "65536",
            "PORT is '65536', but a port is a whole number up to 65535, such as 8080.",
        ),
        ("PORT", "²", "PORT is '²', but a port is a whole number up to 65535, such as 8080."),
        (
            "PORT",
            "9" * 5000,
            f"PORT is '{'9' * 5000}', but a port is a whole number up to 65535, such as 8080.",
        ),
        (
            "HOST",
            "my host",
            "HOST is 'my host', but should be an address or a name, such as 127.0.0.1.",
        ),
        (
            "ARXIV_FEED_URL",
            "rss.arxiv.org",
            "ARXIV_FEED_URL is 'rss.arxiv.org', but should be an address that begins with https://.",
        ),
        (
            "HUGGINGFACE_URL",
            "https://[",
            "HUGGINGFACE_URL is 'https://[', but should be an address that begins with https://.",
        ),
        (
            "ARXIV_CATEGORIES",
            "cs.CV;cs.LG",
            "ARXIV_CATEGORIES holds 'cs.CV;cs.LG', which is no arXiv category; write them with spaces between, such as cs.CV cs.LG stat.ML.",
        ),
        (
            "DEFAULT_TIMEZONE",
            "europe/berlinn",
            "DEFAULT_TIMEZONE is 'europe/berlinn', which is no time zone; did you mean Europe/Berlin?",
        ),
        (
            "DEFAULT_TIMEZONE",
            "../etc/passwd",
            "DEFAULT_TIMEZONE is '../etc/passwd', which is no time zone; did you mean Europe/Berlin?",
        ),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud', but should be DEBUG, INFO, WARNING or ERROR."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml', but should be console or json."),
        (
            "CONTACT",
            "a\nb",
            "CONTACT is sent in the header of a request, so write plain characters on one line, such as CONTACT=you@example.org.",
        ),
        (
            "WEB_TOKEN",
            "my own token",
            "WEB_TOKEN holds spaces or signs that no token has; copy it again, in one piece.",
        ),
        (
            "HF_TOKEN_FILE",
            "/nowhere",
            "HF_TOKEN_FILE names /nowhere, which cannot be read: no such file or directory.",
        ),
        ("HF_TOKEN_FILE", "/", "HF_TOKEN_FILE names /, which cannot be read: is a directory."),
    ],
)
def test_a_wrong_value_is_one_sentence_with_the_fix(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingsError) as caught:
        settings.load()
    assert caught.value.sentences == (sentence,)


def test_all_wrong_values_are_told_at_once(monkeypatch):
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("LOG_LEVEL", "x")
    with pytest.raises(settings.SettingsError) as caught:
        settings.load()
    assert [sentence.split()[0] for sentence in caught.value.sentences] == ["PORT", "LOG_LEVEL"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "paperboy.example.org"])
def test_a_host_that_others_reach_needs_the_token(monkeypatch, host):
    monkeypatch.setenv("HOST", host)
    with pytest.raises(settings.SettingsError, match="WEB_TOKEN must be set"):
        settings.load()
    monkeypatch.setenv("WEB_TOKEN", "let-me-in")
    given, _ = settings.load()
    assert given.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_no_token(monkeypatch, host):
    monkeypatch.setenv("HOST", host)
    settings.load()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PORT=1\n\n# fine\nthis is no setting\n", ".env, line 4, cannot be read"),
        (b"PORT=1\nWEB_TOKEN\n", ".env, line 2, cannot be read"),
        (b"\n\nWEB_TOKEN='hunter2\n", ".env, line 3, cannot be read"),
        (b"CONTACT=J\xfcrgen\n", ".env is not UTF-8 text"),
    ],
)
def test_a_broken_dotenv_is_one_sentence_without_its_values(tmp_path, content, sentence):
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(settings.SettingsError) as caught:
        settings.load()
    (said,) = caught.value.sentences
    assert said.startswith(sentence)
    assert "hunter2" not in said


def test_a_dotenv_that_is_a_folder_or_forbidden(tmp_path, monkeypatch):
    (tmp_path / ".env").mkdir()
    with pytest.raises(settings.SettingsError, match=r"\.env cannot be read: is a directory\."):
        settings.load()
    (tmp_path / ".env").rmdir()

    def forbidden(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    # The suite may run as root, to whom no file is closed.
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(settings.SettingsError, match=r"\.env cannot be read: permission denied\."):
        settings.load()


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        (
            "PAPERBOY_DATADIR",
            "PAPERBOY_DATADIR is no setting of Paperboy; did you mean PAPERBOY_DATA_DIR?",
        ),
        (
            "PAPERBOY_ZZZ",
            "PAPERBOY_ZZZ is no setting of Paperboy; see .env.example for those there are.",
        ),
        ("PAPERBOY_PORT", "PAPERBOY_PORT is no setting of Paperboy; did you mean PORT?"),
        ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN is set, but this version does not connect Slack yet."),
        ("DISCORD_TOKEN", "DISCORD_TOKEN is set, but this version does not connect Discord yet."),
    ],
)
def test_an_unknown_variable_is_a_warning(monkeypatch, name, warning):
    monkeypatch.setenv(name, "x")
    _, warnings = settings.load()
    assert warnings == (warning,)


def test_in_our_own_file_a_slip_is_noticed_too(tmp_path):
    (tmp_path / ".env").write_text("HOSTT=localhost\nEDITOR=vi\n")
    _, warnings = settings.load()
    assert warnings == ("HOSTT is no setting of Paperboy; did you mean HOST?",)


def test_settings_do_not_show_their_secrets(monkeypatch):
    monkeypatch.setenv("WEB_TOKEN", "hunter2hunter2")
    given, _ = settings.load()
    assert "hunter2" not in repr(given)
    assert "hunter2" not in str(given.model_dump())
