"""Where the log goes and in which form: console lines on a terminal, else one JSON a line.

Everything that logs, the libraries' standard logging included, passes one formatter, which takes
secrets out of the finished line.  Which events are logged is decided where they happen.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO
from urllib.parse import quote

import structlog
from structlog.typing import Processor

#: Shapes of tokens of Hugging Face and Slack, of an Authorization header, of a password in a URL.
SHAPES = re.compile(
    r"\bhf_[A-Za-z0-9]{6,}|\b(?:xox[a-z]|xapp)-[\w-]+"
    r"|(?<=Bearer )[^\s\"']+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    re.IGNORECASE,
)
HIDDEN = "[hidden]"
SHORTEST = 4  #: a shorter value stands in too many words to be taken out


class Redactor:
    """Takes secrets out of a text: the given values, as each form writes them, and known shapes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= SHORTEST:
                quoted = json.dumps(secret, ensure_ascii=False)[1:-1]
                forms |= {secret, quoted, repr(secret)[1:-1], quote(secret, safe="")}
        ordered = sorted(forms, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        if self._values is not None:
            text = self._values.sub(HIDDEN, text)
        return SHAPES.sub(HIDDEN, text)


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record, and then redacts the whole line, tracebacks included."""

    def __init__(
        self, redact: Redactor, processors: list[Processor], before: list[Processor]
    ) -> None:
        super().__init__(processors=processors, foreign_pre_chain=before)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def configure(
    *, level: str, form: str | None, secrets: Iterable[str], stream: TextIO | None = None
) -> None:
    """Send all logging from `level` on to `stream` (by default standard error).

    `form` is `console`, `json`, or None to choose by whether the stream is a terminal.
    """
    out = stream or sys.stderr
    console = form == "console" or (form is None and out.isatty())
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: list[Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=out.isatty(),
                # The richer form prints local variables, which may be secrets.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
        if console
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False),
        ]
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        RedactingFormatter(
            Redactor(secrets),
            [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
            before,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # What these say at INFO and below is about themselves, not about Paperboy.
    for name in ("aiosqlite", "alembic", "asyncio", "aiohttp.access"):
        logging.getLogger(name).setLevel(
            max(logging.WARNING, logging.getLevelNamesMapping()[level])
        )
    logging.captureWarnings(capture=True)


def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """`sys.excepthook`: what nobody caught is a bug of ours, and goes through the redaction too."""
    log = structlog.get_logger("paperboy")
    log.critical("program.failed", exc_info=(kind, error, trace))
