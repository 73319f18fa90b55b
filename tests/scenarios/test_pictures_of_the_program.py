"""Pictures of the whole program in real Chromium, in build/pictures; three stand in the README.

What is asserted is that each shows what it is of; whether it is fit to be shown is for eyes.
`docs/images` gets them by hand, after they were looked at.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from chromium import ARGUMENTS, chromium
from invented import printing
from scenario_world import berlin, living

FOLDER = Path(__file__).parents[2] / "build" / "pictures" / "program"
WIDE = {"viewport": {"width": 1120, "height": 760}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@asynccontextmanager
async def a_page(world, **settings):
    """A page of the running program, told that it is in Berlin."""
    program = chromium()
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = await browser.new_context(timezone_id="Europe/Berlin", locale="en-GB", **settings)
        page = await context.new_page()
        await page.clock.install(time=world.clock.now())
        await page.goto(world.program.channel.url)
        await page.locator("[data-state=connected]").wait_for(state="attached")
        yield page
        await browser.close()


async def types(page, line: str) -> None:
    await page.get_by_role("combobox").fill(line)
    await page.keyboard.press("Enter")


async def picture(page, name: str, *, shows: str) -> None:
    await page.get_by_role("log").get_by_text(shows).first.wait_for()
    FOLDER.mkdir(parents=True, exist_ok=True)
    await page.mouse.move(0, 0)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) <= 0
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


async def test_a_preview_says_how_much_it_will_be(tmp_path) -> None:
    async with (
        printing() as press,
        living(tmp_path, berlin("2026-06-08T07:00"), press.url, PORT=0) as world,
        world.program.channel,
    ):
        for day in range(8, 13):
            press.day = date(2026, 6, day)
            world.clock.set(berlin(f"2026-06-{day:02}T07:00"))
            await world.polls("arxiv")
        async with a_page(world, **WIDE) as page:
            await types(page, "/papers subscribe splatting -survey")
            await picture(page, "subscribe", shows="About 1 a day, up to 3")


async def test_an_answer_and_a_mistake(tmp_path) -> None:
    async with (
        living(tmp_path, berlin("2026-07-01T09:30"), PORT=0) as world,
        world.program.channel,
        a_page(world, **WIDE) as page,
    ):
        await types(page, "/papers splatting")
        await picture(page, "answer", shows="for splatting · 1–5")
        await types(page, '/papers "gaussian splatting')
        await picture(page, "error", shows="The quote before gaussian is never closed.")


@pytest.mark.parametrize(
    ("name", "settings"),
    [("card", WIDE), ("dark", WIDE | {"color_scheme": "dark"}), ("phone", PHONE)],
)
async def test_a_card_arrives_while_the_page_is_open(tmp_path, name: str, settings) -> None:
    async with (
        printing() as press,
        living(
            tmp_path,
            berlin("2026-06-11T07:00"),
            press.url,
            PORT=0,
            DEFAULT_TIMEZONE="Europe/Berlin",
        ) as world,
        world.program.channel,
        a_page(world, **settings) as page,
    ):
        await world.polls()
        await types(page, '/papers subscribe "gaussian splatting"')
        await page.get_by_role("button", name="Subscribe #papers to").click()
        await page.get_by_text("Done: subscription 1").first.wait_for()
        await world.posts()
        press.day = date(2026, 6, 12)
        press.upvotes = {"2606.90020": 24}
        world.clock.set(berlin("2026-06-12T06:01"))
        await world.polls()
        await picture(page, name, shows="Kites on a String")
        await page.get_by_text('Matches "gaussian splatting" in the title').first.wait_for()
