"""The workflow's definition as a graph: what follows what, what is called, and where errors lead."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.constructs.backup.machine.definition import backup_definition
from infra.constructs.backup.machine.states import BackupNames

State = dict[str, Any]
States = Mapping[str, State]

NAMES = BackupNames(
    region="ca-central-1",
    primary="the-primary",
    replica="the-replica",
    alarms=(
        "Statline delivery is impaired",
        "Statline database is in trouble",
        "Statline database replica is in trouble",
    ),
    topic="arn:aws:sns:ca-central-1:111122223333:statline-ticket",
    bus="statline",
    table="statline-backups",
    key="arn:aws:kms:ca-central-1:111122223333:key/0f1e2d3c",
    bucket="statline-files",
    export_role="arn:aws:iam::111122223333:role/exporter",
    checks="arn:aws:lambda:ca-central-1:111122223333:function:statline-backup-checks:live",
    dump="arn:aws:lambda:ca-central-1:111122223333:function:statline-backup-dump:live",
    upkeep="arn:aws:lambda:ca-central-1:111122223333:function:statline-backup-upkeep:live",
    restore_class="db.t4g.large",
    restore_subnets="statline-verify",
    restore_group="sg-0f1e2d3c",
    far_region="ca-west-1",
    most_lag_seconds=60,
    longest_minutes=240,
    poll_seconds=30,
)


def states_of(names: BackupNames = NAMES) -> States:
    """The workflow's states."""
    made: States = backup_definition(names)["States"]
    return made


def with_inner(states: States) -> dict[str, State]:
    """The states, and those within a map's branches."""
    found = dict(states)
    for state in states.values():
        if "ItemProcessor" in state:
            found |= state["ItemProcessor"]["States"]
    return found


def ways_out(state: State) -> Iterator[str]:
    """Every state that may follow one."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]


def reachable(states: States, start: str, *, without: frozenset[str] = frozenset()) -> set[str]:
    """Every state that may come after one, and itself; ways through the states left out are not gone."""
    found, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in found | without:
            found.add(name)
            waiting.extend(ways_out(states[name]))
    return found


def calls(states: States, action: str) -> list[str]:
    """The states that call an action of AWS."""
    return [name for name, state in states.items() if state.get("Resource", "").endswith(f":{action}")]


def call_of(states: States, action: str) -> str:
    """The one state that calls it."""
    (found,) = calls(states, action)
    return found


def entered_from(states: States, name: str) -> list[str]:
    """The states that lead to one."""
    return [before for before, state in states.items() if name in ways_out(state)]
