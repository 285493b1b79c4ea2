"""The unique ids that the emulator gives to IAM users and roles: known before they exist.

AWS makes such an id up when the user or role is created (`AIDA...`, `AROA...`, 21 characters). A deployment's config
names its producers by that id, because SQS's `SenderId` carries it; on the laptop the config must be able to say it
before the first start. So here the id is made from the name.
"""

import base64
import hashlib

_LENGTH = 21


def _unique_id(prefix: str, name: str) -> str:
    digest = hashlib.sha256(f"{prefix}/{name}".encode()).digest()
    return (prefix + base64.b32encode(digest).decode())[:_LENGTH]


def user_id(user_name: str) -> str:
    """Return the unique id of the IAM user of that name: `AIDA` and 17 characters of A-Z and 2-7."""
    return _unique_id("AIDA", user_name)


def role_id(role_name: str) -> str:
    """Return the unique id of the IAM role of that name: `AROA` and 17 characters of A-Z and 2-7."""
    return _unique_id("AROA", role_name)
