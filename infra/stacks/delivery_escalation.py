"""The functions that see to it that somebody answers: the one that climbs, and the one that misses receipts."""

from functions.escalation.settings import EscalationSettings
from functions.late_receipts.settings import LateReceiptsSettings
from infra.constructs.functions.ticking import wake_each_minute
from infra.stacks.delivery_parts import PROMPT_MEMORY_MB, SIDE_MEMORY_MB, DeliveryParts


def add_escalation(parts: DeliveryParts) -> None:
    """What looks at activations: called by its queue, and once a minute by the clock, to find looks that were lost.

    It may loop: a ladder's timer is a message that it sends to itself, and its steps come back as the channels'
    looks. The ladder's own end is in the state table; how long a chain may get is counted in each look.
    """
    state, capacity = parts.state, parts.config.capacity.escalation
    queue = state.queues.escalation
    escalation = parts.make(
        "escalation",
        "Looks at activations that nobody has answered yet, and pages the next people",
        settings=EscalationSettings(
            state_table=parts.state_table,
            directory_table=parts.directory_table,
            escalation_queue=queue.main.queue.queue_url,
            channel_queues=parts.channel_queues,
            connect_instance=parts.connect_instance,
            second_providers=parts.second_providers,
        ),
        reserve=capacity.reserve,
        memory_mb=PROMPT_MEMORY_MB,
        may_loop=True,
    )
    state.state_table.grant_record(escalation.role)
    state.state_table.grant_find_due(escalation.role)
    state.directory_table.grant_look_up(escalation.role)
    queue.main.grant_send(escalation.role)
    parts.let_send_to_channels(escalation)
    if parts.telephone is not None:
        parts.telephone.grant_end_calls(escalation.role)
    escalation.work_off("Looks", queue=queue.main, concurrency=capacity.concurrency, batch=capacity.batch)
    wake_each_minute(escalation, name="sweep", purpose="look at activations whose own look is overdue")


def add_late_receipts(parts: DeliveryParts) -> None:
    """What looks up an accepted stat when its receipt must be there, and opens its next way where it is not.

    It may loop: the next way is accepted, too, and waits for its receipt in the same queue.
    """
    state, capacity = parts.state, parts.config.capacity.late_receipts
    late_receipts = parts.make(
        "late_receipts",
        "Sends a stat another way whose receipt has not come in time",
        settings=LateReceiptsSettings(state_table=parts.state_table, channel_queues=parts.channel_queues),
        reserve=capacity.reserve,
        memory_mb=SIDE_MEMORY_MB,
        may_loop=True,
    )
    state.state_table.grant_record(late_receipts.role)
    parts.let_send_to_channels(late_receipts)
    late_receipts.work_off(
        "Deadlines",
        queue=state.queues.receipt_deadlines.main,
        concurrency=capacity.concurrency,
        batch=capacity.batch,
    )
