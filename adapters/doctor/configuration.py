"""Checks the settings: each that is wrong or unknown, and what is in effect.

What is wrong is decided in `adapters.settings`; secrets are named, never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import SecretStr

from adapters.doctor.findings import Check, Finding, fail, ok, warn
from adapters.settings import Review, Settings


def check(review: Review) -> list[Finding]:
    """One finding for each problem and warning, then what is in effect."""
    found = [_problem(sentence, review.settings) for sentence in review.problems]
    found += [_stranger(sentence) for sentence in review.warnings]
    shown = in_effect(review.settings)
    told = [f"{name}={shown[name]}" for name in _told(review.settings)]
    defaults = len(shown) - len(told)
    what = f"In effect: {', '.join(told)}; {defaults} at their defaults." if told else ""
    return [*found, ok(Check.SETTINGS, what or f"All {defaults} are at their defaults.")]


def in_effect(settings: Settings) -> Mapping[str, str]:
    """Every variable with its value as it would be written; a secret is only said to be set."""
    return {name.upper(): _written(getattr(settings, name)) for name in Settings.model_fields}


def _told(settings: Settings) -> Iterable[str]:
    return [name.upper() for name in Settings.model_fields if name in settings.model_fields_set]


def _written(value: object) -> str:
    match value:
        case None:
            return "(not set)"
        case SecretStr():
            return "(set, not shown)"
        case tuple():
            return " ".join(map(str, value))
        case Path():
            return str(value.absolute())
        case _:
            return str(value)


def _problem(sentence: str, settings: Settings) -> Finding:
    name = sentence.split(maxsplit=1)[0].rstrip(",")
    if name.startswith("."):
        return fail(
            Check.SETTINGS,
            sentence,
            why="No setting of this file is in effect.",
            fix=f"Mend {name}; .env.example shows how its lines look.",
        )
    field = Settings.model_fields.get(name.lower())
    if field is None:  # NAME_FILE
        return fail(
            Check.SETTINGS,
            sentence,
            why="`paperboy run` does not start with it.",
            fix=f"Let {name} name a file that this user may read, or take it out.",
        )
    default = _written(field.default)
    return fail(
        Check.SETTINGS,
        sentence,
        why="`paperboy run` does not start with it.",
        fix=(
            "Set WEB_TOKEN, or take HOST out."
            if name == "HOST" and settings.host != field.default
            else f"Correct {name} in the environment or in .env, or take it out: the default is "
            f"{default}."
        ),
    )


def _stranger(sentence: str) -> Finding:
    name = sentence.split(maxsplit=1)[0]
    return warn(
        Check.SETTINGS,
        sentence,
        why="It has no effect.",
        fix=f"Rename {name}, or take it out of the environment or .env.",
    )
