"""What changes of the directory name, and whether it is there: checked before any of them is sent.

The directory itself takes changes in whatever order they come, so it cannot refuse a policy whose people are still on
their way. Who imports a file can: what it names is in the file or in the directory, and no policy comes back to itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from functions.core.domain.directory.entries import Entry, EntryKey, EntryKind
from statline.contract.directory import (
    DirectoryChange,
    EscalationPolicyChange,
    LineChange,
    PagerChange,
    ServiceChange,
    TeamChange,
    TeamTarget,
    UserChange,
    UserTarget,
)
from statline.contract.events import Fault

Find = Callable[[Sequence[EntryKey]], Mapping[EntryKey, Entry]]
"""Answers which of these entries the directory has; as `Directory.find` does."""
_NAMES: Mapping[EntryKind, str] = {
    EntryKind.USER: "user",
    EntryKind.TEAM: "team",
    EntryKind.PAGER: "pager",
    EntryKind.ESCALATION: "escalation policy",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One place of a change that names an entry."""

    path: str
    key: EntryKey


def references_of(change: DirectoryChange) -> list[Reference]:
    """What a change names that must be there for it to be of use. A deletion names nothing."""
    if change.deleted:
        return []
    return [
        Reference(f"{change.kind}.{path}", EntryKey(change.tenant, kind, name))
        for path, kind, name in _named(change)
        if name
    ]


def faults_in(changes: Sequence[DirectoryChange], find: Find) -> list[tuple[int, Fault]]:
    """What is wrong with the references of these changes, each with the change's place in the sequence, from 0.

    Of two changes of one entry the one with the higher revision counts, as in the directory.
    """
    told = _told(changes)
    named = [(place, each) for place, change in enumerate(changes) for each in references_of(change)]
    stored = _stored(told, [each.key for _, each in named], find)
    faults = [
        (place, Fault(path=each.path, rule=_missing(each.key)))
        for place, each in named
        if not _is_there(each.key, told, stored)
    ]
    policies = _policies(told, stored)
    circles = [
        (place, Fault(path=f"{change.kind}.then", rule=f"the policy comes back to itself: {' -> '.join(circle)}"))
        for place, change in enumerate(changes)
        if isinstance(change, EscalationPolicyChange) and policies.get((change.tenant, change.id)) is change
        if (circle := _circle(change, policies))
    ]
    return sorted([*faults, *circles], key=lambda fault: fault[0])


def _named(change: DirectoryChange) -> Iterator[tuple[str, EntryKind, str | None]]:
    match change:
        case EscalationPolicyChange():
            yield from _named_by_policy(change)
        case ServiceChange():
            for number, hours in enumerate(change.hours):
                yield f"hours.{number}.holder_id", EntryKind(hours.holder), hours.holder_id
            yield "otherwise", EntryKind.TEAM, change.otherwise
        case TeamChange() | PagerChange():
            yield "policy", EntryKind.ESCALATION, change.policy
        case LineChange():
            yield "pager", EntryKind.PAGER, change.pager
        case _:
            return


def _named_by_policy(policy: EscalationPolicyChange) -> Iterator[tuple[str, EntryKind, str | None]]:
    steps = {f"steps.{number}": step for number, step in enumerate(policy.steps)}
    if policy.final:
        steps["final"] = policy.final
    for path, step in steps.items():
        for number, target in enumerate(step.who):
            if isinstance(target, UserTarget | TeamTarget):
                yield f"{path}.who.{number}.id", EntryKind(target.type), target.id
    yield "then", EntryKind.ESCALATION, policy.then


def _told(changes: Sequence[DirectoryChange]) -> dict[EntryKey, DirectoryChange]:
    """What the changes themselves say of entries, deletions included."""
    told: dict[EntryKey, DirectoryChange] = {}
    for change in changes:
        key = _key_of(change)
        if key and (key not in told or told[key].revision < change.revision):
            told[key] = change
    return told


def _key_of(change: DirectoryChange) -> EntryKey | None:
    match change:
        case UserChange() | TeamChange():
            return EntryKey(change.tenant, EntryKind(change.kind), change.id)
        case PagerChange():
            return EntryKey(change.tenant, EntryKind.PAGER, change.number)
        case EscalationPolicyChange():
            return EntryKey(change.tenant, EntryKind.ESCALATION, change.id)
        case _:
            return None


def _stored(told: Mapping[EntryKey, DirectoryChange], named: Sequence[EntryKey], find: Find) -> dict[EntryKey, Entry]:
    """What the directory has of the named, and the policies that go on after those."""
    stored: dict[EntryKey, Entry] = {}
    asked: set[EntryKey] = set()
    while keys := [key for key in dict.fromkeys(named) if key not in told and key not in asked]:
        asked.update(keys)
        found = find(keys)
        stored.update(found)
        named = [
            EntryKey(key.tenant, EntryKind.ESCALATION, entry.then)
            for key, entry in found.items()
            if isinstance(entry, EscalationPolicyChange) and entry.then
        ]
    return stored


def _is_there(key: EntryKey, told: Mapping[EntryKey, DirectoryChange], stored: Mapping[EntryKey, Entry]) -> bool:
    return not told[key].deleted if key in told else key in stored


def _missing(key: EntryKey) -> str:
    return f"there is no {_NAMES[key.kind]} {key.id} in {key.tenant}, neither in the file nor in the directory"


def _policies(
    told: Mapping[EntryKey, DirectoryChange], stored: Mapping[EntryKey, Entry]
) -> dict[tuple[str, str], EscalationPolicyChange]:
    every: list[object] = [*stored.values(), *(change for change in told.values() if not change.deleted)]
    return {(each.tenant, each.id): each for each in every if isinstance(each, EscalationPolicyChange)}


def _circle(
    first: EscalationPolicyChange, policies: Mapping[tuple[str, str], EscalationPolicyChange]
) -> list[str] | None:
    """The way from a policy back to itself; None where there is none."""
    way = [first.id]
    then = first.then
    while then and then not in way:
        way.append(then)
        following = policies.get((first.tenant, then))
        then = following.then if following else None
    return [*way, first.id] if then == first.id else None
