"""The lines of the roll call's log: how many, never who."""

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.delivering.delivery import trace_of
from functions.roll_call.rolls import Report
from statline.contract.events import RollCallEnded
from statline.contract.words import RollCallStanding


class RollLog:
    """Writes a line when a roll is called, and one when it has ended."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def called(self, report: Report) -> None:
        """The message is on its queue."""
        self._log.write("roll called", trace=trace_of(report.tenant, report.notification), tenant=report.tenant)

    def ended(self, event: RollCallEnded) -> None:
        """``count``: who was called. ``failed``: who did not acknowledge."""
        people = sum(event.counts.values())
        missing = people - event.counts[RollCallStanding.ACKNOWLEDGED]
        trace = trace_of(event.tenant, event.notification)
        if event.called:
            self._log.write("roll call ended", trace=trace, tenant=event.tenant, count=people, failed=missing)
        else:
            self._log.warn("nobody was called", trace=trace, tenant=event.tenant)
