"""The AWS account behind the sandbox, as a preflight before going live asks about it. Set by the admin interface."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Account(BaseModel):
    """Limits and quotas, the same in every region. The defaults are those of an account that is ready to go live."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: Literal["SANDBOX", "PRODUCTION"] = "PRODUCTION"
    text_spend_limit: int = 5_000
    """US dollars a month."""
    voice_spend_limit: int = 1_000
    service_quotas: Mapping[str, Mapping[str, float]] = {
        "connect": {
            "Concurrent active calls per instance": 100.0,
            "Rate of StartOutboundVoiceContact API requests": 10.0,
        }
    }
    """By service, then by the quota's name."""


class AccountBook:
    """The account in force."""

    def __init__(self) -> None:
        self.current = Account()
