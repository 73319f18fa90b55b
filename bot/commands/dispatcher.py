"""From an invocation to a reply.  Nothing raises out of here.

One of the two places that may catch `Exception`: a person's mistake becomes one sentence with the
fix as a button; a bug of ours becomes an apology with a reference that also stands in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.commands.catalogue import BY_NAME, Name, Right, suggestions
from bot.commands.desk import Asked, Desk, asked
from bot.commands.handlers import (
    browsing,
    editing,
    explaining,
    information,
    lists,
    looking_up,
    offering,
    pausing,
    previewing,
    settings,
    sharing,
    subscribing,
)
from bot.commands.parser import Line, Misspelt, read
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.replies import Action, Caret, DraftId, Notice, Reply, Text, Tone, plain
from bot.errors import QueryError, Unusable
from bot.rendering.words import code, text, with_code

Handler = Callable[[Asked, Line], Awaitable[Reply]]
Press = Callable[[Asked, str], Awaitable[Reply]]
Report = Callable[[str, BaseException], None]

HANDLERS: dict[Name, Handler] = {
    Name.HOME: browsing.home,
    Name.SEARCH: looking_up.search,
    Name.PAPER: looking_up.paper,
    Name.TODAY: browsing.today,
    Name.WEEK: browsing.span,
    Name.MONTH: browsing.span,
    Name.AUTHOR: looking_up.search,
    Name.CITE: looking_up.citation,
    Name.SUBSCRIBE: previewing.preview,
    Name.SUBSCRIPTIONS: subscribing.subscriptions,
    Name.UNSUBSCRIBE: subscribing.unsubscribe,
    Name.EDIT: editing.edit,
    Name.PAUSE: pausing.pause,
    Name.RESUME: pausing.resume,
    Name.WHY: explaining.why,
    Name.SETTINGS: settings.settings,
    Name.STATUS: information.status,
    Name.HELP: information.guide,
}

PRESSES: dict[Action, Press] = {
    Action.PAGE: lists.turn,
    Action.ABSTRACT: sharing.abstract,
    Action.CITE: sharing.citation,
    Action.SHARE: sharing.share,
    Action.SHARE_AGAIN: sharing.share_again,
    Action.SUBSCRIBE: subscribing.subscribe,
    Action.CANCEL: subscribing.cancel,
    Action.SAMPLE: subscribing.sample,
    Action.UNDO_SUBSCRIBE: subscribing.undo_subscribe,
    Action.UNDO_STOP: subscribing.undo_stop,
    Action.STOP_ALL: subscribing.stop_all,
    Action.EDIT: editing.use,
    Action.UNDO_EDIT: editing.undo,
}


class Dispatcher:
    """Answers invocations at a desk."""

    def __init__(self, desk: Desk, report: Report) -> None:
        self._desk = desk
        self._report = report

    async def handle(self, invocation: Invocation) -> Reply:
        """The reply to an invocation.  Never raises but for cancellation."""
        try:
            return await self._answer(invocation)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the dispatcher
            self._report(invocation.id, error)
            said = text(
                "Something went wrong on my side. It is in the log as ",
                code(invocation.id),
                ". Try again.",
            )
            return _notice(said)

    async def _answer(self, invocation: Invocation) -> Reply:
        at_desk = await asked(self._desk, invocation)
        try:
            match invocation.kind:
                case InvocationKind.COMMAND:
                    return await self._line(at_desk, invocation.text)
                case InvocationKind.BUTTON:
                    return await self._press(at_desk)
                case InvocationKind.AUTOCOMPLETE:
                    return _completions(invocation.text)
        except Unusable as error:
            return await _mistake(at_desk, error)

    async def _line(self, at_desk: Asked, typed: str) -> Reply:
        line = read(typed)
        if isinstance(line, Misspelt):
            return await _did_you_mean(at_desk, line)
        return await HANDLERS[line.command.name](at_desk, line)

    async def _press(self, at_desk: Asked) -> Reply:
        action, ref = at_desk.invocation.action, at_desk.invocation.ref
        if not _is_text(ref):
            raise Unusable("I do not know that button. Type `/papers help` for what there is.")
        if action is Action.RUN:
            draft = await at_desk.desk.memory.draft(at_desk.channel, DraftId(ref))
            if draft is None:
                raise Unusable("That button is too old. Type the command again.")
            return await self._line(at_desk, draft.text)
        if action is None or action not in PRESSES:
            raise Unusable("I do not know that button. Type `/papers help` for what there is.")
        return await PRESSES[action](at_desk, ref)


async def _did_you_mean(at_desk: Asked, line: Misspelt) -> Reply:
    said = text("Did you mean ", code(f"/papers {line.meant}"), "?")
    buttons = (
        await offering.run_button(at_desk, line.meant, _meant_label(line), primary=True),
        await offering.run_button(at_desk, f"search {line.typed}", "Search these words"),
    )
    notice = Notice(lines=(said,), buttons=buttons)
    return Reply(summary=plain(said), parts=(notice,))


def _meant_label(line: Misspelt) -> str:
    if line.command.name is Name.SUBSCRIBE:
        return "Show the preview"
    if line.command.right is Right.CHANGE:
        return line.meant.capitalize()
    return f"Show {line.meant}"


async def _mistake(at_desk: Asked, error: Unusable) -> Reply:
    """One sentence with the fix, the corrected text as a button, the usage, and a caret."""
    said = with_code(error.message)
    reply = _notice(said)
    notice = reply.parts[0]
    assert isinstance(notice, Notice)
    if isinstance(error, QueryError):
        caret = Caret(text=error.text, start=error.start, end=error.end)
        notice = replace(notice, caret=caret if error.text.strip() else None)
    if error.usage is not None:
        notice = replace(notice, usage=error.usage)
        reply = replace(reply, summary=f"{reply.summary} Usage: {error.usage}")
    if error.fix is not None:
        command, label = _fixed(error)
        button = await offering.run_button(at_desk, command, label, primary=True)
        notice = replace(notice, buttons=(button,))
    return replace(reply, parts=(notice,))


def _fixed(error: Unusable) -> tuple[str, str]:
    """What the fix's button runs, and its label."""
    assert error.fix is not None
    if not isinstance(error, QueryError):
        return error.fix, f"/papers {error.fix}"
    if error.command is not None:
        return f"{error.command} {error.fix}", f"/papers {error.command} {error.fix}"
    if error.usage == BY_NAME[Name.SUBSCRIBE].usage:
        return f"subscribe {error.fix}", "Show that preview"
    if error.usage == BY_NAME[Name.UNSUBSCRIBE].usage:
        return f"unsubscribe {error.fix}", f"Unsubscribe {error.fix}"
    return f"search {error.fix}", "Search that"


def _is_text(ref: str) -> bool:
    """Whether it can be stored and sent: half characters come from forged buttons only."""
    return ref.isprintable()


def _completions(typed: str) -> Reply:
    lines: tuple[Text, ...] = tuple(
        text(code(one.text), f" {one.summary}") for one in suggestions(typed)
    )
    return Reply(summary="", parts=(Notice(lines=lines),))


def _notice(said: Text) -> Reply:
    return Reply(summary=plain(said), parts=(Notice(lines=(said,), tone=Tone.MISTAKE),))
