"""The metrics that the simulated region publishes, by the names that alarms read them by."""

from statline.alarms.model import MetricKey, key_of
from statline.contract.words import Channel, Priority

NAMESPACE = "Statline"


def ours(name: str, region: str, **about: str) -> MetricKey:
    """A metric of Statline's own. about: its dimensions besides the region, in lower case."""
    return key_of(NAMESPACE, name, {"Region": region} | {key.capitalize(): value for key, value in about.items()})


def by_lane(name: str, region: str, lane: Priority) -> MetricKey:
    """A metric of a lane."""
    return ours(name, region, lane=lane.value)


def by_way(name: str, region: str, lane: Priority, channel: Channel) -> MetricKey:
    """A metric of a lane and a channel."""
    return ours(name, region, lane=lane.value, channel=channel.value)


def of_queue(name: str, queue: str) -> MetricKey:
    """A metric of SQS."""
    return key_of("AWS/SQS", name, {"QueueName": queue})


def of_function(name: str, function: str) -> MetricKey:
    """A metric of Lambda."""
    return key_of("AWS/Lambda", name, {"FunctionName": function})


def of_instance(name: str, instance: str) -> MetricKey:
    """A metric of RDS."""
    return key_of("AWS/RDS", name, {"DBInstanceIdentifier": instance})
