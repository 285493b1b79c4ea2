"""What Twilio is told to do with a call: TwiML."""

from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""For a text: our answer is a delivery of its own."""


def say(words: str) -> str:
    """Say this, and hang up."""
    return _response(f"{_say(words)}<Hangup/>")


def ask(words: str, path: str, asked: dict[str, str]) -> str:
    """Say this, and wait for digits and the hash key; they come to ``path``, with what was ``asked``.

    Where nothing is keyed in, they come empty.
    """
    action = quoteattr(f"{path}?{urlencode(asked)}")
    return _response(
        f'<Gather input="dtmf" finishOnKey="#" timeout="8" actionOnEmptyResult="true" action={action} method="POST">'
        f"{_say(words)}</Gather>"
    )


def _say(words: str) -> str:
    return f"<Say>{escape(words)}</Say>"


def _response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'
