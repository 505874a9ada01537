"""Make the README's picture of the report: the page on a desk and on a phone, side by side.

Usage: python docs/make_picture.py reports/2021/annual-report.html
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HEIGHT = 1120


def picture_of(page, width: int, shown: int, start: str) -> Image.Image:
    """A screen of the open page from the element `start` on, in a window of a width, as much of it as is `shown`."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.locator(start).first.evaluate("one => one.scrollIntoView()")
    image = Image.open(io.BytesIO(page.screenshot()))
    return image.convert("RGB").crop((0, 0, shown, HEIGHT))


def main(report: Path) -> None:
    """Photograph the report into `docs/report.png`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(report.resolve().as_uri())
        desk = picture_of(page, 1180, 1180, "header")
        phone = picture_of(page, 390, 390, "header")
        browser.close()
    whole = Image.new("RGB", (desk.width + phone.width + 30, HEIGHT), "#8592a0")
    whole.paste(desk, (0, 0))
    whole.paste(phone, (desk.width + 30, 0))
    whole.quantize(48).save(Path(__file__).with_name("report.png"), optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
