"""The port `ProviderStandings` in memory, and providers for who has one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from functions.core.domain.delivering.failover import Standing
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import Provider
from functions.core.services.providers import Providers
from statline.contract.words import Channel


@dataclass
class FakeProviderStandings:
    """Remembers every standing in the order in which it was written. ``away``: the table does not answer.

    ``before_write`` is called with each standing about to be written: the place where a test lets another worker in.
    """

    stored: dict[tuple[Channel, str], Standing] = field(default_factory=dict)
    history: list[Standing] = field(default_factory=list)
    reads: int = 0
    away: bool = False
    before_write: Callable[[Standing], None] = lambda _: None

    def of(self, channel: Channel, providers: Sequence[str]) -> dict[str, Standing]:
        self.reads += 1
        self._answer()
        return {name: self.stored[channel, name] for name in providers if (channel, name) in self.stored}

    def write(self, channel: Channel, standing: Standing) -> Standing:
        self._answer()
        self.before_write(standing)
        stored = self.stored.get((channel, standing.provider))
        if stored is not None and stored.revision != standing.revision - 1:
            return stored
        self.stored[channel, standing.provider] = standing
        self.history.append(standing)
        return standing

    def _answer(self) -> None:
        if self.away:
            raise StoreUnavailableError("the delivery-state table is away")


def the_only(provider: Provider, clock: Clock, channel: Channel = Channel.PUSH) -> Providers:
    """A channel that has this provider and no other."""
    return Providers(channel, [provider], FakeProviderStandings(), clock)
