"""Our account at Twilio, out of its secret: read when it is first needed, and again when it may have been changed."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.core.domain.errors import MisconfiguredError, TemporaryError
from functions.core.domain.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

READ_AGAIN = timedelta(minutes=1)
"""A secret that seems to have been changed is not read more often than this."""


class SecretUnavailableError(TemporaryError):
    """The secret could not be read."""


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Who we are at Twilio. The token signs its callbacks, too."""

    account_sid: str
    auth_token: str


class _Secret(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    account_sid: str = Field(pattern=r"^AC[0-9A-Za-z]{1,62}$")
    auth_token: str = Field(min_length=1)


class TwilioSecret:
    """The secret, kept once it was read."""

    def __init__(self, client: "SecretsManagerClient", secret: str, clock: Clock) -> None:
        self._client = client
        self._secret = secret
        self._clock = clock
        self._account: TwilioAccount | None = None
        self._read_at: datetime | None = None

    def account(self) -> TwilioAccount:
        """The account. Raises `SecretUnavailableError`, and `MisconfiguredError` where the secret holds no account."""
        if self._account is None:
            self._account = self._read()
        return self._account

    def changed(self) -> bool:
        """Look whether the secret was changed meanwhile; answers whether `account` now says something else.

        Not more than once a minute: who sends us forged callbacks shall not make us ask. Raises as `account` does.
        """
        before = self.account()
        if self._read_at is not None and self._clock() - self._read_at < READ_AGAIN:
            return False
        self._account = self._read()
        return self._account != before

    def _read(self) -> TwilioAccount:
        self._read_at = self._clock()
        try:
            text = self._client.get_secret_value(SecretId=self._secret)["SecretString"]
        except (ClientError, BotoCoreError) as cause:
            raise SecretUnavailableError(f"the secret {self._secret} could not be read") from cause
        try:
            found = _Secret.model_validate(json.loads(text))
        except (ValueError, ValidationError):
            # Without its cause, which could quote the secret.
            raise MisconfiguredError(
                f"the secret {self._secret} holds no account of Twilio: put a JSON object with account_sid (AC...) and "
                "auth_token there, as the Twilio console shows them"
            ) from None
        return TwilioAccount(found.account_sid, found.auth_token)
