"""What happens in the drill, and what must come of it: one row an act."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens to the database.

    name: what it is called on the command line. expects: what should be seen, for the reader.
    primary: what the applications at the primary may feel meanwhile: nothing, that they wait, or that nobody answers.
    """

    name: str
    title: str
    expects: str
    primary: str


STEADY, SUFFERS, GONE = "steady", "suffers", "gone"
ACTS = (
    Act(
        "dump",
        "(a) somebody dumps the primary by hand",
        "the primary suffers, delivery does not, and the detector speaks",
        SUFFERS,
    ),
    Act("workflow", "(b) Statline's backup workflow", "both stay what they were", STEADY),
    Act("stopped", "(c) the database is stopped altogether", "delivery goes on", GONE),
)

MOST_STEADY_FACTOR, LEAST_SUFFERING_FACTOR = 2.0, 2.0
"""The primary's 95th percentile: at most this factor of before where it must be steady, at least where it suffers."""
EXPECTED_WITHIN = 150.0
"""Seconds after the first dump within which on-call must have been told: two looks of the detector, and some."""
