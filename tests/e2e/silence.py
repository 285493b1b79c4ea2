"""A code that nobody answers, until its producer and on-call have heard so."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.on_call import Word
from statline.contract.directory import DirectoryChange
from statline.contract.words import LadderState, Priority
from tests.e2e.cast import SILENT
from tests.e2e.codes import Activation, code, policy, team
from tests.e2e.on_call import listening_to
from tests.e2e.region import Region

_TEAM, _WAIT = "silent", 15
_PATIENCE = 400.0
"""Seconds for the ladder's end, and then for the alarm: a minute for both, on an idle machine."""


@dataclass(frozen=True)
class Unanswered:
    """How the ladder ended, and what came to whoever is paged for Statline itself."""

    state: LadderState
    letter: Word


def changes_of_silence(region: Region) -> Iterator[DirectoryChange]:
    """A team of one, who picks up no call."""
    yield policy(region, _TEAM, wait=_WAIT)
    yield from team(region, _TEAM, ((SILENT, "leader", "primary"),), policy=_TEAM)


def call_nobody(region: Region) -> Unanswered:
    """Call that team."""
    with listening_to(region, "statline-page") as letters:
        message = code(region, _TEAM)
        region.send(message, Priority.STAT)
        state = Activation(region, message["id"]).await_end("leader", seconds=_PATIENCE)
        letter = letters.wait(lambda word: "not answered" in word.title, _PATIENCE, "the page that nobody answered")
    return Unanswered(state, letter)
