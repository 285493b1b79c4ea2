"""The quotas that AWS sets low for a new account, and what they must be before people's phones depend on them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


class ServiceQuotas(Protocol):
    """What is used of boto3's Service Quotas client."""

    def get_paginator(self, operation_name: str) -> Any:
        """A paginator."""
        ...


@dataclass(frozen=True, slots=True)
class Wants:
    """What a deployment needs.

    sms_dollars: US dollars a month for SMS.
    calls: voice calls at the same time.
    call_rate: calls started in a second.
    """

    sms_dollars: int
    calls: int
    call_rate: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One quota: what there is and what is wanted. ``unread`` says why it could not be read."""

    name: str
    have: str
    want: str
    enough: bool
    how: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """Reads the quotas of one region."""

    sms: "PinpointSMSVoiceV2Client"
    quotas: ServiceQuotas
    wants: Wants

    def findings(self) -> list[Finding]:
        """Every quota, also those that could not be read."""
        steps: Iterable[Callable[[], list[Finding]]] = (self._spend, self._tier, self._connect)
        return [finding for step in steps for finding in step()]

    def _spend(self) -> list[Finding]:
        name, want = "SMS spend limit a month", f"${self.wants.sms_dollars:,}"
        how = "support case 'End User Messaging: SMS spend threshold', then SetTextMessageSpendLimitOverride"
        try:
            limits = self.sms.describe_spend_limits()["SpendLimits"]
        except (ClientError, BotoCoreError) as cause:
            return [_unread(name, want, "sms-voice:DescribeSpendLimits", cause)]
        have = next((each["EnforcedLimit"] for each in limits if each["Name"].startswith("TEXT_MESSAGE")), 0)
        return [Finding(name, f"${have:,}", want, have >= self.wants.sms_dollars, how)]

    def _tier(self) -> list[Finding]:
        name, want = "End User Messaging account tier", "PRODUCTION"
        how = "request production access: in the sandbox only verified numbers get an SMS"
        try:
            attributes = self.sms.describe_account_attributes()["AccountAttributes"]
        except (ClientError, BotoCoreError) as cause:
            return [_unread(name, want, "sms-voice:DescribeAccountAttributes", cause)]
        have = next((each["Value"] for each in attributes if each["Name"] == "ACCOUNT_TIER"), "unknown")
        return [Finding(name, have, want, have == want, how)]

    def _connect(self) -> list[Finding]:
        wanted = {"Concurrent active calls per instance": self.wants.calls, _CALL_RATE: self.wants.call_rate}
        try:
            have = self._listed()
        except (ClientError, BotoCoreError) as cause:
            return [_unread(_TITLES[name], str(want), "servicequotas:List*", cause) for name, want in wanted.items()]
        return [_connect_finding(name, have, want) for name, want in wanted.items()]

    def _listed(self) -> Mapping[str, float]:
        """Connect's quotas by name: AWS's defaults, with this account's own values over them."""
        found: dict[str, float] = {}
        for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
            for page in self.quotas.get_paginator(operation).paginate(ServiceCode="connect"):
                found.update({quota["QuotaName"]: quota["Value"] for quota in page["Quotas"]})
        return found


_CALL_RATE = "StartOutboundVoiceContact"
_TITLES: Mapping[str, str] = {
    "Concurrent active calls per instance": "Connect: calls at the same time",
    _CALL_RATE: "Connect: calls started a second",
}


def _connect_finding(name: str, have: Mapping[str, float], want: int) -> Finding:
    values = [value for quota, value in have.items() if name.lower() in quota.lower()]
    how = "Service Quotas, Amazon Connect, request an increase; it may take days, and above all before go-live"
    if not values:
        how = f"Service Quotas lists no quota '{name}' here: read it in the console. {how}"
        return Finding(_TITLES[name], "not listed", str(want), enough=False, how=how, unread=True)
    return Finding(_TITLES[name], f"{min(values):g}", str(want), min(values) >= want, how)


def _unread(name: str, want: str, right: str, cause: ClientError | BotoCoreError) -> Finding:
    code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
    how = f"it could not be read ({code}): check the credentials and the right {right}"
    return Finding(name, "?", want, enough=False, how=how, unread=True)
