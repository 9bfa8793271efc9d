"""Puts report.html and report.json into a folder: both whole, or neither."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.atomic import atomic_file
from verifier.report.html_report import to_html
from verifier.report.json_report import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.report.model import Report

HTML_NAME = "report.html"
JSON_NAME = "report.json"


class ReportWriteError(Exception):
    """The report could not be written; the message is one plain line."""


def write_report(report: Report, out_dir: Path) -> tuple[Path, Path]:
    """Writes both files and returns their paths, HTML first; `ReportWriteError` when the folder does not take them.

    Both are complete on disk before either takes its place, so a full disk leaves an older report untouched.
    """
    page, data = to_html(report).encode("utf-8"), dumps(report).encode("utf-8")
    html, json_ = out_dir / HTML_NAME, out_dir / JSON_NAME
    try:
        with _folder(out_dir), _kept(json_), atomic_file(html) as html_out, atomic_file(json_) as json_out:
            html_out.write(page)
            json_out.write(data)
            for out in (html_out, json_out):
                out.flush()
                os.fsync(out.fileno())
            if html.is_dir():  # the one thing that could stop the second of two renames on a healthy disk
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(html))
    except OSError as error:
        raise ReportWriteError(_line(error, out_dir)) from error
    return html, json_


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """The folder, made when missing; those made here go again when the block ends badly."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for made in missing:
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()
        raise


@contextmanager
def _kept(path: Path) -> Iterator[None]:
    """Puts `path` back as it was when the block ends badly after replacing it."""
    before = _identity(path)
    spare: Path | None = None
    try:
        if before is not None and path.is_file():
            spare = _spare(path)
        yield
    except BaseException:
        if _identity(path) != before:
            if spare is not None:
                os.replace(spare, path)
            else:
                path.unlink(missing_ok=True)
        raise
    finally:
        if spare is not None:
            spare.unlink(missing_ok=True)


def _spare(path: Path) -> Path:
    """A second name for the file, or a copy where the file system has no hard links."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        inside = Path(folder) / "old"
        try:
            os.link(path, inside)
        except OSError:
            shutil.copy2(path, inside)
        beside = path.parent / (Path(folder).name + ".part")
        os.replace(inside, beside)
    return beside


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _line(error: OSError, out_dir: Path) -> str:
    """One line for the terminal; it names the folder as the user wrote it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"The report was not written: no space left for it in {out_dir}. Nothing was changed."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"The report was not written: {out_dir} does not allow writing. Choose another folder."
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"The report was not written: {out_dir} is not a folder. Choose another one."
    if error.errno == errno.EISDIR:
        return f"The report was not written: in {out_dir}, {HTML_NAME} or {JSON_NAME} is a folder. Choose another one."
    return f"The report was not written to {out_dir}: {os.strerror(error.errno) if error.errno else 'unknown error'}."
