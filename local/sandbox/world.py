"""What the providers share: the cloud that they work for, the people, the numbers, the time."""

from dataclasses import dataclass

from local.clock import Clock
from local.sandbox.cloud import Cloud
from local.sandbox.people.calls import Switchboard
from local.sandbox.people.habits import HabitBook
from local.sandbox.people.identities import IdentityBook
from local.sandbox.people.lines import LineBook


@dataclass(frozen=True)
class World:
    """One of each, for all providers."""

    cloud: Cloud
    switchboard: Switchboard
    habits: HabitBook
    lines: LineBook
    identities: IdentityBook
    clock: Clock
