"""What requests to the sandbox's own interface have in common."""

from local.sandbox.http_server import Request

_MAX_WAIT_SECONDS = 60.0


class BadRequestError(Exception):
    """An admin request that makes no sense; the text says why."""


def number(request: Request, name: str, default: int) -> int:
    """A whole number of the query. Raises BadRequestError."""
    text = request.query.get(name, str(default))
    if not text.isdecimal():
        raise BadRequestError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def wait(request: Request) -> float:
    """How many seconds a follower wants to wait for news."""
    return min(float(number(request, "wait", 0)), _MAX_WAIT_SECONDS)
