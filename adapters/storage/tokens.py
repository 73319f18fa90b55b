"""Random ids, of letters and digits that read alike everywhere (a-z, 2-7)."""

from __future__ import annotations

import base64
import secrets


def short_token() -> str:
    """40 random bits in 8 characters: for what belongs to one channel and is checked against it."""
    return _base32(5)


def delivery_token() -> str:
    """120 random bits in 24 characters: unique everywhere, and short enough for a Discord nonce."""
    return _base32(15)


def _base32(count: int) -> str:
    return base64.b32encode(secrets.token_bytes(count)).decode().lower()
