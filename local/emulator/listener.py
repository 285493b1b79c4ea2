"""The emulator's listener: the gateway's port on loopback, nothing else.

With TLS the emulator would also take port 443 when it may (a Cognito token's issuer has no port). Nothing here uses
Cognito, and a laptop's port 443 may be somebody else's.
"""

from ministack import app


def _never(_host: str, _port: int) -> bool:
    return False


def install() -> None:
    """Keep the emulator from opening port 443."""
    app._port_is_bindable = _never
