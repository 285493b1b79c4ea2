"""The residency manifest: every hop out of a region is declared in the config, or there is no synth.

Two checks. Before the stacks are made: what a region's config makes the stacks use must be declared, and nothing else
may be. After: no template may name a region that is not its own, except that the backups' stacks name the one that
copies are declared to go to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from infra.config.model import Deployment, RegionConfig
from infra.config.outside import Hop
from infra.config.regions import REGIONS

_BACKUPS = "-Backup"
"""What the name of every stack begins with, behind the region, that may know where copies of backups go."""

USED: Mapping[Hop, Callable[[RegionConfig], bool]] = {
    Hop.FCM: lambda _region: True,
    Hop.CARRIERS: lambda _region: True,
    Hop.TWILIO: lambda region: region.providers.sms.twilio is not None,
    Hop.ON_CALL: lambda region: region.on_call.anybody,
    Hop.DEAD_MANS_SWITCH: lambda region: region.canary is not None and region.canary.dead_mans_switch is not None,
    Hop.BACKUP_COPY: lambda region: _copies_go_to(region) is not None,
}
"""For each hop: whether a region with this config uses it. A new way out is a row here."""


class ResidencyError(Exception):
    """Something would leave a region that the config does not say leaves it. One line for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def check_declared(deployment: Deployment) -> None:
    """Raise `ResidencyError` where the hops that a region uses are not the ones that it declares."""
    faults = [
        f"regions[{number}].outside: {fault}"
        for number, region in enumerate(deployment.regions)
        for fault in _faults(region)
    ]
    if faults:
        raise ResidencyError(faults)


def check_templates(templates: Sequence[Path], deployment: Deployment) -> None:
    """Raise `ResidencyError` where a template names another region."""
    faults = [
        f"{template.name}: names {stranger}, and {region.region} may refer to no other region"
        for region in deployment.regions
        for template in templates
        if template.name.startswith(f"Statline-{region.region}-")
        for stranger in _strangers(template.read_text(encoding="utf-8"), region, copies=_BACKUPS in template.name)
    ]
    if faults:
        raise ResidencyError(faults)


def _faults(region: RegionConfig) -> Iterator[str]:
    declared = {hop.hop for hop in region.outside}
    used = {hop for hop, is_used in USED.items() if is_used(region)}
    for hop in sorted(used - declared):
        yield f"{region.region} uses {hop.value} and does not declare it: say whom it goes to and what it carries"
    for hop in sorted(declared - used):
        yield f"{region.region} declares {hop.value} and does not use it: remove it"
    configured = _copies_go_to(region)
    for copy in (hop for hop in region.outside if hop.hop is Hop.BACKUP_COPY):
        if copy.to not in REGIONS or REGIONS[copy.to].country != region.country:
            yield f"backup copies may go to another region of {region.country} only, not to {copy.to}"
        elif configured not in {None, copy.to}:
            yield (
                f"{region.region} declares that backup copies go to {copy.to}, and its database.backup.copy_to.region"
                f" is {configured}: say the same in both"
            )


def _copies_go_to(region: RegionConfig) -> str | None:
    """The region that config has backups copied to."""
    copies = region.database.backup.copy_to if region.database is not None else None
    return copies.region if copies is not None else None


def _strangers(template: str, region: RegionConfig, *, copies: bool) -> list[str]:
    """The other regions that a template names. copies: whether it is one that may name where backups are copied to."""
    known = {region.region, _copies_go_to(region) if copies else None}
    return [name for name in REGIONS if name not in known and name in template]
