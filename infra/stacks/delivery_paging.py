"""The functions that page by themselves: for who calls a virtual pager's line, and to see who would answer."""

from functions.roll_call.settings import RollCallSettings
from functions.virtual_pager.settings import VirtualPagerSettings
from infra.config.capacity import ROLL_CALLS
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.roll_calls import schedule_roll_calls
from infra.constructs.telephony import Telephone
from infra.stacks.delivery_parts import PROMPT_MEMORY_MB, SIDE_MEMORY_MB, DeliveryParts


def add_virtual_pager(parts: DeliveryParts, telephone: Telephone) -> DeliveryFunction:
    """What talks to who calls a virtual pager's line, and the flow of these calls.

    Which numbers have the flow is set at the instance, by people: it is they who claim numbers there.
    """
    virtual_pager = parts.make(
        "virtual_pager",
        "Asks who calls a line for a pager and a call-back number, pages, and says what became of it",
        settings=VirtualPagerSettings(
            directory_table=parts.directory_table, ingress_queues=parts.ingress_queues, channels=parts.channels
        ),
        reserve=parts.config.capacity.virtual_pager.reserve,
        memory_mb=PROMPT_MEMORY_MB,
    )
    parts.state.directory_table.grant_look_up(virtual_pager.role)
    parts.let_send_notifications(virtual_pager)
    telephone.add_flow(
        "PagerLine",
        file="pager_line.json",
        name="statline-pager-line",
        description="Asks who calls for a pager and a call-back number, and says who was paged",
        asks={"VirtualPagerFunction": virtual_pager.alias},
    )
    return virtual_pager


def add_roll_call(parts: DeliveryParts) -> DeliveryFunction:
    """What calls the rolls of the config's schedule, and reports who answered.

    Lambda's protection against loops needs no allowance: from the schedule to the report is one message.
    """
    state = parts.state
    queue = state.queues.roll_calls
    roll_call = parts.make(
        "roll_call",
        "Pages a team to see who answers, and reports who did not and who cannot be reached",
        settings=RollCallSettings(
            state_table=parts.state_table,
            ingress_queues=parts.ingress_queues,
            roll_calls_queue=queue.main.queue.queue_url,
            event_bus=state.events.bus.event_bus_name,
        ),
        reserve=ROLL_CALLS,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.state_table.grant_show(roll_call.role)
    state.events.grant_tell(roll_call.role)
    parts.let_send_notifications(roll_call)
    queue.main.grant_send(roll_call.role)
    roll_call.work_off("Reports", queue=queue.main, concurrency=ROLL_CALLS - 1, batch=1)
    schedule_roll_calls(parts.stack, roll_calls=parts.config.roll_calls, function=roll_call.alias)
    return roll_call
