"""What handlers say alike: sentences with buttons, buttons that run commands, who may change."""

from __future__ import annotations

from bot.commands.desk import Asked
from bot.domain.replies import Action, Button, Notice, Reply, Text, Tone, plain
from bot.errors import Unusable
from bot.rendering.words import cut

LONGEST_LABEL = 75
"""Characters: Slack's limit (https://docs.slack.dev/reference/block-kit/block-elements), the
smallest of the platforms'."""

STARTER_NOTE = (
    "From the starter catalogue of titles: no source has been read yet. `/papers status` says more."
)


async def run_button(asked: Asked, command: str, label: str, *, primary: bool = False) -> Button:
    """A button that runs a command as if it had been typed."""
    draft = await asked.desk.memory.keep_draft(asked.channel, asked.invocation.actor.id, command)
    return Button(action=Action.RUN, ref=draft, label=cut(label, LONGEST_LABEL), primary=primary)


def may_change(asked: Asked) -> None:
    """Raises Unusable for a person who may not change the channel."""
    if not asked.invocation.actor.may_change:
        raise Unusable(f"You cannot change what {asked.here} gets. Ask a member of it who may.")


def notice(
    first: Text, *buttons: Button, more: tuple[Text, ...] = (), tone: Tone = Tone.INFO
) -> Reply:
    """A private reply of sentences."""
    lines = (first, *more)
    return Reply(
        summary=" ".join(plain(line) for line in lines),
        parts=(Notice(lines=lines, tone=tone, buttons=buttons),),
    )
