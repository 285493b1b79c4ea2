"""The two functions of the delivery stack that deliver nothing: they watch over what does."""

from functions.canary.settings import CanarySettings
from functions.outstanding.settings import OutstandingSettings
from infra.config.canary import Canary
from infra.config.capacity import TICKING
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.functions.ticking import let_tick
from infra.stacks.delivery_parts import SIDE_MEMORY_MB, DeliveryParts
from infra.stacks.state import CANARY, OUTSTANDING


def add_outstanding(parts: DeliveryParts) -> None:
    """The function that measures how old the oldest delivery is that still waits for us."""
    state = parts.state
    ticks = state.queues.ticks[OUTSTANDING]
    outstanding = parts.make(
        OUTSTANDING,
        "Measures how old the oldest delivery is that still waits for us",
        settings=OutstandingSettings(
            state_table=parts.state_table,
            ticks_queue=ticks.queue.queue_url,
            channels=parts.channels,
            providers=parts.config.providers.in_turn,
        ),
        reserve=TICKING,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.state_table.grant_watch(outstanding.role)
    let_tick(outstanding, name=OUTSTANDING, purpose="look for what is outstanding", ticks=ticks)


def add_canary(parts: DeliveryParts, canary: Canary) -> DeliveryFunction:
    """The canary, which sends as producers do: the router must know it."""
    state = parts.state
    ticks = state.queues.ticks[CANARY]
    function = parts.make(
        CANARY,
        "Sends test notifications through every lane and channel, and sees what becomes of them",
        settings=CanarySettings(
            state_table=parts.state_table,
            ticks_queue=ticks.queue.queue_url,
            directory_changes_queue=state.queues.directory_changes.main.queue.queue_url,
            ingress_queues=parts.ingress_queues,
            addresses=canary.addresses,
            real_every_minutes=canary.real_every_minutes,
            dead_mans_switch=canary.dead_mans_switch or "",
        ),
        reserve=TICKING,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.state_table.grant_see(function.role)
    state.queues.directory_changes.main.grant_send(function.role)
    parts.let_send_notifications(function)
    let_tick(function, name=CANARY, purpose="send canaries and see what became of those before", ticks=ticks)
    return function
