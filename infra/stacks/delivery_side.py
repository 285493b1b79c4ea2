"""The functions beside the channels: the one before them, and those that tell, look after the directory, and rescue."""

from functions.dead_letters.settings import DeadLettersSettings
from functions.directory.settings import DirectorySettings
from functions.events.settings import EventsSettings
from functions.router.settings import Producer, RouterSettings
from infra.config.producers import known_to_router
from infra.stacks.delivery_parts import PROMPT_MEMORY_MB, SIDE_MEMORY_MB, DeliveryParts, work_off_lanes

_EVENTFUL_ROWS = ("META", "D#", "REFUSAL", "LADDER#", "ACK#", "WORD#", "STANDDOWN")
"""The state table's rows that events tell of, by the beginnings of their sort keys."""


def add_router(parts: DeliveryParts, *, own: dict[str, Producer]) -> None:
    """What decides whom a notification reaches. own: our own functions that send, by their roles' unique ids."""
    state, capacity = parts.state, parts.config.capacity.router
    router = parts.make(
        "router",
        "Resolves a notification's recipients and sends one delivery for each of their endpoints",
        settings=RouterSettings(
            directory_table=parts.directory_table,
            state_table=parts.state_table,
            quarantine_queue=state.queues.quarantine.queue.queue_url,
            ingress_queues={queue.main.queue.queue_arn: priority for priority, queue in state.queues.ingress.items()},
            channel_queues=parts.channel_queues,
            escalation_queue=parts.escalation_queue,
            second_providers=parts.second_providers,
            producers=known_to_router(parts.config.producers) | own,
        ),
        reserve=capacity.reserve,
        memory_mb=PROMPT_MEMORY_MB,
    )
    state.directory_table.grant_look_up(router.role)
    state.state_table.grant_record(router.role)
    state.queues.quarantine.grant_send(router.role)
    state.queues.escalation.main.grant_send(router.role)
    parts.let_send_to_channels(router)
    work_off_lanes(router, state.queues.ingress, capacity)


def add_events(parts: DeliveryParts) -> None:
    """What tells producers, from the state table's stream."""
    state = parts.state
    events = parts.make(
        "events",
        "Puts every change of a delivery's state, and every refusal, on the event bus",
        settings=EventsSettings(
            event_bus=state.events.bus.event_bus_name, lost_events_queue=state.queues.lost_events.queue.queue_url
        ),
        reserve=parts.config.capacity.events.reserve,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.events.grant_tell(events.role)
    events.follow("Changes", table=state.state_table, sort_keys=_EVENTFUL_ROWS, lost=state.queues.lost_events)


def add_directory(parts: DeliveryParts) -> None:
    """What keeps the directory."""
    state, capacity = parts.state, parts.config.capacity.directory
    directory = parts.make(
        "directory",
        "Applies changes to the directory; an older one never wins",
        settings=DirectorySettings(
            directory_table=parts.directory_table,
            quarantine_queue=state.queues.quarantine.queue.queue_url,
        ),
        reserve=capacity.reserve,
        memory_mb=SIDE_MEMORY_MB,
    )
    state.directory_table.grant_maintain(directory.role)
    state.queues.quarantine.grant_send(directory.role)
    directory.work_off(
        "Changes",
        queue=state.queues.directory_changes.main,
        concurrency=capacity.concurrency,
        batch=capacity.batch,
    )


def add_dead_letters(parts: DeliveryParts) -> None:
    """What takes up the stats that died on a queue."""
    state, capacity = parts.state, parts.config.capacity.dead_letters
    dead_letters = parts.make(
        "dead_letters",
        "Sends a stat that died on a queue another way at once, and tells its producer",
        settings=DeadLettersSettings(
            state_table=parts.state_table,
            channel_queues=parts.channel_queues,
            quarantine_queue=state.queues.quarantine.queue.queue_url,
            escalation_queue=parts.escalation_queue,
        ),
        reserve=capacity.reserve,
        memory_mb=SIDE_MEMORY_MB,
        may_loop=True,
    )
    state.state_table.grant_record(dead_letters.role)
    state.queues.quarantine.grant_send(dead_letters.role)
    state.queues.escalation.main.grant_send(dead_letters.role)
    parts.let_send_to_channels(dead_letters)
    for queue in state.queues.stat:
        dead_letters.work_off(queue.node.id, queue=queue.dead, concurrency=capacity.concurrency, batch=capacity.batch)
