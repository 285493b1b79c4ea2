"""What can be wrong with an alarm's definition. Each says where, and what to do."""


class AlarmError(Exception):
    """An alarm cannot be read or evaluated as it is written. Trying again changes nothing."""


class UnreadableAlarmError(AlarmError):
    """A template's resource, or an answer of DescribeAlarms, is no alarm that can be evaluated.

    where: the resource (its logical id and template) or the alarm's name.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class UnknownStatisticError(AlarmError):
    """A statistic that CloudWatch does not have, or that is not implemented here."""


class WrongTextError(AlarmError):
    """A text with a grammar of CloudWatch's is wrong, or uses what is not implemented. position: counted from 0."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        super().__init__(f"{problem} at character {position + 1} of {text!r}")
        self.text = text
        self.position = position
        self.problem = problem


class WrongExpressionError(WrongTextError):
    """A metric math expression."""


class WrongRuleError(WrongTextError):
    """The rule of a composite alarm."""
