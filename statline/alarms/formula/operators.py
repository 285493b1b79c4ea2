"""What operators do between numbers, series and arrays.

Source: "Using math expressions with CloudWatch metrics" (using-metric-math): of two time series, where only one has a
datapoint, the missing value of the other is treated as 0; what would divide by zero is dropped. Where neither has one,
there is none. Comparisons and logic give 1 or 0.
"""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from statline.alarms.formula.values import Many, Scalar, Series, Value, WrongKindError

Operate = Callable[[float, float], float | None]


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(base: float, exponent: float) -> float | None:
    try:
        raised = base**exponent
    except (OverflowError, ZeroDivisionError):
        return None
    return None if isinstance(raised, complex) else raised


def _truth(compare: Callable[[float, float], bool]) -> Operate:
    return lambda left, right: 1.0 if compare(left, right) else 0.0


OPERATORS: Mapping[str, Operate] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": _divide,
        "^": _power,
        "==": _truth(operator.eq),
        "!=": _truth(operator.ne),
        "<": _truth(operator.lt),
        "<=": _truth(operator.le),
        ">": _truth(operator.gt),
        ">=": _truth(operator.ge),
        "AND": _truth(lambda left, right: bool(left) and bool(right)),
        "OR": _truth(lambda left, right: bool(left) or bool(right)),
    }
)


def operate(sign: str, left: Value, right: Value) -> Value:
    """The operator's result. Raises WrongKindError."""
    operation = OPERATORS[sign]
    if isinstance(left, str) or isinstance(right, str):
        raise WrongKindError("numbers, time series or arrays", left if isinstance(left, str) else right)
    if isinstance(left, tuple) or isinstance(right, tuple):
        return _arrays(operation, left, right)
    return _plain(operation, left, right)


def _arrays(operation: Operate, left: Scalar | Series | Many, right: Scalar | Series | Many) -> Many:
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            raise WrongKindError("two arrays of the same length", right)
        return tuple(_pairs(operation, one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, tuple):
        return tuple(_series(operation, one, right) for one in left) if not isinstance(right, tuple) else ()
    return tuple(_series(operation, left, other) for other in right) if isinstance(right, tuple) else ()


def _series(operation: Operate, left: Scalar | Series, right: Scalar | Series) -> Series:
    found = _plain(operation, left, right)
    return found if isinstance(found, list) else [found]


def _plain(operation: Operate, left: Scalar | Series, right: Scalar | Series) -> Scalar | Series:
    if isinstance(left, list):
        return _pairs(operation, left, right) if isinstance(right, list) else _with_right(operation, left, right)
    if isinstance(right, list):
        return _with_left(operation, left, right)
    return None if left is None or right is None else operation(left, right)


def _pairs(operation: Operate, left: Series, right: Series) -> Series:
    return [
        None if one is None and other is None else operation(one or 0.0, other or 0.0)
        for one, other in zip(left, right, strict=True)
    ]


def _with_right(operation: Operate, left: Series, right: Scalar) -> Series:
    if right is None:
        return [None] * len(left)
    return [None if one is None else operation(one, right) for one in left]


def _with_left(operation: Operate, left: Scalar, right: Series) -> Series:
    if left is None:
        return [None] * len(right)
    return [None if other is None else operation(left, other) for other in right]
