"""The port `DeadMansSwitch` over HTTP."""

import urllib3
from urllib3.exceptions import HTTPError

from functions.canary.ports import SwitchOutOfReachError

_SECONDS = 2.0
_OK = range(200, 300)
_ONCE = {"Connection": "close"}
"""A minute later the connection would be dead, and this function frozen meanwhile."""


class HttpSwitch:
    """Gets an address once. Nothing of ours goes with it: that it is asked for is all that it says."""

    def __init__(self, address: str, *, seconds: float = _SECONDS) -> None:
        self._address = address
        self._timeout = urllib3.Timeout(total=seconds)
        self._http = urllib3.PoolManager(retries=False)

    def call(self) -> None:
        """See `DeadMansSwitch.call`."""
        try:
            answer = self._http.request(
                "GET", self._address, headers=_ONCE, timeout=self._timeout, redirect=False, preload_content=False
            )
            answer.close()
        except (HTTPError, OSError) as cause:
            # Its address may hold a secret, and an error's text may hold the address.
            raise SwitchOutOfReachError("the dead-man's switch did not answer") from cause
        if answer.status not in _OK:
            raise SwitchOutOfReachError(f"the dead-man's switch answered {answer.status}")


class NoSwitch:
    """A region that nobody outside listens to."""

    def call(self) -> None:
        """There is nobody to call."""
