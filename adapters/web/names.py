"""The names of local channels: which are good, and the nearest good one to what was typed."""

from __future__ import annotations

import unicodedata

FIRST_CHANNELS = ("papers", "general")
MOST_CHANNELS = 200
LONGEST_NAME = 40

RULE = (
    "A channel's name has small letters, digits, - and _, at most 40 of them, "
    "such as gaussian-splatting."
)


def is_channel_name(name: str) -> bool:
    """Whether a name can be used as it stands: letters of any script, without capitals."""
    return bool(name) and name == nearest_name(name)


def nearest_name(typed: str) -> str:
    """The name that was probably meant; empty when nothing of it can be used.

    `nearest_name(nearest_name(x)) == nearest_name(x)`.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", typed).lower())
    kept = "".join(letter if _is_kept(letter) else " " for letter in folded)
    return "-".join(kept.split())[:LONGEST_NAME].strip("-_")


def _is_kept(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter in "-_" or category in {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
