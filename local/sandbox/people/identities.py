"""Who and what the providers know: tokens, numbers, instances. Set by the admin interface."""

from pydantic import BaseModel, ConfigDict


class Identities(BaseModel):
    """A list of None accepts anything well-formed, so that stacks can bring their own; a list is taken at its word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: frozenset[str] | None = None
    """Registered device tokens; any other is UNREGISTERED."""
    unregistered_tokens: frozenset[str] = frozenset()
    foreign_tokens: frozenset[str] = frozenset()
    """Tokens of another project: SENDER_ID_MISMATCH."""
    apns_unconfigured_tokens: frozenset[str] = frozenset()
    """Tokens of an app whose APNs key is missing or wrong: THIRD_PARTY_AUTH_ERROR."""

    origination_identities: frozenset[str] | None = None
    """End User Messaging: E.164 numbers, phone-, pool- and sender ids, ARNs."""
    configuration_sets: frozenset[str] | None = None
    opted_out_numbers: frozenset[str] = frozenset()

    connect_instances: frozenset[str] | None = None
    connect_contact_flows: frozenset[str] | None = None
    connect_queues: frozenset[str] | None = None
    connect_source_numbers: frozenset[str] | None = None
    twilio_numbers: frozenset[str] | None = None
    """Numbers at Twilio that texts may be sent from."""
    disallowed_destinations: frozenset[str] = frozenset()
    """Connect: number prefixes that the instance may not call."""


class IdentityBook:
    """The identities in force."""

    def __init__(self) -> None:
        self.current = Identities()


def known(name: str, accepted: frozenset[str] | None) -> bool:
    """Whether a name is on the list, or there is no list."""
    return accepted is None or name in accepted
