"""What clinicians feel of a drill: minute by minute, how long the notifications of each lane took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from statline.alarms.model import Sample
from statline.contract.words import Priority
from statline.drills.delivery import LANES
from statline.drills.deployment import Deployment
from statline.drills.names import by_way
from statline.drills.series import History

ACCEPTED, OUTSTANDING = "AcceptedSeconds", "OldestOutstandingSeconds"
_MINUTE = 60.0
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Minute:
    """A figure of a lane in a minute. at: its beginning."""

    at: float
    seconds: float


ByLane = Mapping[Priority, Sequence[Minute]]


def accepted_within(history: History, deployment: Deployment, start: float, end: float) -> ByLane:
    """Within how many seconds 90 % of each minute's deliveries were accepted, on all channels together."""
    return {lane: _minutes(history, deployment, (ACCEPTED, lane), (start, end), _most) for lane in LANES}


def oldest_waiting(history: History, deployment: Deployment, start: float, end: float) -> ByLane:
    """How long the oldest delivery had waited that was not accepted, on any channel."""
    return {lane: _minutes(history, deployment, (OUTSTANDING, lane), (start, end), _oldest) for lane in LANES}


def _minutes(
    history: History,
    deployment: Deployment,
    what: tuple[str, Priority],
    span: tuple[float, float],
    figure: Callable[[list[Sample]], float],
) -> list[Minute]:
    name, lane = what
    keys = [by_way(name, deployment.region, lane, channel) for channel in deployment.channels]
    found = []
    for at in range(int(span[0]), int(span[1]), int(_MINUTE)):
        samples = [one for key in keys for one in history.samples(key, at, at + _MINUTE, float("inf"))]
        if samples:
            found.append(Minute(at, figure(samples)))
    return found


def _most(samples: list[Sample]) -> float:
    left = _SHARE * sum(sample.weight for sample in samples)
    ordered = sorted(samples, key=lambda one: one.value)
    for sample in ordered:
        left -= sample.weight
        if left <= 0:
            return sample.value
    return ordered[-1].value


def _oldest(samples: list[Sample]) -> float:
    return max(sample.value for sample in samples)
