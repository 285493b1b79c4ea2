"""An activation: a notification that somebody must answer. What the router decides of it is stored with the plan.

Every role has a ladder. What a ladder climbs by was fixed when the plan was kept: a policy that changes meanwhile
changes nothing. Who is on shift is asked anew at every step.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from functions.core.domain.delivering.delivery import PushStyle, Screen
from functions.core.domain.escalation.step_name import StepName
from statline.contract.directory import Target
from statline.contract.model import ContractModel
from statline.contract.words import Channel

MOST_RUNGS = 100
"""How many rungs a ladder has at most, whatever its policies add up to: every ladder ends."""
_ALPHABET = "23456789BCDFGHJKMNPQRTVWXYZ"
"""Nothing that is taken for another, read or heard, and no vowel: a phone that texts END hears of nothing any more."""
CODE_LENGTH = 3


class Rung(ContractModel):
    """One step of a ladder, as it is climbed. ``wait`` is in seconds."""

    round: int
    step: int
    who: tuple[Target, ...]
    channels: tuple[Channel, ...]
    wait: int


class LadderPlan(ContractModel):
    """One role of an activation: who was paged for it at first, and what is climbed while nobody acknowledges.

    team: whose shift and backup the rungs mean; empty where the recipients named no team.
    teams: all whose backups they mean, where one acknowledgement is enough for several teams.
    first_wait: seconds that those who were paged first have.
    rungs: empty where an acknowledgement is wanted and nobody else is to be paged (a page without policy, a roll call).
    """

    role: str
    team: str = ""
    policy: str = ""
    people: tuple[str, ...] = ()
    first_wait: int = 60
    rungs: Annotated[tuple[Rung, ...], Field(max_length=MOST_RUNGS)] = ()
    teams: tuple[str, ...] = ()

    def name(self, at: int) -> StepName:
        """The name of the rung at a position; 1 is the first rung, 0 would be the first page, which has none."""
        rung = self.rungs[at - 1]
        return StepName(self.role, rung.round, rung.step)


class Activation(ContractModel):
    """What a plan stores so that its notification can be answered and climbed.

    code: what people may answer with where several activations are open on one phone.
    screens: what each channel shows or says; an SMS still lacks its reference.
    """

    code: str
    ladders: tuple[LadderPlan, ...]
    screens: Mapping[Channel, Screen] = {}
    push: PushStyle | None = None


def code_of(tenant: str, notification: str) -> str:
    """The short code of an activation, and the reference that a caller is told. The same for the same names."""
    number = int.from_bytes(hashlib.sha256(f"code\x1f{tenant}\x1f{notification}".encode()).digest()[:8])
    letters = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)
