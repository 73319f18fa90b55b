"""What a setting's value must look like, and what a `.env` file must look like.

Every check raises ValueError with the end of a sentence that begins with the variable's name; the
sentence says what to write instead.  A secret's value is never repeated.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream
from pydantic import SecretStr

HIGHEST_PORT = 65535
CATEGORY = re.compile(r"[a-z]+(-[a-z]+)?(\.[A-Za-z]+(-[A-Za-z]+)?)?")


def port(value: object) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()) or int(text[:6]) > HIGHEST_PORT:
        raise ValueError(f"is {text!r}, but a port is a whole number up to 65535, such as 8080")
    return int(text)


def host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", value):
        raise ValueError(f"is {value!r}, but should be an address or a name, such as 127.0.0.1")
    return value


def web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in value):
        raise ValueError(f"is {value!r}, but should be an address that begins with https://")
    return value.rstrip("/")


def categories(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = tuple(name for name in re.split(r"[\s,+]+", value) if name)
    if not names:
        raise ValueError("is empty; name at least one arXiv category, such as cs.CV")
    for name in names:
        if not CATEGORY.fullmatch(name):
            raise ValueError(
                f"holds {name!r}, which is no arXiv category; write them with spaces between, "
                "such as cs.CV cs.LG stat.ML"
            )
    return tuple(dict.fromkeys(names))


def timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        known = {name.casefold(): name for name in sorted(available_timezones())}
        near = difflib.get_close_matches(value.casefold(), known, n=1)
        example = known[near[0]] if near else "Europe/Berlin"
        raise ValueError(f"is {value!r}, which is no time zone; did you mean {example}?") from None
    return value


def header_text(value: str | None) -> str | None:
    if value is not None and not (value.isprintable() and value.isascii()):
        raise ValueError(
            "is sent in the header of a request, so write plain characters on one line, "
            "such as CONTACT=you@example.org"
        )
    return value


def secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("holds spaces or signs that no token has; copy it again, in one piece")
    return value


def log_level(value: object) -> object:
    name = str(value).strip().upper()
    if name not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError(f"is {value!r}, but should be DEBUG, INFO, WARNING or ERROR")
    return name


def log_format(value: object) -> object:
    name = str(value).strip().lower()
    if name not in {"console", "json"}:
        raise ValueError(f"is {value!r}, but should be console or json")
    return name


def secret_file(path: Path) -> str:
    """The content of a secret's file, without the line end.  Raises ValueError."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError(f"names {path}, which is not a text file") from None
    except OSError as error:
        raise ValueError(f"names {path}, which cannot be read: {reason(error)}") from None
    if not text:
        raise ValueError(f"names {path}, which is empty; write the token into it")
    return text


def dotenv_names(path: Path) -> list[str]:
    """The names that a `.env` file sets; none when there is no such file.

    Raises ValueError with a whole sentence when the file cannot be read.  Its values are never
    repeated, since they may be secret.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            bindings = list(parse_stream(lines))
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; save it again with that encoding.") from None
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read: {reason(error)}. Mend that, or move it away."
        ) from None
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            # A binding's text begins with the blank lines before it.
            text = binding.original.string
            line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
            raise ValueError(
                f"{path}, line {line}, cannot be read; every line is NAME=value, a # comment or "
                "empty, and a quote that opens also closes."
            )
    return [binding.key for binding in bindings if binding.key is not None]


def reason(error: OSError) -> str:
    """Why the system refused, in its own words, without numbers and paths."""
    return (error.strerror or type(error).__name__).lower()
