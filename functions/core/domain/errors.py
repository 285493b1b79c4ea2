"""What can go wrong, as types. Temporary: the same call may work later. Permanent: it never will."""


class StatlineError(Exception):
    """The root of everything that Statline raises itself."""


class TemporaryError(StatlineError):
    """Trying again later is right: the message goes back to its queue."""


class PermanentError(StatlineError):
    """Trying again cannot help."""


class ForbiddenTransitionError(PermanentError):
    """A state was to be followed by one that the table of transitions does not have: an error in the code."""

    def __init__(self, before: object, after: object) -> None:
        super().__init__(f"a delivery may not go from {before or '(none)'} to {after}")


class StoreUnavailableError(TemporaryError):
    """A table did not answer, or throttled us."""


class QueueUnavailableError(TemporaryError):
    """A queue did not take a message."""


class MisconfiguredError(PermanentError):
    """An environment, a secret or a policy cannot work. Says what is wrong and where."""


class ChangeDoesNotFitError(PermanentError):
    """A change to the directory cannot be stored beside what is there: its entry would outgrow an item (400 KB)."""


class MalformedDeliveryError(PermanentError):
    """A message on a channel's queue is not a delivery of any contract version that this code reads."""
