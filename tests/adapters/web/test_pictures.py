"""Pictures of the local channel, in build/pictures, for people to look at.

They fail when something is not shown or does not fit; whether it is beautiful is for eyes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio
from web_core import card

from bot.domain.channels import ChannelRef
from bot.domain.replies import Action, Button, Notice, Reply, Span, Style, Visibility

FOLDER = Path(__file__).parents[3] / "build" / "pictures"
PAPERS = ChannelRef(platform="local", workspace="local", channel="papers")

CHANGE = Reply(
    summary="you subscribed #papers",
    parts=(
        Notice(
            lines=(
                (
                    Span("you", Style.STRONG),
                    Span(" subscribed #papers to "),
                    Span('"gaussian splatting"', Style.CODE),
                    Span(" (1), as announced. Change or stop: "),
                    Span("/papers unsubscribe 1", Style.CODE),
                ),
            ),
            buttons=(Button(action=Action.UNDO_SUBSCRIBE, ref="s1", label="Undo"),),
        ),
    ),
    visibility=Visibility.PUBLIC,
)


async def picture(page, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    await page.mouse.move(0, 0)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) <= 0
    path = FOLDER / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size > 10_000


async def type_line(page, line):
    await page.get_by_role("combobox").fill(line)
    await page.keyboard.press("Enter")


@pytest_asyncio.fixture(loop_scope="session")
async def history(running):
    """A channel with a past: a notice and a card; and something new in another."""
    messenger = running.channel.messenger
    await messenger.post("delivery-a", PAPERS, CHANGE)
    await messenger.post("delivery-b", PAPERS, card())
    other = ChannelRef(platform="local", workspace="local", channel="robots")
    await messenger.post("delivery-c", other, card(5))
    await messenger.post("delivery-d", other, card(9))
    return running


async def test_welcome(open_page):
    page = await open_page()
    await page.get_by_role("heading", name="Welcome to #papers").wait_for()
    await picture(page, "welcome")


async def test_answer(open_page):
    page = await open_page()
    await type_line(page, "/papers splatting")
    await page.get_by_role("button", name="Next 5").wait_for()
    await picture(page, "answer")


async def test_answer_with_menu(open_page):
    page = await open_page()
    await type_line(page, "/papers splatting")
    await page.get_by_role("button", name="Actions for 2").click()
    await page.get_by_role("menuitem", name="Cite").hover()
    await picture(page, "menu")
    await page.get_by_role("menuitem", name="Cite").click()
    await page.get_by_role("button", name="Copy").wait_for()
    await picture(page, "cite")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_card(open_page, history, scheme):
    page = await open_page(color_scheme=scheme)
    await page.get_by_role("heading", name="RPC-GS").wait_for()
    await picture(page, "card" if scheme == "light" else "dark")


async def test_subscribe(open_page, history):
    page = await open_page()
    await type_line(page, '/papers subscribe "gaussian splatting"')
    await page.get_by_role("button", name="Subscribe", exact=True).wait_for()
    await picture(page, "subscribe")
    await page.get_by_role("button", name="Subscribe", exact=True).click()
    await page.get_by_role("log").get_by_text("Done: subscription 1").wait_for()
    await picture(page, "subscribed")


async def test_error(open_page):
    page = await open_page()
    await type_line(page, '/papers "gaussian splatting')
    await page.get_by_role("log").get_by_text("is never closed").wait_for()
    await type_line(page, "gaussian splatting")
    await page.get_by_role("log").get_by_text("I only answer commands").wait_for()
    await picture(page, "error")


async def test_suggestions(open_page):
    page = await open_page()
    await page.get_by_role("combobox").press_sequentially("/")
    await page.get_by_role("option").first.wait_for()
    await page.keyboard.press("ArrowDown")
    await picture(page, "suggestions")


async def test_phone(open_page, history):
    phone = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
    page = await open_page(**phone, device_scale_factor=2)
    await picture(page, "phone-card")
    await type_line(page, "/papers splatting")
    await page.get_by_role("button", name="Next 5").wait_for()
    await picture(page, "phone")
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("link", name="robots").wait_for()
    await page.wait_for_timeout(250)
    await picture(page, "phone-channels")


async def test_phone_error_in_the_dark(open_page):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = await open_page(**phone, color_scheme="dark", device_scale_factor=2)
    await type_line(page, '/papers "gaussian splatting')
    await page.get_by_role("log").get_by_text("is never closed").wait_for()
    await picture(page, "phone-error-dark")


async def test_reconnecting(open_page, history):
    page = await open_page(color_scheme="dark")
    await type_line(page, "/papers splatting")
    await page.get_by_role("button", name="Next 5").wait_for()
    await history.channel.close()
    await page.get_by_text("Reconnecting… Nothing is lost").wait_for()
    await picture(page, "reconnecting-dark")
