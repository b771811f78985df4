"""A real browser for pages: Chromium without a network, and a log of all that a page asks for and complains of."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def missing(reason):
    """Skip, or fail where a browser is required, as it is in CI."""
    if os.environ.get("AUTOGRAD_CORE_BROWSER") == "required":
        pytest.fail(f"{reason}, and AUTOGRAD_CORE_BROWSER=required")
    pytest.skip(reason)


@contextmanager
def chromium():
    """A running Chromium."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing("no Chromium is installed (Debian, Ubuntu: apt install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("Playwright is not installed (pip install playwright)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


class Pages:
    """Pages that were opened from files, and what they asked for and said while they were open."""

    def __init__(self, browser, folder):
        self.browser, self.folder = browser, Path(folder)
        self.requests, self.complaints, self.contexts = [], [], []

    def open(self, path, width=1280, height=720, dark=False, place="", before=""):
        """A page, once it is ready; a script may be run before its own."""
        scheme = "dark" if dark else "light"
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True, reduced_motion="reduce"
        )
        self.contexts.append(context)
        page = context.new_page()
        page.add_init_script(before)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(Path(path).as_uri() + place)
        page.wait_for_selector("body[data-ready]", state="attached", timeout=10_000)
        return page

    def close(self):
        """Close all pages; each has asked for itself only, and none has complained."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, self.complaints
        assert len(self.requests) == len(self.contexts), self.requests
