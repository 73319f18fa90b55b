"""The page in a real Chromium: what a person sees, hears and reaches."""

import re

import pytest
from playwright.async_api import expect
from web_core import BIBTEX, card, notice, number, said

from bot.domain.channels import ChannelRef, MessageId
from bot.domain.deliveries import DeliveryId
from bot.domain.papers import PaperId
from bot.domain.replies import (
    Action,
    Button,
    Card,
    Caret,
    CodeBlock,
    Link,
    Listing,
    Notice,
    Reply,
    Row,
    Span,
    Style,
    Tone,
    Visibility,
)

PAPERS = ChannelRef(platform="local", workspace="local", channel="papers")
GENERAL = ChannelRef(platform="local", workspace="local", channel="general")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def log(page):
    return page.get_by_role("log")


def field(page):
    return page.get_by_role("combobox", name="Command")


async def type_line(page, line):
    await field(page).fill(line)
    await field(page).press("Enter")


async def post(world, name, reply, channel=PAPERS):
    return await world.channel.messenger.post(DeliveryId(name), channel, reply)


# -- asking


async def test_a_typed_command_shows_its_answer(open_page, running):
    page = await open_page(timezone_id="Asia/Kolkata")
    await type_line(page, "/papers splatting")
    await expect(log(page).get_by_role("link", name="SAGS")).to_have_attribute(
        "href", "https://arxiv.org/abs/2606.06691"
    )
    await expect(log(page).get_by_text("Only visible to you")).to_be_visible()
    await expect(log(page).locator("mark").first).to_have_text("Splatting")
    await expect(field(page)).to_have_value("")
    await expect(field(page)).to_be_focused()
    (asked,) = running.core.invocations
    assert (asked.text, asked.actor.timezone) in {
        ("splatting", "Asia/Kolkata"),
        ("splatting", "Asia/Calcutta"),  # browsers differ in which of its names they tell
    }


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("@Paperboy splatting", "splatting"),
        ("@paperboy: splatting", "splatting"),
        ("/PAPERS  splatting", "splatting"),
        ("/papers", ""),
        ("  /papers splatting ", "splatting"),
    ],
)
async def test_what_counts_as_a_command(open_page, running, line, text):
    page = await open_page()
    await type_line(page, line)
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    assert [asked.text for asked in running.core.invocations] == [text]


async def test_plain_words_get_a_hint_and_enter_again_searches_them(open_page, running):
    page = await open_page()
    await type_line(page, "gaussian splatting")
    await expect(log(page).get_by_text("I only answer commands")).to_be_visible()
    await expect(log(page).get_by_role("button", name="Search gaussian")).to_be_visible()
    assert running.core.invocations == []
    await field(page).press("Enter")
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    assert [asked.text for asked in running.core.invocations] == ["search gaussian splatting"]


@pytest.mark.parametrize(
    ("line", "offered", "text"),
    [
        ("/paper splatting", "/papers splatting", "splatting"),
        ("/help", "/papers help", "help"),
        ("/", "/papers", ""),
    ],
)
async def test_an_unknown_command_offers_the_one_that_was_meant(
    open_page, running, line, offered, text
):
    page = await open_page()
    await type_line(page, line)
    await expect(log(page).get_by_text("There is no command")).to_be_visible()
    await log(page).get_by_role("button", name=offered, exact=True).click()
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    assert [asked.text for asked in running.core.invocations] == [text]


async def test_paging_edits_the_same_message_and_keeps_the_focus(open_page):
    page = await open_page()
    await type_line(page, "/papers splatting")
    await log(page).get_by_role("button", name="Next 5").focus()
    await page.keyboard.press("Enter")
    await expect(log(page).get_by_text("6–10")).to_be_visible()
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(log(page).get_by_text("11–15")).to_be_visible()
    await log(page).get_by_role("button", name="Back").click()
    await expect(log(page).get_by_text("6–10")).to_be_visible()
    assert await log(page).locator(".message").count() == 1


async def test_a_row_s_menu_names_its_paper_and_asks_for_it(open_page, running):
    page = await open_page()
    await type_line(page, "/papers splatting")
    await log(page).get_by_role("button", name="Actions for 2, SAGS").click()
    await page.get_by_role("menuitem", name="Cite SAGS").click()
    await expect(log(page).locator("pre")).to_have_text(BIBTEX)
    assert running.core.invocations[-1].ref == f"arxiv:{number(1)}"
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await log(page).get_by_role("button", name="Copy").click()
    await expect(log(page).get_by_text("Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == BIBTEX


async def test_a_mistake_shows_its_place_counted_in_characters(open_page, running):
    line = '𝔤 "né' + "\u202e" + " x"
    place = Caret(text=line, start=2, end=3)
    wrong = Notice(lines=(said("The quote is never closed."),), tone=Tone.MISTAKE, caret=place)
    running.core.answers["wrong"] = Reply(summary="The quote is never closed.", parts=(wrong,))
    page = await open_page()
    await type_line(page, "/papers wrong")
    await expect(log(page).get_by_text("The quote is never closed.")).to_be_visible()
    await expect(log(page).locator(".caret-place")).to_have_text('"')
    shown = await log(page).locator(".caret").inner_text()
    assert "\u202e" not in shown
    font = "element => getComputedStyle(element).fontFamily"
    assert "mono" in await log(page).locator(".caret").evaluate(font)


async def test_a_command_in_an_answer_goes_into_the_field_and_is_not_run(open_page, running):
    codes = ("/papers today", "/papers cite PAPER [bibtex|ris]", "survey")
    hint = Notice(lines=(tuple(Span(one, Style.CODE) for one in codes),))
    running.core.answers["hint"] = Reply(summary="Try", parts=(hint,))
    page = await open_page()
    await type_line(page, "/papers hint")
    await log(page).get_by_role("button", name="Put /papers today into").click()
    await expect(field(page)).to_have_value("/papers today")
    await log(page).get_by_role("button", name="Put /papers cite PAPER").click()
    await expect(field(page)).to_have_value("/papers cite ")
    await expect(log(page).locator(".command")).to_have_count(2)
    assert len(running.core.invocations) == 1


async def test_the_welcome_s_examples_run(open_page, running):
    page = await open_page()
    await expect(page.get_by_role("heading", name="Welcome to #papers")).to_be_visible()
    await page.get_by_role("button", name="/papers subscribe").click()
    await expect(log(page).get_by_text("Preview: nothing is stored yet.")).to_be_visible()
    await log(page).get_by_role("button", name="Subscribe", exact=True).click()
    await expect(log(page).get_by_text("Done: subscription 1")).to_be_visible()
    assert await log(page).get_by_text("Preview").count() == 0
    pressed = running.core.invocations[-1]
    assert (pressed.action, pressed.ref) == (Action.SUBSCRIBE, "d2")


async def test_an_answer_survives_a_reload_with_working_buttons_and_can_be_dismissed(open_page):
    page = await open_page()
    await type_line(page, "/papers splatting")
    await log(page).get_by_role("button", name="Next 5").click()
    await expect(log(page).get_by_text("6–10")).to_be_visible()
    await page.reload()
    await expect(log(page).get_by_text("6–10")).to_be_visible()
    await log(page).get_by_role("button", name="Next 5").click()
    await expect(log(page).get_by_text("11–15")).to_be_visible()
    await log(page).get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("heading", name="Welcome to #papers")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Welcome to #papers")).to_be_visible()


async def test_a_server_that_is_away_is_told_and_the_same_question_can_be_asked_again(
    open_page, running
):
    page = await open_page()
    await running.channel.close()
    await type_line(page, "/papers splatting")
    await expect(log(page).get_by_text("Paperboy does not answer")).to_be_visible()
    port = int(running.channel.url.rpartition(":")[2])
    await running.build(port=port).start()
    await log(page).get_by_role("button", name="Try again").click()
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    assert len(running.core.invocations) == 1


# -- messages for everybody


async def test_a_card_appears_in_every_tab_and_an_edit_changes_it_there(open_page, running):
    first, second = await open_page(), await open_page()
    await post(running, "a", card())
    for page in (first, second):
        await expect(log(page).get_by_role("heading", name="RPC-GS")).to_be_visible()
        await expect(log(page).get_by_text('Matches "gaussian splatting"')).to_be_visible()
        await expect(log(page).get_by_text("Only visible to you")).to_have_count(0)
    await running.channel.messenger.edit(
        MessageId("1"), PAPERS, card(reasons=(said("Matches two"),))
    )
    await expect(log(second).get_by_text("Matches two")).to_be_visible()
    await expect(log(second).locator(".message")).to_have_count(1)
    await expect(log(second).get_by_text("(edited)")).to_be_visible()


async def test_a_restart_is_shown_and_what_came_meanwhile_is_caught_up_once(open_page, running):
    page = await open_page()
    await post(running, "a", card())
    await expect(log(page).get_by_role("heading", name="RPC-GS")).to_be_visible()
    port = int(running.channel.url.rpartition(":")[2])
    await running.channel.close()
    await expect(page.get_by_text("Reconnecting… Nothing is lost")).to_be_visible()
    restarted = running.build(port=port)
    await post(running, "b", card(1))
    await post(running, "c", card(2), GENERAL)
    await restarted.start()
    await expect(log(page).get_by_role("heading", name="SAGS")).to_be_visible()
    await expect(log(page).locator(".message")).to_have_count(2)
    await expect(page.get_by_text("Reconnecting…")).to_have_count(0)
    await expect(page).to_have_title("(1) #papers · Paperboy")
    await expect(page.get_by_role("link", name="general")).to_contain_text("1 unread")


async def test_a_new_version_asks_for_a_reload(open_page, running):
    page = await open_page()
    await running.restart(version="0.2.0")
    await expect(page.get_by_text("Paperboy was updated.")).to_be_visible()


async def test_unread_marks_count_until_the_channel_is_opened(open_page, running):
    page = await open_page()
    await post(running, "a", card(), GENERAL)
    await post(running, "b", card(1), GENERAL)
    await expect(page.get_by_role("link", name="general")).to_contain_text("2 unread")
    await expect(page).to_have_title("(2) #papers · Paperboy")
    await page.reload()
    await expect(page.get_by_role("link", name="general")).to_contain_text("2 unread")
    await page.get_by_role("link", name="general").click()
    await expect(page).to_have_title("#general · Paperboy")
    await expect(log(page).locator(".message")).to_have_count(2)
    await page.reload()
    await expect(page).to_have_title("#general · Paperboy")
    await page.get_by_role("link", name="papers").click()
    await post(running, "c", card(2), GENERAL)
    await expect(page.get_by_role("link", name="general")).to_contain_text("1 unread")
    await page.get_by_role("link", name="general").click()
    await expect(log(page).get_by_role("heading", name="New", exact=True)).to_be_visible()


async def test_a_channel_can_be_added_and_a_bad_name_is_put_right(open_page):
    page = await open_page()
    await page.get_by_label("Add a channel").fill("Gaussian Splatting")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("A channel's name has small letters")).to_be_visible()
    await page.get_by_role("button", name="Use gaussian-splatting").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#gaussian-splatting")
    await expect(page.get_by_role("link", name="gaussian-splatting")).to_have_attribute(
        "aria-current", "page"
    )


async def test_earlier_messages_are_loaded_on_request(open_page, running):
    for index in range(55):
        await post(running, f"d{index}", notice(f"Message {index}.", visibility=Visibility.PUBLIC))
    page = await open_page()
    await expect(log(page).locator(".message")).to_have_count(50)
    await page.get_by_role("button", name="Load earlier messages").click()
    await expect(log(page).locator(".message")).to_have_count(55)
    await expect(log(page).locator(".message").first).to_contain_text("Message 0.")
    await expect(page.get_by_role("button", name="Load earlier messages")).to_have_count(0)


async def test_who_reads_further_up_is_not_pulled_down(open_page, running):
    for index in range(30):
        await post(running, f"d{index}", notice(f"Message {index}.", visibility=Visibility.PUBLIC))
    page = await open_page()
    await expect(log(page).locator(".message")).to_have_count(30)
    scroller = page.locator("#scroller")
    await scroller.evaluate("element => { element.scrollTop = 0; }")
    await page.wait_for_function("() => document.getElementById('scroller').scrollTop === 0")
    await post(running, "new", notice("The newest.", visibility=Visibility.PUBLIC))
    await page.get_by_role("button", name="New messages").click()
    await expect(log(page).get_by_text("The newest.")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="New messages")).to_have_count(0)


# -- foreign text

HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "<script>alert(2)</script>",
    "</title><style>*{display:none}</style>",
    "javascript:alert(3)",
    "\u202egnp.evil\u2066",
    "W" * 4000,
    "&lt;b&gt;&#x202e;",
    "<a href=javascript:alert(4)>x</a>",
)
BAD_URLS = (
    "javascript:alert(5)",
    "JaVaScRiPt:alert(6)",
    "\x01javascript:alert(7)",
    "data:text/html,<script>alert(8)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "not a url",
)


def hostile_reply(text, url):
    foreign = (Span(text), Span(text, Style.MARK), Span(text, Style.CODE), Span(text, href=url))
    press = Button(action=Action.CITE, ref=text[:500], label=text, spoken=text)
    row = Row(number=1, paper=PaperId(text), title=foreign, url=url, meta=text, buttons=(press,))
    return Reply(
        summary=text,
        parts=(
            Card(
                paper=PaperId(text),
                title=foreign,
                url=url,
                authors=text,
                meta=text,
                body=foreign,
                signals=(text,),
                links=(Link(label=text, url=url),),
                reasons=(foreign,),
                note=text,
                buttons=(press,),
            ),
            Listing(heading=foreign, rows=(row,), notes=(foreign,), buttons=(press,)),
            Notice(
                lines=(foreign,),
                tone=Tone.MISTAKE,
                caret=Caret(text=text, start=0, end=len(text)),
                usage=text,
            ),
            CodeBlock(text=text, language=text),
        ),
        visibility=Visibility.PUBLIC,
    )


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
async def test_foreign_text_is_only_ever_text(open_page, running, device):
    """No element, no dialog, no request, no link to follow, and no line that is too wide."""
    page = await open_page(**device)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for index, text in enumerate(HOSTILE):
        await post(running, f"d{index}", hostile_reply(text, BAD_URLS[index]))
    await expect(log(page).locator(".message")).to_have_count(len(HOSTILE))
    await type_line(page, f"/papers {HOSTILE[0]}")
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    elements = "names => [...document.querySelectorAll(names)].map(one => one.outerHTML)"
    assert await page.evaluate(elements, "#log script, #log style, #log iframe, #log a[href]") == [
        link for link in await page.evaluate(elements, "#log a[href]") if "arxiv.org" in link
    ]
    icons = "[...document.images].every(one => one.getAttribute('src') === '/static/icon.svg')"
    assert await page.evaluate(icons)
    allowed = re.compile(rf"{re.escape(running.channel.url)}/(api|static)/")
    assert [url for url in requests if not allowed.match(url)] == []
    assert await too_wide(page) == []
    assert await log(page).get_by_text(HOSTILE[1]).count() > 0


async def too_wide(page):
    """What stands out of the window to the side, and whether anything scrolls there."""
    return await page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(one => one.checkVisibility({visibilityProperty: true}))
            .filter(one => !one.closest('pre, .hidden, .skip, .sidebar, [role=status]'))
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => `${one.tagName}.${one.className}`)
            .concat(document.documentElement.scrollWidth > innerWidth ? ['page'] : [])"""
    )


async def test_good_links_open_elsewhere_and_tell_nothing(open_page, running):
    page = await open_page()
    await post(running, "a", card())
    links = log(page).get_by_role("link")
    await expect(links).to_have_count(3)
    for link in await links.all():
        assert await link.get_attribute("rel") == "noopener noreferrer"
        assert await link.get_attribute("target") == "_blank"


# -- the keyboard


async def test_everything_is_reached_with_the_keyboard_alone(open_page, running):
    page = await open_page()
    await expect(field(page)).to_be_focused()
    await page.keyboard.type("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.type("papers sub")
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    await expect(chosen).to_contain_text("subscribe QUERY")
    assert await field(page).get_attribute("aria-activedescendant") == await chosen.get_attribute(
        "id"
    )
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.keyboard.press("Control+A")
    await page.keyboard.type("/papers splatting")
    await page.keyboard.press("Enter")
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    more = log(page).get_by_role("button", name="Actions for 5")
    for _ in range(6):  # from the field back: Dismiss, Subscribe, Next 5, and the last row's menu
        await page.keyboard.press("Shift+Tab")
        if await more.evaluate("element => element === document.activeElement"):
            break
    await expect(more).to_be_focused()
    assert await more.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Abstract")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitem", name="Share")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await expect(page.get_by_role("menu")).to_have_count(0)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("c")
    await expect(page.get_by_role("menuitem", name="Cite")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(log(page).locator("pre")).to_be_visible()
    assert running.core.invocations[-1].action is Action.CITE


async def test_arrow_up_brings_back_what_was_typed_also_tomorrow(open_page):
    page = await open_page()
    await type_line(page, "/papers first")
    await type_line(page, "/papers second")
    await page.reload()
    await field(page).fill("a draft")
    for wanted in ("/papers second", "/papers first"):
        await field(page).press("ArrowUp")
        await expect(field(page)).to_have_value(wanted)
    for wanted in ("/papers second", "a draft"):
        await field(page).press("ArrowDown")
        await expect(field(page)).to_have_value(wanted)


async def test_tab_completes_a_command_and_leaves_the_field_when_there_is_nothing_to_complete(
    open_page,
):
    page = await open_page()
    await field(page).press_sequentially("/papers tod")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(field(page)).to_have_value("/papers today")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Send")).to_be_focused()


async def test_a_phone_s_channels_open_as_a_drawer_that_escape_closes(open_page, running):
    page = await open_page(**PHONE)
    await post(running, "a", card(), GENERAL)
    await expect(page.get_by_role("link", name="general")).to_have_count(0)
    opener = page.get_by_role("button", name="Channels, 1 unread")
    await opener.click()
    await expect(page.get_by_role("link", name="papers")).to_be_focused()
    await expect(page.locator("#main")).to_have_attribute("inert", "")
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await opener.click()
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#general")
    await expect(field(page)).to_be_visible()


async def test_everything_to_touch_on_a_phone_is_large_enough(open_page, running):
    page = await open_page(**PHONE)
    await post(running, "a", card())
    await type_line(page, "/papers splatting")
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    small = """() => [...document.querySelectorAll('.main button, .main .chip-link, .main input')]
        .filter(one => one.checkVisibility({visibilityProperty: true}))
        .filter(one => one.getBoundingClientRect().height < 40)
        .map(one => one.outerHTML)"""
    assert await page.evaluate(small) == []
    assert await too_wide(page) == []


# -- what is heard and seen


async def test_the_answer_s_summary_is_said_and_the_log_itself_is_not_read_twice(
    open_page, running
):
    page = await open_page()
    await type_line(page, "/papers splatting")
    said_aloud = page.locator("#announcer")
    await expect(said_aloud).to_contain_text("17 papers for splatting, 1 to 5. 1 RPC-GS")
    assert await said_aloud.get_attribute("aria-live") == "polite"
    assert await log(page).get_attribute("aria-live") == "off"
    await post(running, "a", card())
    await expect(said_aloud).to_contain_text("New paper: RPC-GS")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
async def test_axe_finds_nothing(open_page, running, scheme, device):
    from axe_playwright_python.async_playwright import Axe

    page = await open_page(color_scheme=scheme, **device)
    await post(running, "a", card())
    await post(running, "b", card(5), GENERAL)
    await type_line(page, "/papers splatting")
    await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
    await type_line(page, '/papers subscribe "gaussian splatting"')
    await expect(log(page).get_by_role("button", name="Subscribe", exact=True)).to_be_visible()
    await type_line(page, '/papers "gaussian splatting')
    await expect(log(page).get_by_text("is never closed")).to_be_visible()
    await log(page).get_by_role("button", name="Actions for 1").first.click()
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await page.get_by_role("menuitem", name="Cite").click()
    await expect(log(page).locator("pre")).to_be_visible()
    await field(page).focus()
    await page.keyboard.type("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def test_landmarks_headings_and_names(open_page, running):
    page = await open_page()
    await post(running, "a", card())
    await expect(page.get_by_role("navigation", name="Channels")).to_be_visible()
    await expect(page.get_by_role("main")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#papers")
    await expect(page.get_by_role("log", name="Messages in papers")).to_be_visible()
    await expect(log(page).get_by_role("button", name="Cite RPC-GS")).to_have_text("Cite")
    assert await page.locator("html").get_attribute("lang") == "en"


async def test_colours_follow_the_system_or_the_choice(open_page):
    page = await open_page(color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(colour) == "rgb(23, 24, 27)"
    await page.get_by_role("button", name="Light").click()
    assert await page.evaluate(colour) == "rgb(255, 255, 255)"
    await page.reload()
    assert await page.evaluate(colour) == "rgb(255, 255, 255)"
    await page.get_by_role("button", name="As the system").click()
    assert await page.evaluate(colour) == "rgb(23, 24, 27)"


async def test_nothing_moves_for_who_asked_for_that(open_page, running):
    page = await open_page(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter(one => {
        const style = getComputedStyle(one);
        return style.animationName !== 'none' || style.transitionDuration !== '0s';
    }).length"""
    assert await page.evaluate(moving) == 0


async def test_times_are_local_and_days_have_their_names(open_page, running):
    await post(running, "a", card())  # at 04:01 UTC on 8 June 2026
    page = await open_page(timezone_id="America/Los_Angeles")
    await expect(log(page).locator("time")).to_have_text("21:01")
    await expect(log(page).get_by_role("heading", name="Sunday")).to_contain_text("7 June")


async def test_a_page_with_a_token_asks_for_it_once(browser, world):
    async with world.build(token="correct-horse-battery") as channel:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(channel.url)
        await page.get_by_role("textbox", name="Token").fill("wrong")
        await page.get_by_role("button", name="Open").click()
        await expect(page.get_by_text("That is not the token.")).to_be_visible()
        await page.get_by_role("textbox", name="Token").fill("correct-horse-battery")
        await page.get_by_role("button", name="Open").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Connected")).to_be_visible()
        await type_line(page, "/papers splatting")
        await expect(log(page).get_by_role("button", name="Next 5")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Connected")).to_be_visible()
        assert await page.evaluate("document.cookie") == ""
        fresh = await (await browser.new_context()).new_page()
        await fresh.goto(f"{channel.url}/?token=correct-horse-battery")
        await expect(fresh.get_by_text("Connected")).to_be_visible()
        assert fresh.url == f"{channel.url}/"
        await context.close()
        await fresh.context.close()
