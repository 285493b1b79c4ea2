"""On-call's ear in a test: what comes to a region's topics, awaited with a deadline."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.cloud.model import ACCOUNT
from local.on_call import OnCall, Word, listening
from tests.e2e.region import Region


class Letters:
    """What came to the topics since somebody listens."""

    def __init__(self, ears: OnCall) -> None:
        self._ears = ears

    def wait(self, wanted: Callable[[Word], bool], seconds: float, what: str) -> Word:
        """The first letter that is wanted, which may have come already. AssertionError says what came instead."""
        found = self._ears.await_word(wanted, within=seconds)
        assert found, f"{what} did not come within {seconds:.0f} s; these came: {self._ears.heard}"
        return found


@contextmanager
def listening_to(region: Region, *topics: str) -> Iterator[Letters]:
    """Subscribe to topics of the region, by their names."""
    arns = [f"arn:aws:sns:{region.name}:{ACCOUNT}:{topic}" for topic in topics]
    with listening(region.client("sns"), region.client("sqs"), arns, f"on-call-{uuid.uuid4().hex[:8]}") as ears:
        yield Letters(ears)
