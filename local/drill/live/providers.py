"""What providers do in a live drill: they fail, they do not answer, they throttle."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.drill.live.plan import Scene
from local.sandbox.modes import Mode

_TOO_LONG = 10.0
"""Seconds, longer than anything of Statline waits for a provider."""
OUTAGE = (
    Mode(provider="fcm", mode="slow", seconds=_TOO_LONG),
    Mode(provider="fcm", mode="error503"),
    Mode(provider="sms", mode="error500"),
)
"""FCM lets everybody wait and sends nothing; End User Messaging fails at once. Connect works."""
THROTTLED_SHARE = 0.4
QUOTA = (Mode(provider="fcm", mode="throttled", probability=THROTTLED_SHARE, retry_after=1),)


@contextmanager
def outage(scene: Scene) -> Iterator[None]:
    """Push and SMS are down."""
    with _failing(scene, *OUTAGE):
        yield
    scene.notes.append("FCM answered nobody, End User Messaging failed every call; Connect was well")


@contextmanager
def quota_reached(scene: Scene) -> Iterator[None]:
    """FCM refuses a share of the calls, as when the project is at its quota."""
    with _failing(scene, *QUOTA):
        yield
    scene.notes.append(f"FCM refused {THROTTLED_SHARE:.0%} of the calls with QUOTA_EXCEEDED")


@contextmanager
def _failing(scene: Scene, *modes: Mode) -> Iterator[None]:
    scene.sandbox.set_modes(*modes)
    try:
        yield
    finally:
        scene.sandbox.clear_modes()
