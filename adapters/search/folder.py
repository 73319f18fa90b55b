"""Keeps the index's files: says up to which paper they go, and whether they can be used.

An index that is absent, made by other code, or damaged is not repaired: it is dropped and made anew
from the store.  Does not know papers, fields or queries.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

FOOTER_MAGIC = 1337  # https://github.com/quickwit-oss/tantivy, src/directory/footer.rs
FOOTER_TAIL = struct.Struct("<II")  # length of the footer's JSON, magic number
CHUNK = 1 << 22
KINDS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
"""What every segment has; tantivy opens one that lacks `pos` and fails later."""

ABSENT = "absent"


class Unfit(Exception):  # noqa: N818 - it is an answer, not a failure
    """The index cannot be used as it stands; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands beside a commit: which code made the index, the number of its last paper, and
    whether papers were still to follow that had been stored before it was begun."""

    stamp: str
    seq: int
    whole: bool = True


class Folder:
    """The folder of one index: `files/` is tantivy's, `mark.json` ours."""

    def __init__(self, path: Path) -> None:
        self.files = path / "files"
        self._mark = path / "mark.json"

    def check(self, stamp: str, *, whole: bool = False) -> Mark:
        """The mark of an index that was made by the code of `stamp` and whose files are whole.

        With `whole`, it must not be still in the making.  Raises Unfit.
        """
        mark = self._read_mark()
        if mark.stamp != stamp:
            raise Unfit("made by another version")
        if whole and not mark.whole:
            raise Unfit("still in the making")
        for name in _live_files(self.files):
            if not _whole(self.files / name):
                raise Unfit(f"{name} is damaged")
        return mark

    def put_mark(self, mark: Mark) -> None:
        """Replace the mark, durably: after a crash the old one or the new one stands there."""
        fresh = self._mark.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._mark)

    def clear(self) -> None:
        """Drop the index; the mark goes first, so that a crash in between leaves none."""
        self._mark.unlink(missing_ok=True)
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir(parents=True, exist_ok=True)

    def _read_mark(self) -> Mark:
        try:
            content = json.loads(self._mark.read_text(encoding="utf-8"))
            return Mark(
                stamp=str(content["stamp"]), seq=int(content["seq"]), whole=bool(content["whole"])
            )
        except FileNotFoundError:
            raise Unfit(ABSENT) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unfit(f"its mark cannot be read: {error}") from error


def _live_files(files: Path) -> list[str]:
    """The files that the last commit consists of; what a crash left over is not live."""
    try:
        meta = json.loads((files / "meta.json").read_bytes())
        segments = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unfit(f"its list of files cannot be read: {error}") from error
    names = {path.name for path in files.iterdir() if path.name.partition(".")[0] in segments}
    if missing := {f"{segment}.{kind}" for segment in segments for kind in KINDS} - names:
        raise Unfit(f"{min(missing)} is missing")
    return sorted(names)


def _whole(path: Path) -> bool:
    """Whether a file's content has the checksum that its footer states (format version 7)."""
    if path.stat().st_size < FOOTER_TAIL.size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        length, magic = FOOTER_TAIL.unpack(content[-FOOTER_TAIL.size :])
        end = len(content) - FOOTER_TAIL.size - length
        if magic != FOOTER_MAGIC or end < 0:
            return False
        try:
            stated = json.loads(content[end : -FOOTER_TAIL.size])["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        checksum = 0
        for start in range(0, end, CHUNK):
            checksum = zlib.crc32(content[start : min(start + CHUNK, end)], checksum)
        return bool(checksum == stated)
