"""The environment of the roll call."""

from functions.core.adapters.environment import Settings
from statline.contract.words import Priority


class RollCallSettings(Settings):
    """Where a roll call is sent, and where its answers are read.

    roll_calls_queue: the URL of the function's own queue: a report is a delayed message there.
    report_after_seconds: how long people have to answer before the report; at most 900.
    """

    state_table: str
    ingress_queues: dict[Priority, str]
    roll_calls_queue: str
    event_bus: str
    report_after_seconds: int = 600
