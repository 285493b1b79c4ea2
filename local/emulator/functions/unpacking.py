"""Packages that are unpacked once, however many workers run them.

The emulator unpacks a function's code and layers anew for every worker that it starts: thousands of files, seconds of a
cold start, and gigabytes after a flood. AWS mounts a package read-only; here every worker gets a link to one copy,
named by what is in it.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

_UNPACKED = Path(tempfile.gettempdir()) / "unpacked"


class _UnpackedOnce(zipfile.ZipFile):
    """A package whose contents are put in a worker's empty directory as a link to the one copy."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        del members, pwd
        copy = _UNPACKED / hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        if not copy.exists():
            self._unpack(copy)
        Path(path).rmdir()
        Path(path).symlink_to(copy, target_is_directory=True)

    def _unpack(self, copy: Path) -> None:
        """Make the copy. Of two workers that do so at the same time, one is first and the other's is thrown away."""
        _UNPACKED.mkdir(exist_ok=True)
        draft = tempfile.mkdtemp(dir=_UNPACKED)
        super().extractall(draft)
        self._restore_modes(Path(draft))
        try:
            os.rename(draft, copy)  # noqa: PTH104 - only this one refuses a directory that is there
        except OSError:
            if not copy.exists():
                raise
            shutil.rmtree(draft)

    def _restore_modes(self, draft: Path) -> None:
        """Let programs be run, as they may on Lambda: Python's own unpacking forgets that."""
        for entry in self.infolist():
            mode = entry.external_attr >> 16
            if mode and not entry.is_dir():
                (draft / entry.filename).chmod(mode & 0o777)


def install() -> None:
    """Let workers share what they run."""
    # The emulator misnames an error in an except clause, so whatever goes wrong with a layer would hide behind that.
    names = {"ZipFile": _UnpackedOnce, "LargeFileError": zipfile.LargeZipFile}
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), **names})
