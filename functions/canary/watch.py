"""The use case: send canaries, and see what became of those before.

The order within a tick: what was seen is said first, so that nothing which fails later can hide it. The dead-man's
switch is called last: it is somebody else's, and whoever waits for its name or its answer until his time is over has
sent his canaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.canary.canaries import EVERY, Canary, canaries_at, counted_from, is_first_of_minute, lane_at
from functions.canary.ports import DeadMansSwitch, DirectoryChanges, Ingress, Report, SwitchOutOfReachError, Ticks
from functions.canary.recipients import entries
from functions.canary.seeing import Seen
from functions.core.domain.errors import QueueUnavailableError, StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates
from statline.contract.words import Channel, Priority

LOOKED_AT_AFTER = EVERY * 2
"""How long a canary has until it counts as lost."""
TOO_LATE = EVERY
"""A tick that comes so late is over: the next one is there."""
AHEAD = timedelta(minutes=1)
"""A minute's ticks are sent so long before: EventBridge's clock strikes anywhere within its minute."""


@dataclass(slots=True)
class CanaryWatch:
    """The canary of a region.

    addresses: the test recipients, by channel; these are the region's channels. real_every_minutes: see
    `functions.canary.settings`.
    """

    addresses: Mapping[Channel, str]
    real_every_minutes: Mapping[Channel, int]
    states: DeliveryStates
    ticks: Ticks
    ingress: Ingress
    directory: DirectoryChanges
    switch: DeadMansSwitch
    report: Report
    clock: Clock
    _introduced: bool = field(default=False, init=False)

    def wake(self, at: datetime) -> None:
        """Once a minute: prepare the next one. Raises `QueueUnavailableError` where its ticks could not be sent."""
        minute = at.replace(second=0, microsecond=0)
        self.ticks.send(minute + AHEAD)
        if not self._introduced or minute.minute == 0:
            self._introduce()

    def tick(self, moment: datetime) -> None:
        """One moment's canaries, and a look at earlier ones of their lane.

        Raises `QueueUnavailableError`, `StoreUnavailableError`.
        """
        if self.clock() - moment >= TOO_LATE:
            return
        due = self._canaries(moment)
        before = self._canaries(moment - LOOKED_AT_AFTER)
        try:
            found = self.states.read([canary.key for canary in (*before, *due)])
        except StoreUnavailableError:
            self.report.saw([Seen(canary, None) for canary in before])
            raise
        seen = [Seen(canary, record) for canary, record in zip(before, found[: len(before)], strict=True)]
        self.report.saw(seen)
        unsent = [canary for canary, record in zip(due, found[len(before) :], strict=True) if record is None]
        sent_at = counted_from(moment, self.clock())
        self.ingress.send(lane_at(moment), [canary.notification(sent_at) for canary in unsent])
        if lane_at(moment) is Priority.STAT and is_first_of_minute(moment):
            self._call_switch(seen)

    def _canaries(self, moment: datetime) -> list[Canary]:
        return canaries_at(moment, self.addresses, self.real_every_minutes)

    def _introduce(self) -> None:
        """Put the canary's recipients into the directory: after each deployment, and then by the hour.

        The latter keeps the queue's metrics alive, too: SQS stops publishing after six hours without a message.
        """
        try:
            self.directory.tell(entries(self.addresses, self.clock()))
        except QueueUnavailableError as cause:
            self._introduced = False
            self.report.failed(cause)
        else:
            self._introduced = True

    def _call_switch(self, stats: Sequence[Seen]) -> None:
        """Say outside that the region lives. Where no stat gets through any more it is silent: that is no life.

        A call that fails is none of the canary's own trouble. The switch's owner notices its silence.
        """
        if not any(each.arrived for each in stats):
            return
        try:
            self.switch.call()
        except SwitchOutOfReachError as cause:
            self.report.failed(cause)
