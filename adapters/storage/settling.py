"""What an attempt's outcome makes of a delivery's row.

What follows from a failure is decided by `bot.pipeline.retrying`; here it becomes columns.  A
delivery that was posted stays posted when an edit of it fails, and the edit alone is given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Row, select, update

from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection
from adapters.storage.tables import delivery_reasons, subscriptions
from bot.domain.deliveries import Ambiguous, DeliveryState, Outcome, Sent
from bot.pipeline.retrying import Chance, Dead, Decision, Failed, Look, Retry, Tried, decide

Values = Mapping[str, Any]


def may_settle(row: Row[Any], outcome: Outcome) -> bool:
    """Whether the outcome is of a running attempt.  A message that was found is never forgotten."""
    if row.state == DeliveryState.SENDING:
        return True
    return row.state == DeliveryState.AMBIGUOUS and isinstance(outcome, Sent)


def posted(row: Row[Any], outcome: Sent, now: datetime) -> Values:
    """The row after a message was posted, edited or found."""
    return {
        "state": DeliveryState.SENT,
        "message": outcome.message_id,
        "sent_at": row.sent_at or now,
        "posted_revision": row.claimed_revision,
        "due_at": now if row.revision > row.claimed_revision else None,
        "attempts": 0,
        "first_attempt_at": None,
        "attempt_started_at": None,
        "crashes": 0,
        "failure": None,
        "failed_at": None,
    }


def failed(row: Row[Any], outcome: Failed, now: datetime, chance: Chance) -> Values:
    """The row after an attempt that did not bring a message."""
    tried = Tried(attempts=row.attempts, since=row.first_attempt_at or now)
    decision = decide(outcome, tried, now, chance)
    values = {**_state(row, decision, now), "crashes": 0, "failure": _told(outcome, decision)}
    if not isinstance(outcome, Ambiguous) or row.message is not None:
        values["attempt_started_at"] = None  # an edit is simply made again
    return values


def given_up(row: Row[Any], dead: Dead, now: datetime) -> Values:
    """The row after it was given up without an outcome: whether it arrived stays unknown."""
    return {**_state(row, dead, now), "failure": dead.reason}


def _told(outcome: Failed, decision: Decision) -> str:
    return decision.reason if isinstance(decision, Dead) else outcome.reason


def _state(row: Row[Any], decision: Decision, now: datetime) -> dict[str, Any]:
    """State and time, of a post or of an edit of what was posted."""
    is_edit = row.message is not None
    match decision:
        case Retry():
            attempts = row.attempts if decision.counted else row.attempts - 1
            return {
                "state": DeliveryState.SENT if is_edit else DeliveryState.PENDING,
                "due_at": decision.at,
                "attempts": attempts,
                "first_attempt_at": row.first_attempt_at if attempts else None,
            }
        case Look():
            state = DeliveryState.SENT if is_edit else DeliveryState.AMBIGUOUS
            return {"state": state, "due_at": decision.at}
        case Dead() if is_edit:
            return {
                "state": DeliveryState.SENT,
                "due_at": None,
                "posted_revision": row.claimed_revision,
                "attempt_started_at": None,
                "attempts": 0,
                "first_attempt_at": None,
            }
        case Dead():
            return {"state": DeliveryState.DEAD, "due_at": None, "failed_at": now}
        case _:
            assert_never(decision)


async def note_delivery(
    connection: Connection, channel: ChannelKey, row: Row[Any], now: datetime
) -> None:
    """Remember when the subscriptions that this message names for the first time brought one."""
    told = select(delivery_reasons.c.subscription).where(
        delivery_reasons.c.workspace == channel.workspace,
        delivery_reasons.c.delivery == row.id,
        delivery_reasons.c.withdrawn_at.is_(None),
        delivery_reasons.c.revision.between(row.posted_revision + 1, row.claimed_revision),
    )
    await connection.execute(
        update(subscriptions)
        .where(channel.owns(subscriptions), subscriptions.c.id.in_(told))
        .values(last_delivery_at=now)
    )
