"""The providers of a region: which account of theirs we use, and under which number each lane appears."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from infra.config.base import ConfigModel
from statline.contract.phone_numbers import E164
from statline.contract.words import Priority

Origination = Annotated[
    str,
    StringConstraints(pattern=r"^(phone|pool)-[0-9a-z]{8,64}$"),
    Field(description="The id that End User Messaging gave to a phone number (phone-...) or a pool (pool-...)."),
]


def _with_a_stat_of_its_own(lanes: Mapping[Priority, str]) -> Mapping[Priority, str]:
    """Every lane is there, and what stat sends from is nobody else's: carriers limit and block by origination."""
    missing = [priority.value for priority in Priority if priority not in lanes]
    if missing:
        raise ValueError(f"no lane {', '.join(missing)}: each of stat, urgent and routine needs one")
    others = [priority.value for priority in Priority if priority != Priority.STAT]
    shared = [lane for lane in others if lanes[Priority(lane)] == lanes[Priority.STAT]]
    if shared:
        raise ValueError(f"stat and {', '.join(shared)} send from the same origination: stat needs one of its own")
    return lanes


class PushProvider(ConfigModel):
    """Firebase Cloud Messaging.

    service_account: the secret that the stacks make, for the platform team to put the service account's JSON into.
    endpoint: FCM's address, without a path.
    """

    service_account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,200}$")] = "statline/fcm"
    endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = "https://fcm.googleapis.com"


class SmsProvider(ConfigModel):
    """AWS End User Messaging. The stacks make the configuration set of the given name."""

    configuration_set: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "statline"
    originations: Annotated[Mapping[Priority, Origination], AfterValidator(_with_a_stat_of_its_own)]


class VoiceProvider(ConfigModel):
    """Amazon Connect. The instance exists already: its numbers are claimed and its limits raised by people."""

    instance_arn: Annotated[
        str, StringConstraints(pattern=r"^arn:aws[a-z-]*:connect:[a-z0-9-]+:[0-9]{12}:instance/[0-9a-f-]{36}$")
    ]
    source_numbers: Annotated[Mapping[Priority, E164], AfterValidator(_with_a_stat_of_its_own)]

    @property
    def instance_id(self) -> str:
        """The instance's id, which Connect's calls take."""
        return self.instance_arn.rsplit("/", 1)[1]


class Providers(ConfigModel):
    """The ways out of a region. Without ``voice`` the region has no phone calls."""

    push: PushProvider
    sms: SmsProvider
    voice: VoiceProvider | None = None

    @model_validator(mode="after")
    def _asks_for_encryption_outside(self) -> Self:
        address = self.push.endpoint.removeprefix("http://").split(":")[0]
        if self.push.endpoint.startswith("http://") and address not in {"127.0.0.1", "localhost"}:
            raise ValueError("push.endpoint: must be https:// (plain http is taken on loopback only)")
        return self
