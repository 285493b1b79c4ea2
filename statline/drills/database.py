"""One database instance: how much it has to do, and what RDS says of it once a minute."""

import random
from collections.abc import Mapping

from statline.drills.deployment import Instance
from statline.drills.names import of_instance
from statline.drills.series import History

Levers = Mapping[str, float]
_FIGURES = (
    "ReadIOPS", "WriteIOPS", "DiskQueueDepth", "ReadLatency", "WriteLatency", "DBLoad", "DatabaseConnections",
    "FreeStorageSpace", "FreeableMemory", "CPUUtilization", "EBSIOBalance%", "EBSByteBalance%",
)  # fmt: skip
_READS, _WRITES = 0.12, 0.055
"""Of the provisioned IOPS, what an average working hour takes."""
_REPLICA_READS = 0.15
"""Of the primary's reads, what the replica has of its own. Its writes are the primary's."""
_HOUSEKEEPING, _HOUSEKEEPING_A_DAY, _HOUSEKEEPING_MINUTES = 0.12, 6.0, 15
_LATENCY, _NEVER_FULL = 0.0006, 1.025
_MINUTE, _DAY = 60.0, 86_400.0
_BURST_SECONDS, _REFILL_SECONDS = 1800.0, 6 * 3600.0


class Database:
    """One instance, of the role ``primary`` or ``replica``. It works by the minute."""

    def __init__(self, role: str, instance: Instance, history: History, dice: random.Random) -> None:
        self.role = role
        self.instance = instance
        self.busy = 0.0
        """What is asked for, as a share of the provisioned IOPS. Above 1 it waits."""
        self.taken = 0.0
        """Of its connections, how many are taken."""
        self.silent = False
        self._dice = dice
        self._series = {name: history.series(of_instance(name, instance.identifier)) for name in _FIGURES}
        self._housekeeping = 0
        self._burst = 1.0

    def minute(self, now: float, share: float, levers: Levers, *, backup: bool) -> None:
        """What happened in the minute that begins at `now`. share: of an average hour; backup: one reads it."""
        prefix = f"database.{self.role}"
        reads, writes = self._asked(share, backup=backup)
        reads += levers[f"{prefix}.extra_reads"]
        writes += levers[f"{prefix}.extra_writes"]
        self.busy = reads + writes
        self.silent = levers[f"{prefix}.silent"] > 0
        figures = self._figures(reads, writes, share, levers)
        self.taken = figures["DatabaseConnections"] / self.instance.connections
        if self.silent:
            return
        for name, value in figures.items():
            series = self._series[name]
            if series is not None:
                series.add(now, value)

    def _asked(self, share: float, *, backup: bool) -> tuple[float, float]:
        noise = max(0.3, self._dice.gauss(1.0, 0.08))
        if self._housekeeping > 0:
            self._housekeeping -= 1
        elif self._dice.random() < _HOUSEKEEPING_A_DAY * _MINUTE / _DAY:
            self._housekeeping = _HOUSEKEEPING_MINUTES
        extra = _HOUSEKEEPING if self._housekeeping else 0.0
        if self.role == "replica":
            return _READS * share * _REPLICA_READS * noise + (0.3 if backup else 0.0), _WRITES * share * noise
        return _READS * share * noise + extra, _WRITES * share * noise

    def _figures(self, reads: float, writes: float, share: float, levers: Levers) -> dict[str, float]:
        prefix, instance, noise = f"database.{self.role}", self.instance, max(0.5, self._dice.gauss(1.0, 0.05))
        busy = reads + writes
        full, over = min(busy, 1.0), max(busy, 1.0)
        slow = levers[f"{prefix}.disk_slowness"]
        latency = _LATENCY / (_NEVER_FULL - full) * over**3 * slow * noise
        depth = (0.2 + 3.5 * full / (_NEVER_FULL - full) * over) * (1 + (slow - 1) / 4) * noise
        load = (0.25 + 0.5 * share) * noise + depth / 8 + levers[f"{prefix}.sessions"]
        usual = min(0.62, 0.24 + 0.12 * share) * noise
        waiting = max(0.0, depth - 20) / instance.connections
        taken = min(1.0, max(usual + waiting, levers[f"{prefix}.connections"]))
        granted = full / busy if busy else 1.0
        done = granted * instance.iops * levers[f"{prefix}.provisioned"]
        return {
            "ReadIOPS": reads * done,
            "WriteIOPS": writes * done,
            "DiskQueueDepth": depth,
            "ReadLatency": latency,
            "WriteLatency": latency * 1.2,
            "DBLoad": load,
            "DatabaseConnections": float(round(taken * instance.connections)),
            "FreeStorageSpace": levers[f"{prefix}.storage"] * instance.storage,
            "FreeableMemory": levers[f"{prefix}.memory"] * instance.memory * noise,
            "CPUUtilization": min(99.0, 12 * (0.5 + share) * noise + 20 * full),
            "EBSIOBalance%": self._balance((reads + writes) * done),
            "EBSByteBalance%": 99.0,
        }

    def _balance(self, iops: float) -> float:
        """What is left of the class's burst: spent in half an hour above what it sustains, back after six hours."""
        used = _MINUTE / _BURST_SECONDS if iops > self.instance.sustained else -_MINUTE / _REFILL_SECONDS
        self._burst = min(1.0, max(0.0, self._burst - used))
        return 99.0 * self._burst
