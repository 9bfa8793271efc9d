"""`verifier ui` as a process: one address, one line when it cannot, nothing left behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.browser.conftest import start_server


def test_a_port_in_use_is_one_line_and_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "verifier.cli", "ui", "--no-open", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert port in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    killed = tmp_path / "tmp" / "verifier-ui-999999999-left"
    killed.mkdir(parents=True)
    server = start_server(tmp_path / "tmp", tmp_path / "home")
    assert not killed.exists()  # what a killed server could not delete
    assert list((tmp_path / "tmp").iterdir())
    with urllib.request.urlopen(server.address) as page:
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    server.process.send_signal(how)
    code = server.process.wait(20)
    assert code in ((0,) if how is signal.SIGINT else (0, -how))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert "Traceback" not in (tmp_path / "tmp.err").read_text()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--host", "0.0.0.0"], "add-user"),
        (["--login"], "add-user"),
        (["--certificate", "x.pem"], "--key"),
        (["--host", "203.0.113.7"], "add-user"),
        (["--ice", "http://x"], "stun:"),
        (["--store", "nowhere"], "store new"),
        (["--key-file", "x"], "--store"),
        (["--audits", "nowhere"], "no folder"),
        (["add-user", "maria", "--role", "king"], "interviewer"),
    ],
)
def test_what_must_not_be_served_is_one_line_and_code_2(home: Path, arguments: list[str], word: str) -> None:
    command = [
        sys.executable,
        "-m",
        "verifier.cli",
        "ui",
        *([] if "add-user" in arguments else ["--no-open"]),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert word in done.stderr


def test_somebody_is_added_from_a_pipe(home: Path) -> None:
    from verifier_ui import users

    command = [sys.executable, "-m", "verifier.cli", "ui", "add-user", "maria", "--role", "reviewer"]
    done = subprocess.run(
        command, input="a long enough password\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert users.log_in("maria", "a long enough password") == users.User("maria", users.Role.REVIEWER)
    for code, words in ((0, "may not log in any more"), (2, "nobody has the login maria")):
        command = [sys.executable, "-m", "verifier.cli", "ui", "remove-user", "maria"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, words in done.stdout + done.stderr) == (code, True)
    assert not users.has_users()


def test_where_answers_to_its_own_names_only() -> None:
    from verifier_ui.server import Where

    assert Where().hosts == ("127.0.0.1", "localhost")
    assert not Where().asks_for_login
    far = Where("192.0.2.5", names=("calls.example",))
    assert far.asks_for_login
    assert far.hosts == ("192.0.2.5", "calls.example")


def test_a_locked_folder_and_the_wrong_key_are_one_line_before_anything_is_served(home: Path, tmp_path: Path) -> None:
    from verifier.store.repository import Repository
    from verifier.store.vault import Secret, make_key_file

    right, wrong = tmp_path / "right.key", tmp_path / "wrong.key"
    for file in (right, wrong):
        make_key_file(file)
    Repository.open(tmp_path / "folder", secret=Secret.key_file(right), create=True).close()
    command = [sys.executable, "-m", "verifier.cli", "ui", "--no-open", "--store", str(tmp_path / "folder")]
    for more in ([], ["--key-file", str(wrong)], ["--key-file", str(tmp_path / "none")]):
        done = subprocess.run(
            [*command, *more], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
        assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (2, "", 1)
        assert "key" in done.stderr
    server = start_server(tmp_path / "tmp", home, "--store", str(tmp_path / "folder"), "--key-file", str(right))
    with urllib.request.urlopen(f"{server.address}/recent-cases") as answer:
        assert answer.read() == b"[]"
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
