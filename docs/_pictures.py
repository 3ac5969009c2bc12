"""The pictures in docs/pictures: `python docs/_pictures.py [FOLDER]` takes them of the report on the seeds.

They are committed (small, few colours), so that the docs build needs no browser; made again when the report looks
otherwise. tests/browser holds that the pages look as they should.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WIDTH, HEIGHT = 1180, 740
ARTICLE = "files/002_5ad29ed260622ba3.txt.html"


def main(folder: Path) -> None:
    """Clean the seeds, look at three pages, and write their pictures."""
    from playwright.sync_api import sync_playwright

    from cleaner.config import load
    from cleaner.output import write
    from cleaner.pipeline import Book, run
    from cleaner.review.desk import Desk
    from cleaner.review.serve import serve

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        here = Path(place)
        shutil.copytree(ROOT / "seeds", here / "seeds")
        (here / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
        config = load(here / "clean.toml", {})
        write(run(here / "seeds", here / "out", config, Book.of(config)), here / "out")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        report = here / "out/__report__"
        page.goto((report / "index.html").as_uri())
        _take(page, folder / "overview.png")
        page.goto((report / ARTICLE).as_uri())
        _take(page, folder / "article.png")
        found: list[str] = []
        started = threading.Event()

        def say(address: str) -> None:
            found.append(address)
            started.set()

        threading.Thread(target=serve, args=(Desk(here / "out", config), 0, say), daemon=True).start()
        started.wait(60)
        page.goto(found[0])
        page.wait_for_selector("a:has-text('曲靖贯彻新发展理念')")
        page.click("a:has-text('曲靖贯彻新发展理念')")
        page.wait_for_selector("[data-g]")
        page.keyboard.press("j")
        page.wait_for_timeout(500)
        _take(page, folder / "review.png")
        browser.close()


def _take(page: Any, file: Path) -> None:
    """Write a picture with 64 colours: a quarter of the bytes, and text stays as clear."""
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(file))
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures")
