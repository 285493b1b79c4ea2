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

CallsPerMinute = Annotated[
    int,
    Field(ge=1, le=10_000_000, description="How many calls the provider takes in a minute; an alarm is a share of it."),
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
    calls_per_minute: what Google grants the project; 600,000 unless another was agreed.
    """

    service_account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,200}$")] = "statline/fcm"
    endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = "https://fcm.googleapis.com"
    calls_per_minute: CallsPerMinute = 600_000


class SmsProvider(ConfigModel):
    """AWS End User Messaging. The stacks make the configuration set of the given name.

    calls_per_minute: what all originations together may send. Unset, one a second, which is a Canadian long code's; a
        short code has 100 a second.
    """

    configuration_set: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "statline"
    originations: Annotated[Mapping[Priority, Origination], AfterValidator(_with_a_stat_of_its_own)]
    calls_per_minute: CallsPerMinute = 60


class VoiceProvider(ConfigModel):
    """Amazon Connect. The instance exists already: its numbers are claimed and its limits raised by people.

    calls_per_minute: of `StartOutboundVoiceContact`; unset, what a new instance has: two a second.
    """

    instance_arn: Annotated[
        str, StringConstraints(pattern=r"^arn:aws[a-z-]*:connect:[a-z0-9-]+:[0-9]{12}:instance/[0-9a-f-]{36}$")
    ]
    source_numbers: Annotated[Mapping[Priority, E164], AfterValidator(_with_a_stat_of_its_own)]
    calls_per_minute: CallsPerMinute = 120

    @property
    def instance_id(self) -> str:
        """The instance's id, which Connect's calls take."""
        return self.instance_arn.rsplit("/", 1)[1]


class Providers(ConfigModel):
    """The ways out of a region. Without ``voice`` the region has no phone calls."""

    push: PushProvider
    sms: SmsProvider
    voice: VoiceProvider | None = None

    @property
    def calls_per_minute(self) -> dict[str, int]:
        """What each provider takes in a minute, by the name that figures have for it."""
        rates = {"fcm": self.push.calls_per_minute, "sms": self.sms.calls_per_minute}
        return rates if self.voice is None else rates | {"connect": self.voice.calls_per_minute}

    @model_validator(mode="after")
    def _asks_for_encryption_outside(self) -> Self:
        address = self.push.endpoint.removeprefix("http://").split(":")[0]
        if self.push.endpoint.startswith("http://") and address not in {"127.0.0.1", "localhost"}:
            raise ValueError("push.endpoint: must be https:// (plain http is taken on loopback only)")
        return self
