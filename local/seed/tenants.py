"""The seed's tenants: two hospitals in each region, as different as tenants are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from statline.contract.directory import ChannelRule
from statline.contract.words import Channel, Kind, Priority


@dataclass(frozen=True, slots=True)
class Tenant:
    """One hospital.

    users: how many people it has, `u-demo` besides.
    area_codes: of its phones; every number is of the kind +1 (area code) 555-01xx, which belongs to nobody.
    pagers: the first of its virtual-pager numbers.
    line: the number that people outside call or text to page somebody; empty where it has none.
    quiet: when its people who want quiet hours have them, local time.
    """

    name: str
    zone: str
    users: int
    area_codes: tuple[str, ...]
    pagers: int
    quiet: tuple[time, time]
    rules: tuple[ChannelRule, ...] = ()
    patient_content: tuple[Channel, ...] = ()
    critical_sound: bool = False
    sms_segments: int = 3
    line: str = ""

    @property
    def switchboard(self) -> str:
        """The number of its switchboard: the last of its area codes, which no phone gets."""
        return f"+1{self.area_codes[-1]}5550199"


NIGHT = (time(22), time(6, 30))

TENANTS: Mapping[str, tuple[Tenant, ...]] = {
    "ca-central-1": (
        Tenant(
            name="northshore",
            zone="America/Toronto",
            users=260,
            area_codes=("647", "437", "905", "289"),
            pagers=4400,
            quiet=NIGHT,
            critical_sound=True,
            line="+14165550180",
        ),
        Tenant(
            name="lakeside",
            zone="America/Toronto",
            users=180,
            area_codes=("613", "343", "519"),
            pagers=7100,
            quiet=(time(21), time(7)),
            rules=(
                ChannelRule(priority=Priority.URGENT, kind=Kind.PAGE, channels=(Channel.PUSH, Channel.SMS)),
                ChannelRule(priority=Priority.ROUTINE, channels=(Channel.PUSH,)),
            ),
            patient_content=(Channel.PUSH,),
            sms_segments=2,
        ),
    ),
    "us-east-1": (
        Tenant(
            name="harborview",
            zone="America/New_York",
            users=280,
            area_codes=("253", "360", "425", "564"),
            pagers=2200,
            quiet=NIGHT,
            critical_sound=True,
        ),
        Tenant(
            name="summit",
            zone="America/Denver",
            users=160,
            area_codes=("303", "719", "970"),
            pagers=8300,
            quiet=(time(21, 30), time(6)),
            rules=(ChannelRule(priority=Priority.STAT, kind=Kind.MESSAGE, channels=tuple(Channel)),),
        ),
    ),
}
"""By home region. A tenant has one."""
