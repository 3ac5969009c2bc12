"""`clean review` as a person uses it: the address, the keys, the line written, the text made new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner import decisions
from tests.browser.conftest import Reader
from tests.test_review import PAGE, Server, mask_ids, prepared, start, stop

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = start(prepared(tmp_path))
    yield made
    stop(made)


def at(server: Server, path: str = "/") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def test_a_person_decides(reader: Reader, server: Server) -> None:
    reader.allowed = (at(server, "/decisions"), at(server, PAGE))
    page = reader.open(f"{at(server)}#token={server.token}")
    page.get_by_text("7 places wait for a decision.").wait_for()
    assert page.url == at(server)  # the token is not in the address any more
    page.locator("a", has_text="002_5ad29ed260622ba3.txt:14").click()
    page.locator("#L14").wait_for()
    reader.press("j", "e")
    reader.type("全省")
    reader.press("Enter")
    page.locator("ins", has_text="全省").first.wait_for()
    (written,) = decisions.read(server.file)
    assert (written.do, written.replacement, written.id) == ("replace", "全省", mask_ids()[0])
    assert decisions.to_line(written).decode().rstrip() in page.locator("#line").inner_text()
    assert "4 places wait" in page.locator(".lead").inner_text()
    assert page.locator("aside li.on").count() == 1  # the reader is where he was
    reader.picture("review-desk")
    reader.press("u")
    page.get_by_text("5 places wait").wait_for()
    assert list(decisions.read(server.file)) == []


def test_without_the_key_there_is_nothing_to_see(readers, server: Server) -> None:
    stranger: Reader = readers()
    page = stranger.open(at(server))
    page.get_by_text("Open the address that").wait_for()
    assert "曲靖" not in page.content()
    other: Reader = readers()
    shown = other.open(f"{at(server)}#token={'A' * 32}")
    shown.get_by_text("of another run").wait_for()
    assert [line for line in other.noise if "403" not in line] == []
    other.noise.clear()


def test_a_server_that_has_ended_is_told(reader: Reader, server: Server) -> None:
    reader.allowed = (at(server, "/decisions"), at(server, PAGE))
    page = reader.open(f"{at(server)}#token={server.token}")
    page.locator("#waiting").wait_for()
    stop(server)
    reader.press("j", "x")
    page.get_by_text("The server does not answer").wait_for()
    assert all("ERR_CONNECTION_REFUSED" in line for line in reader.noise)
    reader.noise.clear()
