"""Waiting for what RDS does, and watching meanwhile: the watch over a running backup is made here and nowhere else.

One round is: wait, look at what RDS does, look at the alarms, write down that it was looked at (the answer says whether
somebody has asked to cancel), judge. Trouble is judged before success: with an alarm that speaks, nothing further is
begun.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.core.domain.backup.record import BackupOutcome
from infra.constructs.backup.machine.record import CANCELLED_BY, number, text, written
from infra.constructs.backup.machine.states import (
    BackupNames,
    State,
    branch,
    call,
    caught,
    jsonata,
    passed_over,
    verdict,
)

# Step Functions ends an execution after 25,000 events, and a round costs 19 of them. So a step is looked at every
# `poll_seconds` at first, then every twentieth of the time that it has taken, and at the longest every eightieth of the
# time that it may take.
_SHARE_OF_TAKEN = 20
_SHARE_OF_LONGEST = 80

SPEAKING = jsonata("$join($append([], $states.result.CompositeAlarms[StateValue = 'ALARM'].AlarmName), ', ')")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One thing that is waited for. What is marked (J) is a JSONata expression.

    of: in the states' names. look: the call that asks for it.
    learn: variables from the answer (J); among them ``status``, and ``progress`` where RDS tells per cent.
    what: what it is, in words (J).
    done, broken: conditions on what was learnt (J), after which the workflow goes on to ``then`` or ends as ``failed``.
    why: what is wrong with it, in words (J).
    late: how it ends when it takes too long. fails_to, stops_to: where failing and stopping lead.
    left: what stays behind when it is stopped, in words (J); empty: nothing.
    """

    of: str
    look: State
    learn: Mapping[str, str]
    what: str
    done: str
    broken: str
    failed: BackupOutcome
    late: BackupOutcome
    fails_to: str
    stops_to: str
    then: str
    why: str = "'it is ' & $status"
    left: str = "''"


def polled(names: BackupNames, poll: Poll) -> dict[str, State]:
    """The states of a loop; it is entered at ``WaitFor<of>``, after the state that has noted the step's beginning."""
    wait = f"WaitFor{poll.of}"
    return {
        wait: waiting(names, then=f"LookAt{poll.of}"),
        f"LookAt{poll.of}": {
            **poll.look,
            "Assign": {name: jsonata(learnt) for name, learnt in poll.learn.items()},
            "Catch": [caught(poll.failed, f"{poll.what} & ' cannot be looked at'", to=poll.fails_to)],
            "Next": f"WatchOver{poll.of}",
        },
        **watched(
            names,
            poll.of,
            tells_progress="progress" in poll.learn,
            left=poll.left,
            stops_to=poll.stops_to,
            choices=[
                verdict(poll.broken, poll.failed, f"{poll.what} & ': ' & {poll.why}", to=poll.fails_to),
                branch(poll.done, to=poll.then),
                verdict(
                    too_late(names),
                    poll.late,
                    f"{poll.what} & ' is not ready after {names.longest_minutes} minutes'",
                    to=poll.fails_to,
                ),
            ],
            default=wait,
        ),
    }


def watched(
    names: BackupNames,
    of: str,
    *,
    stops_to: str,
    default: str,
    choices: Sequence[State] = (),
    left: str = "''",
    tells_progress: bool = False,
) -> dict[str, State]:
    """Look at the alarms and for a cancellation; go on only where there is neither. Entered at ``WatchOver<of>``."""
    judge = f"Judge{of}"
    progress = {"progress": number("$progress")} if tells_progress else {}
    return {
        f"WatchOver{of}": {
            **read_alarms(names),
            "Assign": {"speaking": SPEAKING},
            "Catch": [caught(BackupOutcome.HALTED, f"'the alarms cannot be read' & {left}", to=stops_to)],
            "Next": f"NoteLookAt{of}",
        },
        f"NoteLookAt{of}": {
            **written(names, {"looked_at": text("$now()"), **progress}),
            "Assign": {"cancelled_by": CANCELLED_BY},
            "Catch": [passed_over(to=judge)],
            "Next": judge,
        },
        judge: {
            "Type": "Choice",
            "Choices": [
                verdict(
                    "$cancelled_by != ''",
                    BackupOutcome.CANCELLED,
                    f"'cancelled by ' & $cancelled_by & {left}",
                    to=stops_to,
                ),
                verdict(
                    "$speaking != ''", BackupOutcome.HALTED, f"'these alarms speak: ' & $speaking & {left}", to=stops_to
                ),
                *choices,
            ],
            "Default": default,
        },
    }


def read_alarms(names: BackupNames) -> State:
    """Ask for the states of the alarms that a backup must not add to."""
    return call("cloudwatch:describeAlarms", {"AlarmNames": list(names.alarms), "AlarmTypes": ["CompositeAlarm"]})


def waiting(names: BackupNames, *, then: str) -> State:
    """Wait until the next look. ``$begun`` is when the step began."""
    longest = max(names.poll_seconds, math.ceil(names.longest_minutes * 60 / _SHARE_OF_LONGEST))
    taken = f"$ceil(($millis() - $begun) / {1000 * _SHARE_OF_TAKEN})"
    return {
        "Type": "Wait",
        "Seconds": jsonata(f"$max([{names.poll_seconds}, $min([{taken}, {longest}])])"),
        "Next": then,
    }


def most_rounds(names: BackupNames) -> int:
    """How often one step is looked at before its time is over, at the most."""
    longest, second, rounds = names.longest_minutes * 60, 0.0, 0
    limit = max(names.poll_seconds, math.ceil(longest / _SHARE_OF_LONGEST))
    while second <= longest:
        second += max(names.poll_seconds, min(math.ceil(second / _SHARE_OF_TAKEN), limit))
        rounds += 1
    return rounds


def too_late(names: BackupNames) -> str:
    """Whether the step has taken longer than any may."""
    return f"$millis() > $begun + {names.longest_minutes * 60 * 1000}"
