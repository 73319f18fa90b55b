"""Where the database lies: from settings to a file, and whether that file can be used.

It decides from the URL, the folder and the first bytes of the file, before SQLite opens it.  Whose
tables are inside is decided by `engine`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.errors import StoreError

FILE_NAME = "paperboy.db"
MAGIC = b"SQLite format 3\x00"
"""https://sqlite.org/fileformat2.html#magic_header_string"""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")


def database_path(url: str | None, data_dir: Path) -> Path:
    """The file that `url` names (`sqlite:///relative`, `sqlite:////absolute`), as an absolute
    path; without a URL `paperboy.db` in the data folder.  Raises StoreError for any other URL."""
    if not url:
        return data_dir.absolute() / FILE_NAME
    scheme = _SCHEME.match(url)
    name = scheme.group().lower() if scheme else ""
    if name in {"postgresql", "postgres"}:
        raise StoreError(
            "DATABASE_URL names PostgreSQL, which this version cannot use yet: leave DATABASE_URL "
            f"out, or set it to sqlite:///{FILE_NAME}."
        )
    if name.startswith("sqlite+"):
        raise StoreError(
            "DATABASE_URL names a driver; Paperboy adds its own: write sqlite:/// in front of the "
            "file's path."
        )
    path = url.removeprefix("sqlite:///")
    if name != "sqlite" or path == url:
        raise StoreError(
            "DATABASE_URL is no database that Paperboy knows: set it to sqlite:////absolute/path/"
            f"{FILE_NAME} (four slashes) or sqlite:///relative/{FILE_NAME}, or leave it out."
        )
    if path in {"", ":memory:"} or "?" in path:
        raise StoreError(
            "DATABASE_URL must name a file and nothing else: set it to "
            f"sqlite:////absolute/path/{FILE_NAME}."
        )
    return Path(path).absolute()


def prepare_folder(folder: Path) -> None:
    """Create the folder when it is missing.  Raises StoreError when it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StoreError(
            f"{folder} is a file, not a folder: move it away, or set PAPERBOY_DATA_DIR to a folder."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be created ({error.strerror}): create it yourself, or set "
            "PAPERBOY_DATA_DIR to a folder that this user may write."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(
            f"This user may not write in the folder {folder}: change its permissions, or set "
            "PAPERBOY_DATA_DIR to a folder that this user may write."
        )


def check_file(path: Path, *, read_only: bool) -> None:
    """Raise StoreError when `path` cannot be a database that this process may use."""
    if path.is_dir():
        raise StoreError(
            f"{path} is a folder, not a database file: set DATABASE_URL to a file in it, such as "
            f"sqlite:///{path}/{FILE_NAME}."
        )
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except FileNotFoundError as error:
        if read_only:
            raise StoreError(
                f"There is no database at {path} yet: run `paperboy migrate` to create it."
            ) from error
        return
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be read ({error.strerror}): change its permissions, or "
            "set PAPERBOY_DATA_DIR to another folder."
        ) from error
    if head and head != MAGIC:
        raise StoreError(
            f"{path} is not a database: move it away, or set PAPERBOY_DATA_DIR to another folder."
        )
    if not read_only and not os.access(path, os.W_OK):
        raise StoreError(
            f"This user may not write the database {path}: change its permissions, or set "
            "PAPERBOY_DATA_DIR to another folder."
        )
