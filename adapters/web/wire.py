"""Reply ↔ JSON, pure: what is stored in local_messages and what the browser is sent.

The shape follows the dataclasses of `bot.domain.replies` field by field: a field that has its
default is left out, unknown fields are ignored, and a part says its `type`.  So what an older
version stored can be read by a newer one.  What may be shown, and how, is the browser's matter.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from bot.domain.replies import Part, Reply

Json = dict[str, Any]

PARTS: Mapping[str, type] = {part.__name__.lower(): part for part in get_args(Part)}
"""`card`, `listing`, `preview`, `notice`, `codeblock` → their classes."""


class WireError(ValueError):
    """JSON that is not a reply; the message names the place."""


def to_json(reply: Reply) -> Json:
    """A reply as values that JSON knows."""
    return cast(Json, _encode(reply))


def from_json(value: object) -> Reply:
    """The reply that `to_json` described.  Raises WireError."""
    return cast(Reply, _decode(Reply, value, "reply"))


def dump(reply: Reply) -> str:
    """A reply as JSON text, in ASCII, so that no store has to know about lone surrogates."""
    return json.dumps(to_json(reply), separators=(",", ":"))


def load(text: str) -> Reply:
    """The reply that `dump` wrote.  Raises WireError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error
    return from_json(value)


def _encode(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        entries: Json = {}
        if type(value) in PARTS.values():
            entries["type"] = type(value).__name__.lower()
        for field in fields(value):
            content = getattr(value, field.name)
            if field.default is MISSING or content != field.default:
                entries[field.name] = _encode(content)
        return entries
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: object, place: str) -> object:
    kind = getattr(kind, "__supertype__", kind)  # a NewType is its base here
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(kind, value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise WireError(f"{place}: not a list")
        (item, _) = get_args(kind)
        return tuple(_decode(item, entry, f"{place}[{i}]") for i, entry in enumerate(value))
    if is_dataclass(kind):
        return _decode_dataclass(cast(type, kind), value, place)
    if issubclass(kind, StrEnum):
        return _decode_enum(kind, value, place)
    if type(value) is not kind:
        raise WireError(f"{place}: not {kind.__name__}")
    return value


def _decode_union(kind: Any, value: object, place: str) -> object:
    if kind == Part:
        name = value.get("type") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in PARTS:
            raise WireError(f"{place}: no known part")
        return _decode(PARTS[name], value, place)
    if value is None:
        return None
    (inner,) = (member for member in get_args(kind) if member is not type(None))
    return _decode(inner, value, place)


def _decode_enum(kind: type[StrEnum], value: object, place: str) -> StrEnum:
    try:
        return kind(cast(str, value))
    except ValueError as error:
        raise WireError(f"{place}: {value!r} is no {kind.__name__}") from error


def _decode_dataclass(kind: type, value: object, place: str) -> object:
    if not isinstance(value, dict):
        raise WireError(f"{place}: not an object")
    hints = _hints(kind)
    entries = {
        field.name: _decode(hints[field.name], value[field.name], f"{place}.{field.name}")
        for field in fields(kind)
        if field.name in value
    }
    missing = [field.name for field in fields(kind) if _required(field) and field.name not in value]
    if missing:
        raise WireError(f"{place}: without {', '.join(missing)}")
    return kind(**entries)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
