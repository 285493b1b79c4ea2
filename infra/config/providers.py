"""The providers of a region: which account of theirs we use, and under which number each lane appears."""

from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from infra.config.base import ConfigModel
from statline.contract.phone_numbers import E164
from statline.contract.words import Channel, Priority

Origination = Annotated[
    str,
    StringConstraints(pattern=r"^(phone|pool)-[0-9a-z]{8,64}$"),
    Field(description="The id that End User Messaging gave to a phone number (phone-...) or a pool (pool-...)."),
]

Line = Annotated[
    str,
    StringConstraints(pattern=r"^phone-[0-9a-z]{8,64}$"),
    Field(description="The id that End User Messaging gave to the number (phone-...)."),
]

CallsPerMinute = Annotated[
    int,
    Field(ge=1, le=10_000_000, description="How many calls the provider takes in a minute; an alarm is a share of it."),
]

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s@]+$")]
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,200}$")]


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

    service_account: SecretName = "statline/fcm"
    endpoint: Address = "https://fcm.googleapis.com"
    calls_per_minute: CallsPerMinute = 600_000


TwilioOrigination = Annotated[
    str,
    StringConstraints(pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32})$"),
    Field(description="A number of the account (E.164), or the id of one of its messaging services (MG...)."),
]


class TwilioProvider(ConfigModel):
    """Twilio, the second provider of texts: for a stat without a receipt, and while the first is demoted.

    secret: the one that the stacks make, for the platform team to put the account's id and token into.
    endpoint: Twilio's address, without a path.
    public_url: how Twilio addresses us where a domain of yours stands before the HTTP API, without a path. Unset: the
        API's own address.
    calls_per_minute: what all originations together may send; unset, one a second.
    """

    secret: SecretName = "statline/twilio"  # noqa: S105  # its name, not what is in it
    originations: Annotated[Mapping[Priority, TwilioOrigination], AfterValidator(_with_a_stat_of_its_own)]
    endpoint: Address = "https://api.twilio.com"
    public_url: Address | None = None
    calls_per_minute: CallsPerMinute = 60


class SmsProvider(ConfigModel):
    """AWS End User Messaging. The stacks make the configuration set of the given name.

    calls_per_minute: what all originations together may send. Unset, one a second, which is a Canadian long code's; a
        short code has 100 a second.
    lines: the numbers that people outside text a page to, each with its id there. The number itself is directory data.
    twilio: the second provider; left out, the region has none.
    """

    configuration_set: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "statline"
    originations: Annotated[Mapping[Priority, Origination], AfterValidator(_with_a_stat_of_its_own)]
    calls_per_minute: CallsPerMinute = 60
    lines: Mapping[E164, Line] = {}
    twilio: TwilioProvider | None = None

    @model_validator(mode="after")
    def _keeps_lines_for_pages(self) -> Self:
        for number, line in self.lines.items():
            lanes = [lane.value for lane, origination in self.originations.items() if origination == line]
            if lanes:
                raise ValueError(
                    f"lines: {number} is what {lanes[0]} sends from, and a text to it would be an answer and a page at"
                    " once: give the line a number of its own"
                )
        return self


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
        providers = {"fcm": self.push, "sms": self.sms, "connect": self.voice, "twilio": self.sms.twilio}
        return {name: provider.calls_per_minute for name, provider in providers.items() if provider is not None}

    @property
    def in_turn(self) -> dict[Channel, tuple[str, ...]]:
        """The providers of each channel that has several, the preferred one first, by the names that records have."""
        return {Channel.SMS: ("sms", "twilio")} if self.sms.twilio is not None else {}

    @model_validator(mode="after")
    def _asks_for_encryption_outside(self) -> Self:
        twilio = self.sms.twilio
        addresses = {
            "push.endpoint": self.push.endpoint,
            "sms.twilio.endpoint": twilio.endpoint if twilio is not None else "",
            "sms.twilio.public_url": (twilio.public_url if twilio is not None else "") or "",
        }
        for field, address in addresses.items():
            if address.startswith("http://") and urlsplit(address).hostname not in {"127.0.0.1", "localhost"}:
                raise ValueError(f"{field}: must be https:// (plain http is taken on loopback only)")
        return self
