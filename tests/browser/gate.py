"""What a page must pass before it is shared, each check as a function from an open page to a list of its faults.

axe-core sees most; the others look for what it cannot see.
"""

from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe

from tests.conftest import full

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PLACEHOLDERS = ("no description", "image", "figure", "图片", "图像", "picture", "alt")

_LIGHT = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const clear = "rgba(0, 0, 0, 0)";
"""
_TEXT = """
  const faults = new Set();
  for (const one of document.querySelectorAll("body *:not(svg, svg *, script)")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    let behind = one;
    while (behind && getComputedStyle(behind).backgroundColor === clear) behind = behind.parentElement;
    const ground = behind ? getComputedStyle(behind).backgroundColor : "rgb(255, 255, 255)";
    const found = contrast(getComputedStyle(one).color, ground);
    if (found < 4.5) faults.add(`“${one.textContent.slice(0, 20)}”的对比度只有${found.toFixed(2)}`);
  }
  return [...faults];
}"""
# The contrast of the text in drawings with what is drawn under it: the last shape before it that holds its middle.
_DRAWN_TEXT = """
  const faults = [];
  for (const drawing of document.querySelectorAll("svg")) {
    if (!drawing.checkVisibility()) continue;
    const parts = [...drawing.querySelectorAll("path, rect, text")].filter((part) => !part.closest("defs, clipPath"));
    const page = getComputedStyle(drawing).backgroundColor;
    const ground = page === clear ? getComputedStyle(document.body).backgroundColor : page;
    for (const [place, text] of parts.entries()) {
      if (text.tagName !== "text") continue;
      const box = text.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const under = parts.slice(0, place).filter((part) => {
        const area = part.getBoundingClientRect();
        const filled = getComputedStyle(part).fill.startsWith("rgb");
        return part.tagName !== "text" && filled && area.left <= x && x <= area.right && area.top <= y && y <= area.bottom;
      });
      const behind = under.length ? getComputedStyle(under.at(-1)).fill : ground;
      const found = contrast(getComputedStyle(text).fill, behind);
      if (found < 4.5) faults.push(`图中文字“${text.textContent}”的对比度只有${found.toFixed(2)}`);
    }
  }
  return faults;
}"""

_SMALL_TEXT = """(least) => [...document.querySelectorAll("svg text")].filter((text) => {
  if (!text.checkVisibility()) return false;
  const scale = text.ownerSVGElement.getScreenCTM().a;
  return parseFloat(getComputedStyle(text).fontSize) * scale < least;
}).map((text) => `图中文字“${text.textContent}”太小`)"""


def contents(page) -> tuple[list[str], list[str]]:
    """The list of contents as a desk shows it, without what stands below a section; and the sections' titles."""
    titles = "all => all.map(one => (one.querySelector('.topic')?.firstChild ?? one).textContent.trim())"
    listed = page.locator("nav .wide li:not(.below) a").all_inner_texts()
    return listed, page.eval_on_selector_all("main h2", titles)


def open_all(page) -> None:
    """Open what is folded away."""
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")


def found_by_axe(page, contrast: bool = True) -> tuple[list[str], list[str]]:
    """What axe-core holds to be wrong, and what it leaves to a person: `rule at element`.

    To measure contrast takes it longer than all else: once a page is enough, for `faint_text` measures it always.
    """
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations", "incomplete"]}
    options["rules"] = {"color-contrast": {"enabled": contrast}}
    found = Axe().run(page, options=options).response
    violations, incomplete = (
        [f"{rule['id']} at {node['html'][:120]}" for rule in found[kind] for node in rule["nodes"]]
        for kind in ("violations", "incomplete")
    )
    return violations, incomplete


def faint_text(page) -> list[str]:
    """Text with too little contrast, wherever it stands: axe leaves out what is scrolled away or a single sign."""
    return page.evaluate(_LIGHT + _TEXT)


def undescribed_images(page) -> list[str]:
    """Pictures without a description, with a placeholder for one, or with another picture's."""
    told = page.eval_on_selector_all(  # what is hidden is described by what holds it
        "img, svg:not([aria-hidden=true], [role=group] *), [role=img], div[role=group]",
        "all => all.map(one => one.getAttribute('alt') ?? one.getAttribute('aria-label') ?? '')",
    )
    faults = ["一幅图没有说明" for text in told if not text.strip()]
    faults += [
        f"说明是占位文字“{text}”" for text in told if text.strip().lower().rstrip("0123456789 .") in PLACEHOLDERS
    ]
    return faults + [f"说明重复：{text[:30]}" for text in {text for text in told if text and told.count(text) > 1}]


def disordered_headings(page) -> list[str]:
    """Not exactly one heading of the first level, first; or a level left out; or a heading without text."""
    heads = page.eval_on_selector_all(
        "h1, h2, h3, h4, h5, h6",
        "all => all.filter(one => !one.closest('nav')).map(one => [Number(one.tagName[1]), one.textContent.trim()])",
    )
    levels = [level for level, _ in heads]
    faults = ["一级标题应当有一个，且在最前"] if levels[:1] != [1] or levels.count(1) != 1 else []
    faults += [f"标题从{one}级跳到{other}级" for one, other in pairwise(levels) if other - one > 1]
    return faults + ["空标题" for _, text in heads if not text]


def poor_tables(page) -> list[str]:
    """Tables without caption or scopes, and header cells without text."""
    return page.eval_on_selector_all(
        "table",
        """all => all.flatMap(one => [
             ...(one.caption?.textContent.trim() ? [] : ["表没有标题"]),
             ...[...one.querySelectorAll("th")].flatMap(head => [
                ...(head.textContent.trim() ? [] : [`空表头：${one.caption?.textContent}`]),
                ...(head.scope ? [] : ["表头没有scope"])])])""",
    )


def dangling_links(page) -> list[str]:
    """Links into the page that lead nowhere, links out of it, and what looks like a link and is none."""
    return ["没有去处的链接"] * page.locator("a:not([href]):not([id])").count() + page.eval_on_selector_all(
        "a[href]",
        """all => all.map(one => one.getAttribute("href")).filter(to => !to.startsWith("data:") &&
             !(to.startsWith("#") && document.getElementById(decodeURIComponent(to.slice(1)))))""",
    )


def unreadable_drawn_text(page, least_pixels: float = 0) -> list[str]:
    """Text in drawings with too little contrast, or smaller than asked."""
    return page.evaluate(_LIGHT + _DRAWN_TEXT) + page.evaluate(_SMALL_TEXT, least_pixels)


def ragged(page) -> list[str]:
    """Parts of a page's column that end neither at its right edge nor, as running text does, far before it."""
    return page.eval_on_selector_all(
        "main figure, main .table, main .key-figures, main .doubts, main h2, main .fold",
        """all => { const main = document.querySelector("main"), style = getComputedStyle(main);
             const edge = main.getBoundingClientRect().right - parseFloat(style.paddingRight);
             return all.filter(one => one.checkVisibility() && !one.closest(".lead, .given") &&
                               Math.abs(one.getBoundingClientRect().right - edge) > 1)
                       .map(one => `右边不齐：${one.outerHTML.slice(0, 60)}`); }""",
    )


def scrolls_a_little(page) -> list[str]:
    """Tables that scroll sideways though only a few points are missing."""
    return page.eval_on_selector_all(
        ".table",
        """all => all.map(one => [one.scrollWidth - one.clientWidth, one.ariaLabel])
                   .filter(([more]) => more > 0 && more < 24).map(([more, name]) => `${name}只差${more}点`)""",
    )


def scrolls_sideways(page) -> list[str]:
    """A page wider than its window."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"页面宽{wide}，窗口宽{seen}"] if wide > seen else []


def out_of_reach(page) -> list[str]:
    """What can be used with a pointer and is not reached by the tabulator key; and what has the focus without a sign."""
    usable = "a[href], button, input, select, textarea, summary, [tabindex]:not(main), [onclick]"
    page.eval_on_selector_all(
        usable, "all => all.filter(one => one.checkVisibility()).forEach((one, place) => { one.dataset.place = place })"
    )
    # Whatever gets the focus writes down whether that can be seen: asking after every key would take twice as long.
    page.evaluate(
        """() => { document.activeElement.blur(); window.scrollTo(0, 0);
             document.addEventListener("focusin", ({ target }) => {
               const style = getComputedStyle(target);
               target.dataset.seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0; }); }"""
    )
    for _ in range(page.locator("[data-place]").count() + 5):
        page.keyboard.press("Tab")
    left = page.eval_on_selector_all("[data-place]", "all => all.map(one => [one.dataset.seen ?? '', one.outerHTML])")
    return [f"键盘到不了：{html[:80]}" for seen, html in left if not seen] + [
        f"得到焦点看不出来：{html[:80]}" for seen, html in left if seen == "false"
    ]


class OfLinkingPage:
    """The tests of a module's fixture `page`, whose links lead out of it: for a class of the module to take over."""

    def test_axe_finds_nothing(self, page):
        # Contrast axe measures in `test_trends`, in a page of the same style.
        violations, _ = found_by_axe(page, contrast=full())
        assert violations == []

    def test_the_gate_finds_nothing(self, page):
        faults = [fault for check in CHECKS if check is not dangling_links for fault in check(page)]
        assert faults == []

    def test_nothing_is_asked_of_any_host(self, page):
        assert page.heard == []


CHECKS = (
    undescribed_images,
    disordered_headings,
    poor_tables,
    dangling_links,
    faint_text,
    unreadable_drawn_text,
    ragged,
    scrolls_a_little,
    scrolls_sideways,
    out_of_reach,
)
