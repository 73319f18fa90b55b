"""The tables.  What a row means and which rows may exist; the migrations make them.

Every tenant's row names its workspace and is tied to it through its channel, and every query of
such a table names the workspace.  Ids of papers are the core's own texts; `replaced_papers` leads
from the id that a paper had to the one it has.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.storage.columns import Moment, Strings, Words

HEAD = "0001"
"""The newest revision in `migrations/versions`."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# -- papers -------------------------------------------------------------------

papers = Table(
    "papers",
    metadata,
    Column("id", Text, primary_key=True),
    # Given anew at every change, never twice: what the search index has not seen is above its own.
    Column("seq", Integer, nullable=False, unique=True),
    Column("title", Words, nullable=False),
    Column("title_key", Text, nullable=False, index=True),  # finds the same title, spelled alike
    Column("abstract", Words, nullable=False),
    Column("authors", Strings, nullable=False),
    Column("categories", Strings, nullable=False),
    Column("keywords", Strings, nullable=False),
    Column("organization", Words),
    Column("ai_summary", Words),
    Column("comment", Words),
    Column("doi", Words),
    Column("version", Integer),
    Column("withdrawn", Boolean, nullable=False),
    Column("submitted_at", Moment),
    Column("list_day", Date, index=True),
    Column("announced_at", Moment),
    Column("upvotes", Integer, index=True),
    Column("stars", Integer, index=True),
    Column("comments", Integer, index=True),
    Column("code_url", Words, index=True),
    Column("project_url", Words, index=True),
    Column("sources", Strings, nullable=False),
    Column("raw_title", Words),
    Column("raw_abstract", Words),
)

paper_aliases = Table(
    "paper_aliases",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Words, primary_key=True),
    Column("paper", ForeignKey("papers.id"), nullable=False, index=True),
)

paper_lists = Table(
    "paper_lists",
    metadata,
    Column("list", Text, primary_key=True),
    Column("paper", ForeignKey("papers.id"), primary_key=True, index=True),
    Column("first_listed_at", Moment, nullable=False),
)

signals = Table(
    "signals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("paper", ForeignKey("papers.id"), nullable=False),
    Column("kind", Text, nullable=False),  # upvotes, stars, comments
    Column("value", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "paper", "kind", "at"),
)

replaced_papers = Table(
    "replaced_papers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("paper", ForeignKey("papers.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False, index=True),  # counted together with papers.seq
)

list_days = Table(
    "list_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("papers", Integer),  # NULL: not known
    Column("announced", Boolean, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("days", Integer, nullable=False),  # filled since then, and their papers that go out
    Column("papers", Integer, nullable=False),
    Index(
        "uq_outages_current",
        "source",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("value", Words),
    Column("first_day", Date),
    Column("newest_day", Date),
    Column("read_at", Moment),
    Column("total", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("failure", Words),
)

# What is left alone after failures, and until when.  Scopes: `source:NAME`, `gate:arxiv`,
# `workspace:ID` (its credential) and `channel:WORKSPACE:ID` (see `adapters.storage.buckets`).
breakers = Table(
    "breakers",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("fail_count", Integer, nullable=False),
    Column("open_until", Moment),
    Column("reason", Words),
)

# -- tenants ------------------------------------------------------------------

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("name", Words, nullable=False),  # as the platform calls it
    UniqueConstraint("platform", "name"),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("name", Words, nullable=False),  # as the platform calls it
    Column("thread", Words, nullable=False),  # empty for the channel itself
    Column("subscriptions_made", Integer, nullable=False),  # so that no number is given twice
    Column("shown", Integer),  # its place in the local channel's list; NULL: not shown
    Column("timezone", Words),  # an IANA name
    Column("notices", Words),  # where notices about sources go: a channel's name, or off
    UniqueConstraint("workspace", "name", "thread"),
    UniqueConstraint("workspace", "id"),
)


def _of_channel() -> tuple[Column[int], Column[int], ForeignKeyConstraint]:
    """The columns that tie a row to its channel and thereby to its workspace."""
    return (
        Column("workspace", Integer, nullable=False),
        Column("channel", Integer, nullable=False),
        ForeignKeyConstraint(["workspace", "channel"], ["channels.workspace", "channels.id"]),
    )


subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    *_of_channel(),
    Column("number", Integer, nullable=False),
    Column("query", Words, nullable=False),  # canonical
    Column("owner", Words, nullable=False),
    Column("owner_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("from_day", Date),
    Column("stopped_at", Moment),
    Column("stopped_by", Words),
    Column("last_delivery_at", Moment),
    UniqueConstraint("workspace", "channel", "number"),
    Index(
        "uq_subscriptions_active_query",
        "workspace",
        "channel",
        "query",
        unique=True,
        sqlite_where=text("stopped_at IS NULL"),
        postgresql_where=text("stopped_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

# From when until when a subscription is held; `ends_at` is NULL until somebody resumes it.
pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    *_of_channel(),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False, index=True),
    Column("began_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Column("from_day", Date),  # the newest arXiv list day read when it began
)

# One message owed.  `paper` is set for the channel's one card of it; a card that a person asked for
# once more names its paper in `again`, a notice has neither.  The message's id stands here and not
# in a table of posts, since a delivery is one message.
deliveries = Table(
    "deliveries",
    metadata,
    Column("position", Integer, primary_key=True),  # oldest first
    Column("id", Text, nullable=False, unique=True),
    *_of_channel(),
    Column("paper", ForeignKey("papers.id"), index=True),
    Column("again", ForeignKey("papers.id"), index=True),
    Column("notice_actor", Words),
    Column("notice_lines", Strings),
    Column("notice_undo", Strings),  # action and ref
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # When the relay is to look at it: a pending one's time, the end of a lease, of the grace of an
    # ambiguous one, an edit's time.  NULL when nothing is to be done.
    Column("due_at", Moment, index=True),
    Column("attempts", Integer, nullable=False),  # since it was owed, or last posted
    Column("first_attempt_at", Moment),  # of those
    Column("attempt_started_at", Moment),  # of the oldest attempt whose end is unknown
    Column("crashes", Integer, nullable=False, default=0),  # of the process during them, in a row
    Column("message", Words),
    Column("sent_at", Moment),
    # What the message should say, what the running attempt says, what was posted.
    Column("revision", Integer, nullable=False),
    Column("claimed_revision", Integer, nullable=False),
    Column("posted_revision", Integer, nullable=False),
    Column("failure", Words),
    Column("failed_at", Moment),  # when it was given up
    UniqueConstraint("workspace", "channel", "paper"),
    Index(None, "workspace", "channel", "state"),
    sqlite_autoincrement=True,
)

delivery_reasons = Table(
    "delivery_reasons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False),
    Column("subscription", ForeignKey("subscriptions.id"), index=True),  # NULL: a person shared it
    Column("query", Words, nullable=False),  # as it was then; of a share, the person's name
    Column("words", Strings, nullable=False),
    Column("fields", Strings, nullable=False),
    Column("revision", Integer, nullable=False),  # of the delivery, the first that says it
    Column("withdrawn_at", Moment),  # the subscription was stopped before it was posted
    UniqueConstraint("delivery", "subscription"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    *_of_channel(),
    Column("subscription", ForeignKey("subscriptions.id"), index=True),  # NULL: of the channel
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("action", Text, nullable=False),  # see `adapters.storage.auditing`
    Column("before", Text),  # what was changed, as it was and as it became: JSON; NULL: nothing
    Column("after", Text),
)

# -- conversations ------------------------------------------------------------

listings = Table(
    "listings",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    *_of_channel(),
    Column("actor", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("papers", Strings, nullable=False),
    Column("total", Integer, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Index(None, "workspace", "channel", "actor"),
    sqlite_autoincrement=True,
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    *_of_channel(),
    Column("actor", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    UniqueConstraint("workspace", "channel", "actor", "text"),
)

local_messages = Table(
    "local_messages",
    metadata,
    Column("position", Integer, primary_key=True),
    *_of_channel(),
    Column("sequence", Integer, nullable=False, unique=True),  # given anew at every change
    Column("delivery", Words, nullable=False),
    Column("reply", Text, nullable=False),  # JSON of the local channel; never looked into
    Column("posted_at", Moment, nullable=False),
    Column("edited_at", Moment),
    UniqueConstraint("workspace", "delivery"),
    Index(None, "workspace", "channel", "position"),
    sqlite_autoincrement=True,
)
