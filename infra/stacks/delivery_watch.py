"""The two functions of the delivery stack that deliver nothing: they watch over what does."""

from collections.abc import Callable

from functions.canary.settings import CanarySettings
from functions.outstanding.settings import OutstandingSettings
from functions.router.settings import Producer
from infra.config.canary import Canary
from infra.config.capacity import TICKING
from infra.config.producers import CANARY as CANARY_PRODUCER
from infra.constructs.function import DeliveryFunction
from infra.constructs.ticking import let_tick
from infra.stacks.state import CANARY, OUTSTANDING, StateStack

Make = Callable[..., DeliveryFunction]
"""The stack's builder: name and description, then the properties of a `DeliveryFunction` that differ."""

_MEMORY_MB = 512


def add_outstanding(make: Make, *, state: StateStack) -> None:
    """The function that measures how old the oldest delivery is that still waits for us."""
    ticks = state.queues.ticks[OUTSTANDING]
    outstanding = make(
        OUTSTANDING,
        "Measures how old the oldest delivery is that still waits for us",
        settings=OutstandingSettings(
            state_table=state.state_table.table.table_name,
            ticks_queue=ticks.queue.queue_url,
            channels=tuple(state.queues.channels),
        ),
        reserve=TICKING,
        memory_mb=_MEMORY_MB,
    )
    state.state_table.grant_watch(outstanding.role)
    let_tick(outstanding, name=OUTSTANDING, purpose="look for what is outstanding", ticks=ticks)


def add_canary(make: Make, canary: Canary, *, state: StateStack) -> dict[str, Producer]:
    """The canary. Answers what the router must know of it: a producer like any other, by its role's unique id."""
    ticks = state.queues.ticks[CANARY]
    function = make(
        CANARY,
        "Sends test notifications through every lane and channel, and sees what becomes of them",
        settings=CanarySettings(
            state_table=state.state_table.table.table_name,
            ticks_queue=ticks.queue.queue_url,
            directory_changes_queue=state.queues.directory_changes.main.queue.queue_url,
            ingress_queues={lane: queue.main.queue.queue_url for lane, queue in state.queues.ingress.items()},
            addresses=canary.addresses,
            real_every_minutes=canary.real_every_minutes,
            dead_mans_switch=canary.dead_mans_switch or "",
        ),
        reserve=TICKING,
        memory_mb=_MEMORY_MB,
    )
    state.state_table.grant_see(function.role)
    state.queues.directory_changes.main.grant_send(function.role)
    for queue in state.queues.ingress.values():
        queue.main.grant_send(function.role)
    let_tick(function, name=CANARY, purpose="send canaries and see what became of those before", ticks=ticks)
    known = CANARY_PRODUCER
    return {function.role.role_id: Producer(name=known.name, tenants=known.tenants, lanes=known.lanes)}
