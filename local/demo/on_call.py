"""On-call's ears while the demonstration runs: what the alarms of its regions say to people. On a good run: nothing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from local.cloud import Cloud
from local.cloud.clients import client_of
from local.cloud.model import ACCOUNT
from local.on_call import OnCall, Word, listening, worth_telling

_NAME = "statline-demo-on-call"
_TOPICS = ("statline-page", "statline-ticket")

Tell = Callable[[str, Word], None]
"""Takes the region and what was said there."""


@contextmanager
def on_call_listens(cloud: Cloud, regions: Sequence[str], tell: Tell) -> Iterator[None]:
    """Tell what on-call hears for as long as the block runs."""
    ended = threading.Event()
    with ExitStack() as stack:
        followers = []
        for region in regions:
            sns, sqs = client_of(cloud, "sns", region=region), client_of(cloud, "sqs", region=region)
            topics = [f"arn:aws:sns:{region}:{ACCOUNT}:{topic}" for topic in _TOPICS]
            ears = stack.enter_context(listening(sns, sqs, topics, name=_NAME))
            followers.append(threading.Thread(target=_follow, args=(ears, region, tell, ended), daemon=True))
        for follower in followers:
            follower.start()
        try:
            yield
        finally:
            ended.set()
            for follower in followers:
                follower.join()


def _follow(ears: OnCall, region: str, tell: Tell, ended: threading.Event) -> None:
    said = 0
    while not ended.is_set():
        ears.listen()
        for word in worth_telling(ears.heard, said):
            tell(region, word)
        said = len(ears.heard)
