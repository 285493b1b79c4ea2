"""The exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What a script may rely on."""

    DONE = 0
    NO = 1
    """The question was asked and the answer is no: not found, not verified, refused, too little."""
    INPUT = 2
    """The input or an option is wrong. Nothing was sent."""
    AWS = 3
    """AWS did not answer, or refused."""
    PARTLY = 4
    """Some messages were not taken; the output names them."""


EXPLAINED = (
    "Exit codes: 0 done. 1 the answer is no (not found, not verified, refused, too little). 2 the input is wrong, "
    "nothing was sent. 3 AWS did not answer or refused. 4 some messages were not taken."
)
