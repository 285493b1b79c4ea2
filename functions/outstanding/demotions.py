"""Which providers are demoted, as a metric: every ten seconds a 0 or a 1, of those that have another beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.core.adapters.telemetry.embedded_metrics import EmbeddedMetrics, Metric
from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import ProviderStandings
from statline.contract.words import Channel


@dataclass(frozen=True, slots=True)
class Demotions:
    """Tells of the region's providers. ``providers``: of each channel that has several, their names."""

    standings: ProviderStandings
    providers: Mapping[Channel, Sequence[str]]
    metrics: EmbeddedMetrics
    log: Log
    clock: Clock

    def tell(self) -> None:
        """Say of each provider whether it is demoted. While the table does not answer, nothing is said."""
        for channel, names in self.providers.items():
            try:
                known = self.standings.of(channel, names)
            except StoreUnavailableError:
                self.log.warn("standings not read", channel=channel)
                continue
            now = self.clock()
            for name in names:
                demoted = name in known and known[name].is_demoted(now)
                self.metrics.put({Metric.PROVIDER_DEMOTED: int(demoted)}, provider=name)
