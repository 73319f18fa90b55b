"""Names of time zones, as people type them.  UTC is never guessed."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

_SEVERAL = {
    "AST": ("America/Halifax", "Asia/Riyadh", "America/Puerto_Rico"),
    "BST": ("Europe/London", "Asia/Dhaka", "Pacific/Bougainville"),
    "CET": ("Europe/Berlin", "Europe/Paris", "Europe/Madrid"),
    "CEST": ("Europe/Berlin", "Europe/Paris", "Europe/Madrid"),
    "CST": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "CDT": ("America/Chicago", "America/Havana"),
    "EET": ("Europe/Athens", "Europe/Helsinki", "Africa/Cairo"),
    "EEST": ("Europe/Athens", "Europe/Helsinki", "Asia/Beirut"),
    "EST": ("America/New_York", "America/Panama", "America/Cancun"),
    "EDT": ("America/New_York", "America/Toronto"),
    "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "MST": ("America/Denver", "America/Phoenix", "Asia/Yangon"),
    "MDT": ("America/Denver", "America/Edmonton"),
    "MSK": ("Europe/Moscow", "Europe/Simferopol"),
    "PST": ("America/Los_Angeles", "Asia/Manila"),
    "PDT": ("America/Los_Angeles", "America/Vancouver"),
    "SST": ("Asia/Singapore", "Pacific/Pago_Pago"),
    "WET": ("Europe/Lisbon", "Atlantic/Canary"),
    "AEST": ("Australia/Sydney", "Australia/Brisbane"),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "HST": ("Pacific/Honolulu",),
}
"""Abbreviations, which name no place: the zones that use them, the most likely first."""


def zone_name(typed: str) -> str | None:
    """The IANA name that is meant, however it is written; None for an abbreviation of places and
    for what is no zone."""
    return None if typed.upper() in _SEVERAL else _by_folded().get(_folded(typed))


def zones_of(abbreviation: str) -> tuple[str, ...]:
    """The zones that an abbreviation may mean."""
    return _SEVERAL.get(abbreviation.upper(), ())


def near_zones(typed: str) -> tuple[str, ...]:
    """At most three zones whose name, or city, is like what was typed."""
    wanted = _folded(typed)
    cities = {name.rpartition("/")[2]: name for name in sorted(_by_folded()) if "/" in name}
    if wanted in cities:
        return (_by_folded()[cities[wanted]],)
    found = get_close_matches(wanted, _by_folded(), n=3, cutoff=0.75)
    found += [cities[city] for city in get_close_matches(wanted, cities, n=3, cutoff=0.75)]
    return tuple(dict.fromkeys(_by_folded()[name] for name in found))[:3]


def _folded(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


@cache
def _by_folded() -> dict[str, str]:
    places = (name for name in available_timezones() if "/" in name or name == "UTC")
    return {_folded(name): name for name in places if not name.startswith("Etc/")}
