"""A resident at a real browser: signs in, reads, switches, dismisses; on a phone and a desk, in both languages."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Open, keep

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAID = {
    "zh-CN": ("沈知夏，您好", "您的往来港澳通行证将于29天后到期", "新生儿参加城乡居民医保"),
    "en-GB": ("Hello, 沈知夏", "Your permit to Hong Kong and Macau expires in 29 days", "Insure your newborn"),
}

# Sizes of what can be touched, and the contrast of every text against what it stands on (WCAG 2.2: 2.5.8, 1.4.3).
SMALL_TARGETS = """() => [...document.querySelectorAll('button, summary, a.button, .glance a')]
  .filter(e => e.checkVisibility()).map(e => [e.textContent.trim(), e.getBoundingClientRect()])
  .filter(([_, box]) => box.height < 44 || box.width < 24)
  .map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
POOR_CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.map(linear);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = element => { let over = [];
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor); const a = c.length > 3 ? c[3] : 1;
      if (a > 0) over.push([c.slice(0, 3), a]); if (a === 1) break; }
    return over.reverse().reduce((under, [c, a]) => c.map((v, i) => v * a + under[i] * (1 - a)), [255, 255, 255]); };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgb(style.color).slice(0, 3)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) poor.push(`${walker.currentNode.textContent.trim()} ${ratio.toFixed(2)}`);
  }
  return poor; }"""


def sign_in(page: "Page", persona: str = "mother") -> None:
    page.locator(f"button[value={persona}]").click()
    page.wait_for_selector("#due")


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", SAID)
def test_a_resident_signs_in_sees_what_is_due_and_dismisses_a_suggestion_for_good(
    open_page: Open, language: str, size: str
) -> None:
    page = open_page(language, size)
    keep(page, f"sign-in-{size}-{language[:2]}")
    sign_in(page)
    hello, due, offer = SAID[language]
    assert page.locator("h1").inner_text() == hello
    assert page.locator("#due h3").all_inner_texts() == [due]
    assert page.locator(".offer h3").first.inner_text() == offer
    keep(page, f"home-{size}-{language[:2]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]

    card = page.locator(".offer[data-service=newborn_hukou]")
    card.locator("form[data-action=dismissed] button").click()
    card.wait_for(state="detached")
    assert page.locator(".note").is_visible()
    page.reload()
    assert card.count() == 0
    assert page.locator(".offer").count() == 2


def test_the_reasons_name_their_source_and_date(open_page: Open) -> None:
    page = open_page("zh-CN", "desk")
    sign_in(page)
    why = page.locator(".offer .why").first
    assert not why.locator(".reasons").is_visible()
    why.locator("summary").click()
    assert why.locator(".reason-source").first.inner_text() == "来源：市卫生健康委员会、市民政局 · 截至2026年11月20日"
    keep(page, "reasons-desk-zh")


def test_everything_works_without_javascript(open_page: Open) -> None:
    page = open_page("en-GB", "phone", javascript=False)
    sign_in(page)
    page.locator(".offer[data-service=newborn_hukou] form[data-action=dismissed] button").click()
    assert page.locator(".offer[data-service=newborn_hukou]").count() == 0
    assert "will not be shown again" in page.locator(".note").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".offer[data-service=newborn_hukou]").count() == 1
    page.get_by_role("button", name="中文").click()
    assert page.locator("h1").inner_text() == "沈知夏，您好"


def test_the_representative_switches_to_the_enterprise(open_page: Open) -> None:
    page = open_page("zh-CN", "desk")
    sign_in(page)
    page.locator(".acting summary").click()
    page.get_by_role("button", name="上海玉兰里餐饮管理有限公司").click()
    page.wait_for_selector(".hero-firm")
    assert page.locator("#due h3").all_inner_texts() == ["贵单位的食品经营许可证将于3天后到期"]
    keep(page, "enterprise-desk-zh")


def test_personalisation_goes_off_and_on(open_page: Open) -> None:
    page = open_page("en-GB", "desk")
    sign_in(page)
    page.get_by_role("button", name="Turn personalisation off").click()
    assert page.locator("#for-you h2").inner_text() == "Most used services"
    assert page.locator(".why").count() == 0
    page.get_by_role("button", name="Turn personalisation on").click()
    assert page.locator("#for-you h2").inner_text() == "For you"


def test_a_guide_opens_and_leads_back(open_page: Open) -> None:
    page = open_page("zh-CN", "phone")
    sign_in(page)
    page.locator("#due a.primary").click()
    assert page.locator("h1").inner_text() == "往来港澳通行证换发"
    keep(page, "guide-phone-zh")
    page.get_by_role("button", name="开始办理").click()
    assert "演示到此为止" in page.locator(".note").inner_text()


@pytest.mark.parametrize("language", SAID)
def test_a_residents_own_pages_fit_a_phone_and_are_accessible(open_page: Open, language: str) -> None:
    page = open_page(language, "phone", javascript=True)
    sign_in(page)
    page.goto(page.url + "cases?service=senior_card")
    page.locator("input[value=papers]").check()
    page.locator('form[action="/cases"] button').click()
    page.goto(page.url.replace("cases", "reminding"))
    page.fill("#email", "shen@mail.example")
    page.locator("button[value=email]").click()
    for name in ("file", "tags", "readers", "reminding", "cases", "erasure"):
        page.goto(f"{page.url.rpartition('/')[0]}/{name}")
        keep(page, f"{name}-phone-{language[:2]}")
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name  # type: ignore[index]
        _is_accessible(page)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_targets_are_large_texts_stand_out_and_headings_descend(open_page: Open, size: str) -> None:
    page = open_page("zh-CN", size)
    _is_accessible(page)
    sign_in(page)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    _is_accessible(page)


def _is_accessible(page: "Page") -> None:
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(POOR_CONTRAST) == []
    levels = [int(tag[1]) for tag in page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    nameless: Any = page.evaluate(
        "[...document.querySelectorAll('button,a,input:not([type=hidden]),select,textarea')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_the_keyboard_reaches_the_content_first(open_page: Open) -> None:
    page = open_page("en-GB", "desk")
    sign_in(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_large_text_makes_letters_larger_and_still_fits_a_phone(open_page: Open) -> None:
    page = open_page("zh-CN", "phone")
    sign_in(page)
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.get_by_role("button", name="大字版").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= before * 1.2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep(page, "large-text-phone-zh")
