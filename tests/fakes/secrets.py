"""Secrets Manager for tests, as far as it is read."""

from dataclasses import dataclass, field
from typing import Any, cast

from botocore.exceptions import EndpointConnectionError

ACCOUNT_SID = "AC" + "0f" * 16
AUTH_TOKEN = "12345"


@dataclass
class FakeSecrets:
    """Holds one secret's text. ``away``: it cannot be read."""

    text: str = f'{{"account_sid": "{ACCOUNT_SID}", "auth_token": "{AUTH_TOKEN}"}}'
    away: bool = False
    reads: list[str] = field(default_factory=list)

    @property
    def client(self) -> Any:
        return cast("Any", self)

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 (botocore's spelling)
        self.reads.append(SecretId)
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://secrets")
        return {"SecretString": self.text}
