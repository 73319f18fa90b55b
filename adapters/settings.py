"""What an operator may set: the names, the defaults, and one sentence for each wrong value.

Settings come from the environment, then from `.env` in the working directory; they are parsed once,
at the start.  Every secret is also read from the file that `NAME_FILE` names.  What the values are
used for is decided in `adapters.wiring`.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adapters import settings_checks as checks
from bot.errors import PaperboyError

DOTENV = Path(".env")
ENCODING = "utf-8-sig"  #: some editors begin a file with a byte order mark
SECRETS = ("WEB_TOKEN", "HF_TOKEN")
CHECKED_PREFIXES = ("PAPERBOY_", "SLACK_", "DISCORD_")
#: Of the test suite, which starts the program in its own environment.
NOT_OURS = frozenset({"PAPERBOY_PROVE"})
OPEN_HOST = (
    "HOST is {host}, which others can reach, so WEB_TOKEN must be set too: any long random text, "
    "such as what `openssl rand -hex 16` prints. Or take HOST out, to serve this machine only."
)

WebAddress = Annotated[str, AfterValidator(checks.web_address)]
Secret = Annotated[SecretStr, AfterValidator(checks.secret)]


class SettingsError(PaperboyError):
    """The settings cannot be used: one sentence per variable, each naming it and the fix."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class Settings(BaseSettings):
    """Everything that may be set; a variable is the name of its field in capitals."""

    model_config = SettingsConfigDict(
        alias_generator=str.upper,
        case_sensitive=True,
        env_file=DOTENV,
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    host: Annotated[str, AfterValidator(checks.host)] = Field(
        default="127.0.0.1",
        description="Address to serve on. Any but this machine's own needs WEB_TOKEN.",
    )
    port: Annotated[int, BeforeValidator(checks.port)] = Field(
        default=8080, description="Port to serve on."
    )
    web_token: Secret | None = Field(
        default=None, description="What a browser must know to use the local channel."
    )
    paperboy_data_dir: Path = Field(
        default=Path("./data"), description="Folder of the database, the search index and the lock."
    )
    database_url: str | None = Field(
        default=None,
        description="The database, such as sqlite:///data/paperboy.db; by default a file in "
        "PAPERBOY_DATA_DIR.",
    )
    arxiv_categories: Annotated[tuple[str, ...], NoDecode, BeforeValidator(checks.categories)] = (
        Field(
            default=("cs.AI", "cs.CL", "cs.CV", "cs.GR", "cs.LG", "cs.RO", "stat.ML"),
            description="The arXiv lists to read; cs alone is all of computer science.",
        )
    )
    arxiv_feed_url: WebAddress = Field(
        default="https://rss.arxiv.org", description="Where arXiv's daily lists are read."
    )
    arxiv_api_url: WebAddress = Field(
        default="https://export.arxiv.org/api/query", description="Where arXiv is asked for papers."
    )
    huggingface_url: WebAddress = Field(
        default="https://huggingface.co", description="Where Hugging Face Papers is read."
    )
    hf_token: Secret | None = Field(
        default=None, description="A Hugging Face token, for more requests."
    )
    contact: Annotated[str | None, AfterValidator(checks.header_text)] = Field(
        default=None, description="Your mail address, told to the sources with every request."
    )
    default_timezone: Annotated[str, AfterValidator(checks.timezone)] = Field(
        default="UTC", description="Time zone of the days and times that are shown."
    )
    log_level: Annotated[str, BeforeValidator(checks.log_level)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Annotated[str, BeforeValidator(checks.log_format)] | None = Field(
        default=None, description="console or json; by default console on a terminal, else json."
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that may never be shown."""
        given = (self.web_token, self.hf_token)
        return tuple(secret.get_secret_value() for secret in given if secret is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was found in the environment and in `.env`: a sentence for each problem, warnings about
    variables that are none, and what is in effect when each wrong variable has its default."""

    settings: Settings
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def load() -> tuple[Settings, tuple[str, ...]]:
    """The settings, and warnings about variables that are none.  Raises SettingsError."""
    found = review()
    if found.problems:
        raise SettingsError(found.problems)
    return found.settings, found.warnings


def review() -> Review:
    """The settings with everything that is wrong about them; raises nothing."""
    problems: list[str] = []
    dotenv: Path | None = DOTENV
    in_dotenv: list[str] = []
    try:
        in_dotenv = checks.dotenv_names(DOTENV)
    except ValueError as error:
        problems.append(str(error))
        dotenv = None
    from_files, unread = _secrets_from_files(dotenv)
    settings, wrong = _with_defaults_for_wrong_ones(from_files, dotenv)
    problems += [*unread, *wrong]
    if not _is_loopback(settings.host) and settings.web_token is None:
        problems.append(OPEN_HOST.format(host=settings.host))
    strangers = _strangers([*os.environ, *in_dotenv], in_dotenv)
    return Review(settings=settings, problems=tuple(problems), warnings=tuple(strangers))


class _WithoutFile(Settings):
    """What is in effect while `.env` cannot be read."""

    model_config = SettingsConfigDict(env_file=None)


def _with_defaults_for_wrong_ones(
    given: dict[str, Any], dotenv: Path | None
) -> tuple[Settings, list[str]]:
    kind = Settings if dotenv else _WithoutFile
    try:
        return kind(**given), []
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    wrong = [str(problem["loc"][0]) for problem in problems]
    defaults = {name: Settings.model_fields[name.lower()].default for name in wrong}
    settings = kind(**{**given, **defaults})
    settings.model_fields_set.difference_update(name.lower() for name in wrong)
    return settings, [_sentence(problem) for problem in problems]


def _secrets_from_files(dotenv: Path | None) -> tuple[dict[str, Any], list[str]]:
    """The secrets that only a file tells, and a sentence for each file that cannot be read; where
    the variable itself is set, it holds."""
    in_dotenv = dotenv_values(dotenv, encoding=ENCODING) if dotenv else {}
    given = {**in_dotenv, **os.environ}
    found, problems = {}, []
    for name in SECRETS:
        path = given.get(f"{name}_FILE")
        if path and not given.get(name):
            try:
                found[name] = checks.secret_file(Path(path))
            except ValueError as error:
                problems.append(f"{name}_FILE {error}.")
    return found, problems


def variables() -> tuple[str, ...]:
    """The names of all variables, those of secrets' files included."""
    names = [name.upper() for name in Settings.model_fields]
    return (*names, *(f"{name}_FILE" for name in SECRETS))


def _sentence(problem: Any) -> str:
    cause = problem.get("ctx", {}).get("error")
    complaint = str(cause) if isinstance(cause, ValueError) else f"is not usable: {problem['msg']}"
    return f"{problem['loc'][0]} {complaint}{'' if complaint.endswith('?') else '.'}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _strangers(names: Iterable[str], in_dotenv: Iterable[str]) -> Iterable[str]:
    """A sentence for each name that looks like a setting and is none."""
    known = variables()
    own_file = set(in_dotenv)
    for name in sorted(set(names)):
        if name in known or name in NOT_OURS:
            continue
        near = [
            *difflib.get_close_matches(name, known, n=1, cutoff=0.75),
            *difflib.get_close_matches(name.removeprefix("PAPERBOY_"), known, n=1, cutoff=0.75),
        ]
        if name.startswith(("SLACK_", "DISCORD_")):
            platform = name.partition("_")[0].capitalize()
            yield f"{name} is set, but this version does not connect {platform} yet."
        elif name.startswith(CHECKED_PREFIXES) or (name in own_file and near):
            hint = (
                f"; did you mean {near[0]}?" if near else "; see .env.example for those there are."
            )
            yield f"{name} is no setting of Paperboy{hint}"
