"""The demonstration's watch on real feeds of the sandbox: it hears what comes, and ends when its reader leaves."""

import queue
from urllib.parse import urlsplit

from local.cloud import Cloud
from local.demo.watching import watching
from local.sandbox.records import Received
from tests.integration.sandbox.conftest import RunningSandbox
from tests.integration.sandbox.test_sandbox_admin import send_text

_UNHEARD = 10.0


def test_what_reaches_a_phone_is_heard_while_somebody_watches(sandbox: RunningSandbox) -> None:
    port = urlsplit(sandbox.url).port
    assert port is not None
    with watching(Cloud("none", port=0, sandbox_port=port), regions=()) as heard:
        send_text(sandbox, delivery="d-watched")
        try:
            first = heard.get(timeout=_UNHEARD)
        except queue.Empty:
            raise AssertionError("nothing was heard of a text that came") from None
    assert isinstance(first, Received)
    assert first.message_id == "d-watched"
