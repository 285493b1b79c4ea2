"""The tools of the laptop cloud are made once, also when two clouds come up at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from local.cloud import tools


def test_two_clouds_that_come_up_at_once_make_a_tool_once(tmp_path: Path) -> None:
    target = tmp_path / "tool"
    both = Barrier(2)
    made: list[str] = []

    def make() -> None:
        made.append("made")
        target.mkdir()  # fails where somebody else is at it too

    def come_up(_: int) -> None:
        both.wait(timeout=10)
        tools._once(target, "the lock's digest", "Make a tool", make)

    with ThreadPoolExecutor(2) as clouds:
        list(clouds.map(come_up, range(2)))

    assert made == ["made"]
