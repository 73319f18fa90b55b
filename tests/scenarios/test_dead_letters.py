"""A card that cannot be posted: its channel's `status` says so and why, no other channel's does."""

import re
from datetime import timedelta

from bot.domain.channels import ChannelRef
from bot.domain.deliveries import Refused
from bot.domain.papers import Paper, PaperId


async def test_status_tells_of_dead_letters(empty):
    paper = Paper(id=PaperId("arxiv:2606.00001"), title="Splatting faster")
    await empty.knows(paper)
    store = empty.program.store
    here = ChannelRef(platform="local", workspace="local", channel=empty.channel)
    await store.deliveries.share(here, paper.id, by="student")
    (claimed,) = await store.outbox.claim(timedelta(minutes=1), 1)
    await store.outbox.settle(claimed.id, Refused("the message is too long"))
    said = await empty.says("status")
    assert "nothing waiting, 1 dead letter." in said
    why = r"“Splatting faster” was not posted: the message is too long, today \d\d:40\."
    assert re.search(why, said)
    assert "dead letter" not in await empty.says("status", channel="elsewhere")
    await store.dead_letters.retry(claimed.id, by="me")
    await empty.posts()
    assert "dead letter" not in await empty.says("status")
    assert len(await empty.wall()) == 1
