"""What stands in the monitoring stack."""

from collections.abc import Iterable, Iterator

from infra.acknowledgements.model import Acknowledgement
from infra.constructs.alarms.rows import AlarmRow
from infra.constructs.alarms.wholes import Whole


def monitoring_acknowledgements(rows: Iterable[AlarmRow]) -> Iterator[Acknowledgement]:
    """The alarms that a whole speaks for."""
    for row in rows:
        if isinstance(row.heard_as, Whole):
            yield Acknowledgement(
                f"Alarms/{row.name}/Resource",
                "HIPAA.Security-CloudWatchAlarmAction",
                f"The composite alarm '{row.heard_as.value}' speaks for it and names it: one trouble wakes somebody"
                " once.",
            )
