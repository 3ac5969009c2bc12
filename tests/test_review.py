"""`clean review`: who may ask, what is answered, and that a decision is written whole or not at all."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from cleaner import decisions
from cleaner.review.guard import LARGEST, has_token, host_is_ours, is_from_our_page
from tests.conftest import ROOT, SEEDS

MASK = "365bet体育在线"


@dataclass
class Server:
    """A review server in a process of its own, and a browser's part of the talk."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    token: str

    @property
    def file(self) -> Path:
        return self.folder / "rules/decisions.jsonl"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: str | bytes | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """Send a request as it is given; `headers` None: with the token, as a page of ours."""
        if headers is None:
            headers = self.ours()
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            link.request(method, path, body, dict(headers))
            answer = link.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, answer.read().decode(), told
        finally:
            link.close()

    def ours(self, **more: str) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.token}", "Sec-Fetch-Site": "same-origin"}
        return {**own, "Content-Type": "application/json", **{key.replace("_", "-"): v for key, v in more.items()}}

    def decide(self, **said: str) -> tuple[int, dict[str, object]]:
        status, body, _ = self.ask("POST", "/decisions", None, json.dumps(said))
        return status, json.loads(body)


def prepared(folder: Path) -> Path:
    """Return a folder with the five seeds and what was made of them."""
    shutil.copytree(SEEDS, folder / "seeds")
    shutil.copytree(ROOT / "out", folder / "out", ignore=shutil.ignore_patterns("*.html"))
    (folder / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
    return folder


def start(folder: Path) -> Server:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "review"], cwd=folder, env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/#token=([A-Za-z0-9_-]+)$", line.strip()):
            return Server(process, folder, int(found[1]), found[2])
    raise AssertionError(process.communicate(timeout=120))


def stop(server: Server) -> None:
    server.process.kill()
    server.process.communicate(timeout=120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = start(prepared(tmp_path_factory.mktemp("review")))
    yield made
    stop(made)


@pytest.fixture(autouse=True)
def nothing_decided(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "server" in request.fixturenames:
        running: Server = request.getfixturevalue("server")
        for decision in decisions.read(running.file):
            running.decide(do="undo", id=decision.id)


def mask_ids() -> list[str]:
    lines = (ROOT / "out/__report__/report.jsonl").read_bytes().split(b"\n")
    rows = [json.loads(line) for line in lines if line]
    return [row["id"] for row in rows if row["type"] == "edit" and row["quote"]["exact"] == MASK]


PAGE = f"/files/{quote('002_5ad29ed260622ba3.txt')}.html"


# ---- who may ask


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.2", "", "[::2]:80", "127.0.0.1:80:80",
     "127.0.0.1:x", "user@127.0.0.1", "127.0.0.1:", "0.0.0.0", "localhost:٣"],
)  # fmt: skip
def test_another_host_is_refused(host: str) -> None:
    assert not host_is_ours(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]", "[::1]:80"])
def test_this_machine_by_its_own_name_is_served(host: str) -> None:
    assert host_is_ours(host)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, True),
        ({"origin": "http://127.0.0.1:2", "host": "127.0.0.1:1"}, False),
        ({"origin": "null", "host": "127.0.0.1:1"}, False),
        ({"host": "127.0.0.1:1"}, False),
        ({}, False),
    ],
)
def test_a_post_comes_from_our_page_or_not_at_all(headers: dict[str, str], ours: bool) -> None:
    assert is_from_our_page(headers) is ours


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Bearer x", "Basic right", "right", "Bearer right "])
def test_only_the_whole_token_opens(value: str) -> None:
    assert not has_token({"authorization": value}, "right")
    assert has_token({"authorization": "bearer right"}, "right")


def test_the_token_has_192_bits_and_is_new_in_every_run(server: Server, tmp_path: Path) -> None:
    other = start(prepared(tmp_path))
    stop(other)
    assert len(server.token) == len(other.token) == 32  # 24 bytes as base64
    assert server.token != other.token


def test_right_is_200_and_everything_else_is_refused(server: Server) -> None:
    body = json.dumps({"do": "keep", "id": mask_ids()[0]})
    no_token = {key: value for key, value in server.ours().items() if key != "Authorization"}
    cases = [
        (400, "GET", "/", server.ours(Host="evil.example"), None),
        (400, "POST", "/decisions", server.ours(Host="evil.example"), body),
        (403, "POST", "/decisions", server.ours(Sec_Fetch_Site="cross-site"), body),
        (403, "POST", "/decisions", server.ours(Sec_Fetch_Site="same-site"), body),
        (403, "POST", "/decisions", no_token, body),
        (403, "POST", "/decisions", server.ours(Authorization="Bearer " + "A" * 32), body),
        (403, "GET", "/", server.ours(Authorization="Bearer wrong"), None),
        (415, "POST", "/decisions", server.ours(Content_Type="text/plain"), body),
        (413, "POST", "/decisions", server.ours(), "x" * (LARGEST + 1)),
        (405, "GET", "/decisions", server.ours(), None),
        (405, "PUT", "/", server.ours(), body),
        (405, "DELETE", PAGE, server.ours(), None),
    ]
    for expected, method, path, headers, sent in cases:
        status, text, told = server.ask(method, path, headers, sent)
        if (method, path) == ("GET", "/decisions"):
            assert status in (404, 405)
        else:
            assert status == expected, (method, path, headers, text)
        assert told["x-content-type-options"] == "nosniff"
    assert not server.file.exists() or server.file.read_bytes() == b""
    assert server.ask("GET", "/")[0] == server.ask("GET", PAGE)[0] == 200
    assert server.ask("POST", "/decisions", None, body)[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/../clean.toml", "/..%2fclean.toml", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/files/../../seeds", "/out/",
     "/rules/decisions.jsonl", "/clean.toml", "/index.html/", "/INDEX.HTML", "/files/", "/index.html%00",
     "/.git/config", "/files/002_5ad29ed260622ba3.txt", "/__report__/report.jsonl", "/\\..\\clean.toml", "/docs"],
)  # fmt: skip
def test_a_path_that_is_no_page_is_not_there(server: Server, path: str) -> None:
    assert server.ask("GET", path)[0] == 404
    assert server.ask("GET", path, {})[0] == 404


def test_without_the_token_a_page_shows_nothing_of_the_report(server: Server) -> None:
    status, text, told = server.ask("GET", PAGE, {})
    assert status == 200 and "曲靖" not in text and "002" not in text
    assert len(text) < 3000
    policy = told["content-security-policy"]
    assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy
    assert told["cache-control"] == "no-store" and told["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in told and "server" not in told and "set-cookie" not in told


def test_two_hosts_or_none_are_refused(server: Server) -> None:
    for lines in ("", "Host: 127.0.0.1\r\nHost: evil.example\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
            link.sendall(f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            assert link.recv(64).startswith(b"HTTP/1.1 400")


def test_a_body_without_a_length_is_cut_off_too(server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (LARGEST // 20)

    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        link.request(
            "POST", "/decisions", chunks(), {**server.ours(), "Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        assert link.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # the rest was not even read
    finally:
        link.close()
    assert server.ask("GET", "/")[0] == 200


def test_it_listens_on_loopback_alone(server: Server) -> None:
    others = [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {*others, "127.0.0.2"} - {"127.0.0.1"}:
        with pytest.raises(OSError), socket.create_connection((address, server.port), timeout=2):
            pass


# ---- what a decision does


def test_a_decision_is_written_and_the_page_shows_the_new_text(server: Server) -> None:
    before = {path: path.read_bytes() for path in server.folder.rglob("*") if path.is_file()}
    first, second, *_ = mask_ids()
    status, told = server.decide(do="replace", id=first, scope="edit", replacement="全省")
    assert status == 200
    (line,) = server.file.read_text("utf-8").splitlines()
    assert told["said"] == ["rules/decisions.jsonl:", f"wrote {line}"]
    page = server.ask("GET", PAGE)[1]
    assert page.count("全省</ins>") >= 1 and "4 waiting" in page and "5 waiting" not in page
    assert "6 places wait" in server.ask("GET", "/")[1]
    assert server.decide(do="keep", id=second, scope="edit")[0] == 200
    assert "3 waiting" in server.ask("GET", PAGE)[1]
    after = {path: path.read_bytes() for path in server.folder.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path)} == {server.file}
    assert server.decide(do="undo", id=first)[0] == 200
    assert "4 waiting" in server.ask("GET", PAGE)[1]


def test_the_page_shows_the_text_that_the_next_run_writes(server: Server) -> None:
    server.decide(do="replace", id=mask_ids()[0], scope="edit", replacement="全省")
    page = server.ask("GET", PAGE)[1]
    copy = server.folder.parent / "next"
    shutil.copytree(server.folder, copy)
    command = [sys.executable, "-m", "cleaner", "seeds/", "out/"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    written = (copy / "out/__report__/files/002_5ad29ed260622ba3.txt.html").read_text("utf-8")
    rows = [re.findall(r'<div class="r .*?</div>', text, re.DOTALL) for text in (page, written)]
    assert rows[0] == rows[1] and len(rows[0]) > 20
    shutil.rmtree(copy)


def test_an_overlap_is_called_wanted_and_back(server: Server) -> None:
    found = re.search(r'data-id="([0-9a-f]{12})" data-of="overlap"', server.ask("GET", "/clusters/c1.html")[1])
    assert found
    assert server.decide(do="wanted", id=found[1])[0] == 200
    assert '<small class="tag">wanted</small>' in server.ask("GET", "/clusters/c1.html")[1]
    assert server.decide(do="unwanted", id=found[1], keeper="000_dc01158ab21fdc48.txt")[0] == 200
    assert '<small class="tag">unwanted</small>' in server.ask("GET", "/clusters/c1.html")[1]
    assert server.decide(do="undo", id=found[1])[0] == 200
    assert 'class="tag"' not in server.ask("GET", "/clusters/c1.html")[1]


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "1", '{"do":"keep"}', '{"do":"burn","id":"ae3a5a723029"}',
     '{"do":"keep","id":"000000000000"}',
     '{"do":"keep","id":"ae3a5a723029","file":"/etc/passwd"}', '{"do":"replace","id":"ae3a5a723029"}',
     '{"do":"replace","id":"ae3a5a723029","replacement":""}', '{"do":"undo","id":"000000000000"}', '{"do":"undo"}',
     '{"do":"unwanted","id":"ae3a5a723029","keeper":"../x"}', '"\\ud800"', '{"do":"keep","id":"\\u0000"}'],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_reason_and_writes_nothing(server: Server, body: str) -> None:
    status, text, _ = server.ask("POST", "/decisions", None, body)
    assert status == 400, text
    assert "nothing was written" in json.loads(text)["error"]
    assert not server.file.exists() or server.file.read_bytes() == b""


def test_many_tabs_at_once_lose_nothing(server: Server) -> None:
    threads = [
        threading.Thread(target=server.decide, kwargs={"do": "keep", "id": one, "scope": "edit"}) for one in mask_ids()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.id for one in decisions.read(server.file)} == set(mask_ids())


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_lost(server: Server) -> None:
    server.file.parent.mkdir(exist_ok=True)
    server.file.write_bytes(b"<<<<<<< ours\n")
    try:
        status, told = server.decide(do="keep", id=mask_ids()[0])
        assert status == 400 and "decisions.jsonl:1" in str(told["error"])
        assert server.file.read_bytes() == b"<<<<<<< ours\n"
    finally:
        server.file.write_bytes(b"")


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6])
def test_killed_in_the_middle_of_a_decision_it_loses_nothing(tmp_path: Path, delay: float) -> None:
    """What was answered is on the disk; what was not is there whole or not at all; the next start reads it."""
    server = start(prepared(tmp_path))
    edits = [json.loads(line) for line in (ROOT / "out/__report__/report.jsonl").read_bytes().split(b"\n") if line]
    ids = [one["id"] for one in edits if one["type"] == "edit" and one["path"].startswith("003")]
    answered: list[str] = []
    server.decide(do="keep", id=mask_ids()[0])
    answered.append(mask_ids()[0])

    def press() -> None:
        for one in ids:
            try:
                if server.decide(do="keep", id=one, scope="edit")[0] == 200:
                    answered.append(one)
            except (OSError, http.client.HTTPException, ValueError):
                return

    thread = threading.Thread(target=press)
    thread.start()
    time.sleep(0.3 + delay)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.communicate(timeout=120)
    thread.join(timeout=120)
    kept = {one.id for one in decisions.read(server.file)}
    assert set(answered) <= kept and len(kept) <= len(answered) + 1
    again = start(tmp_path)
    try:
        assert again.decide(do="keep", id=ids[-1], scope="edit")[0] == 200
        assert {one.id for one in decisions.read(server.file)} == kept | {ids[-1]}
    finally:
        stop(again)


def test_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    server = start(prepared(tmp_path))
    server.process.send_signal(signal.SIGINT)
    said, complained = server.process.communicate(timeout=120)
    assert (server.process.returncode, complained) == (0, "")
    assert "next: clean seeds/ out/" in said


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no', name='uvicorn')", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    command = [sys.executable, "-m", "cleaner", "review", str(ROOT / "out")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert "pip install 'seedclean[review]'" in done.stderr and "Traceback" not in done.stderr
