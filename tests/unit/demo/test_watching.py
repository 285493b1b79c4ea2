"""The demonstration's watch on the phones: it begins where the feed stands, and misses nothing after that."""

import queue
import threading
from collections.abc import Sequence

from local.demo.watching import Happenings, follower
from local.sandbox.people.calls import Happening


def _lived(seq: int) -> Happening:
    return Happening(seq=seq, at=0.0, phone="+16475550101", what="rings")


def test_what_comes_before_the_thread_runs_is_heard_and_what_was_there_before_is_not() -> None:
    feed = [_lived(1)]
    heard: Happenings = queue.Queue()
    ended = threading.Event()

    def read(after: int, wait_seconds: int) -> Sequence[Happening]:
        found = [item for item in feed if item.seq > after]
        if wait_seconds and not found:
            ended.wait(0.01)
        return found

    watch = follower(read, heard, ended)
    feed.append(_lived(2))
    watch.start()
    first = heard.get(timeout=5)
    ended.set()
    watch.join()
    assert first == _lived(2)
    assert heard.empty()
