"""As whom a function signs in to PostgreSQL: with a token that it makes itself or, without TLS, with nothing."""

from collections.abc import Callable
from typing import Any

import botocore.session
from botocore.awsrequest import prepare_request_dict
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from functions.core.domain.errors import MisconfiguredError
from functions.database.access import DatabaseAccess

TOKEN_SECONDS = 900
"""How long RDS takes a token for new connections. A connection that was made outlives it."""

_SCHEME = "https://"
"""Part of what is signed, and not of the token."""

Password = Callable[[DatabaseAccess], str | None]
"""The password for one new connection; None: no password."""


def password_for(access: DatabaseAccess) -> str | None:
    """A fresh token where the connection is encrypted. Raises `MisconfiguredError` without AWS credentials or region.

    Without TLS there is none: RDS takes no token then, and whoever listens on the way would have it.
    """
    return rds_token(access) if access.trust else None


def rds_token(access: DatabaseAccess) -> str:
    """The signed words that RDS takes as the user's password. Made here: no call goes out."""
    session = botocore.session.get_session()
    credentials, region = session.get_credentials(), session.get_config_variable("region")
    if credentials is None or region is None:
        raise MisconfiguredError(
            "a token for RDS needs AWS credentials and a region; a function's environment has both"
        )
    signer = RequestSigner(
        ServiceId("rds-db"), region, "rds-db", "v4", credentials, session.get_component("event_emitter")
    )
    request: dict[str, Any] = {
        "url_path": "/",
        "query_string": "",
        "headers": {},
        "body": {"Action": "connect", "DBUser": access.user},
        "method": "GET",
    }
    prepare_request_dict(request, f"{_SCHEME}{access.host}:{access.port}")
    url = signer.generate_presigned_url(
        request, operation_name="connect", region_name=region, expires_in=TOKEN_SECONDS, signing_name="rds-db"
    )
    return str(url).removeprefix(_SCHEME)
