"""Writing: both files whole, or the folder as it was, whatever the disk says."""

from __future__ import annotations

import os
import resource
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.sample import report
from verifier.report.write import ReportWriteError, write_report

NOBODY = 65534


def in_child(act: Callable[[], object], *, as_nobody: bool = False) -> tuple[int, str]:
    """Exit code and text of `act` in a process of its own: 0 written, 2 refused in one line, 1 anything else."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code, text = 1, ""
        try:
            if as_nobody and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()
            code = 0
        except ReportWriteError as error:
            code, text = 2, str(error)
        except BaseException as error:
            text = repr(error)
        finally:
            os.write(writing, text.encode())
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), text


@pytest.fixture(autouse=True)
def _imported_before_forking() -> None:
    from verifier.report.html_report import to_html

    to_html(report())


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_both_files_appear_also_in_a_folder_that_was_not_there(tmp_path: Path) -> None:
    html, json_ = write_report(report(), tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == ["report.html", "report.json"]
    assert html.read_text().endswith("</html>\n") or html.read_text().endswith("</html>")
    assert json_.read_text().endswith("}\n")
    assert stat.S_IMODE(html.stat().st_mode) & 0o600 == 0o600
    write_report(report(), tmp_path / "a" / "b")
    assert names(tmp_path / "a" / "b") == ["report.html", "report.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="file rights as Unix has them")
def test_a_folder_that_does_not_allow_writing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:3]:
        if parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "report.html").write_text("older")
    folder.chmod(0o555)
    code, text = in_child(lambda: write_report(report(), folder), as_nobody=True)
    assert (code, "does not allow writing" in text) == (2, True), text
    code, text = in_child(lambda: write_report(report(), folder / "new"), as_nobody=True)
    assert (code, "does not allow writing" in text) == (2, True), text
    assert names(folder) == ["report.html"]
    assert (folder / "report.html").read_text() == "older"


@pytest.mark.parametrize("room", [1_000, 30_000])
def test_a_full_disk_leaves_the_older_report_as_it_was(tmp_path: Path, room: int) -> None:
    """`room`: bytes a file may have. The first stops both files, the second the page only."""
    for name in ("report.html", "report.json"):
        (tmp_path / name).write_text("older")

    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        write_report(report(), tmp_path)

    code, text = in_child(write)
    assert (code, "no space left" in text) == (2, True), text
    assert len(text.splitlines()) == 1
    assert names(tmp_path) == ["report.html", "report.json"]
    assert {(tmp_path / n).read_text() for n in names(tmp_path)} == {"older"}


def test_a_full_disk_leaves_no_new_folder(tmp_path: Path) -> None:
    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
        write_report(report(), tmp_path / "new" / "deep")

    assert in_child(write)[0] == 2
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("taken", "said"),
    [("out", "is not a folder"), ("out/report.html", "is a folder"), ("out/report.json", "is a folder")],
)
def test_something_else_is_in_the_way(tmp_path: Path, taken: str, said: str) -> None:
    if taken == "out":
        (tmp_path / taken).write_text("a file")
    else:
        (tmp_path / taken).mkdir(parents=True)
    with pytest.raises(ReportWriteError, match=said):
        write_report(report(), tmp_path / "out")
    assert [n for n in names(tmp_path / "out") if n.startswith(".")] == [] if taken != "out" else True


def test_ctrl_c_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_report(report(), tmp_path / "out")
    assert names(tmp_path) == []
