"""How RDS refuses a call: with the code of one of its modelled errors, or a plain one."""


class RefusedError(Exception):
    """A call is refused. `shape` names the error in RDS's model where it has one there; its wire code comes from it."""

    def __init__(self, shape: str, message: str) -> None:
        super().__init__(message)
        self.shape = shape


def not_found(what: str, identifier: str) -> RefusedError:
    """`what` is `DBInstance`, `DBSnapshot` or `ExportTask`."""
    return RefusedError(f"{what}NotFoundFault", f"{what} {identifier} not found.")


def exists(what: str, identifier: str) -> RefusedError:
    """An identifier is taken."""
    return RefusedError(f"{what}AlreadyExistsFault", f"{what} {identifier} already exists.")


def wrong_state(identifier: str, state: str, wanted: str) -> RefusedError:
    """An instance is not in the state that an action needs."""
    return RefusedError(
        "InvalidDBInstanceStateFault", f"Instance {identifier} is in state {state}, expected: {wanted}."
    )


def wrong_combination(message: str) -> RefusedError:
    """Parameters that do not go together."""
    return RefusedError("InvalidParameterCombination", message)


def wrong_value(message: str) -> RefusedError:
    """A parameter's value that RDS does not take."""
    return RefusedError("InvalidParameterValue", message)
