"""What an instance class can do: its processors, its memory, and how many disk operations a second it lets through.

The disk operations are the server's own limit, whatever its storage is provisioned for. Up to 4xlarge a class keeps its
`most` for half an hour a day and sustains less; `EBSIOBalance%` tells how much of that half hour is left.

Sources: "Hardware specifications for DB instance classes" (Amazon RDS User Guide) for processors and memory;
"Amazon EBS-optimized instance types" (Amazon EC2 User Guide), which is what `aws ec2 describe-instance-types` answers
as `EbsOptimizedInfo`, for the disk. Read in November 2026.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field

from infra.config.base import ConfigModel


class InstanceLimits(ConfigModel):
    """What one instance class can do.

    iops: the most disk operations a second. sustained_iops: what it keeps up all day; unset: the same.
    """

    vcpus: Annotated[int, Field(ge=1, le=1024)]
    memory_gib: Annotated[float, Field(gt=0, le=65_536)]
    iops: Annotated[int, Field(ge=100)]
    sustained_iops: Annotated[int, Field(ge=100)] | None = None

    @property
    def bursts(self) -> bool:
        """Whether it does more for a while than it keeps up."""
        return self.sustained_iops is not None and self.sustained_iops < self.iops

    @classmethod
    def of(cls, vcpus: int, memory_gib: float, sustained_iops: int, iops: int) -> Self:
        """The same, in the order of AWS's tables."""
        return cls(vcpus=vcpus, memory_gib=memory_gib, iops=iops, sustained_iops=sustained_iops)


@dataclass(frozen=True, slots=True)
class _Generation:
    """Families of one generation. burst: the most of each size up to 4xlarge. sustained: by size."""

    burst: int
    sustained: Mapping[str, int]


_VCPUS: Mapping[str, int] = {
    "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64,
    "24xlarge": 96, "32xlarge": 128, "48xlarge": 192,
}  # fmt: skip
_SMALL = {"large": 3_600, "xlarge": 6_000, "2xlarge": 12_000}
_FIVE = _Generation(
    18_750,
    {**_SMALL, "4xlarge": 18_750, "8xlarge": 30_000, "12xlarge": 40_000, "16xlarge": 60_000, "24xlarge": 80_000},
)
_SIX_ARM = _Generation(20_000, {**_SMALL, "4xlarge": 20_000, "8xlarge": 40_000, "12xlarge": 50_000, "16xlarge": 80_000})
_MEDIUM_SIZED = {**_SMALL, "4xlarge": 20_000, "8xlarge": 40_000, "12xlarge": 60_000, "16xlarge": 80_000}
_SIX_INTEL = _Generation(40_000, {**_MEDIUM_SIZED, "24xlarge": 120_000, "32xlarge": 160_000})
_SEVEN_ARM = _Generation(40_000, _MEDIUM_SIZED)
_LATEST = _Generation(40_000, {**_MEDIUM_SIZED, "24xlarge": 120_000, "48xlarge": 240_000})

# A general-purpose class has 4 GiB for each processor, a memory-optimized one 8.
_FAMILIES: Mapping[str, tuple[int, _Generation]] = {
    "m5": (4, _FIVE), "m6g": (4, _SIX_ARM), "m6i": (4, _SIX_INTEL), "m7g": (4, _SEVEN_ARM), "m7i": (4, _LATEST),
    "m8g": (4, _LATEST),
    "r5": (8, _FIVE), "r6g": (8, _SIX_ARM), "r6i": (8, _SIX_INTEL), "r7g": (8, _SEVEN_ARM), "r7i": (8, _LATEST),
    "r8g": (8, _LATEST),
}  # fmt: skip

_BURSTABLE: Mapping[str, InstanceLimits] = {
    "micro": InstanceLimits.of(2, 1, 500, 11_800),
    "small": InstanceLimits.of(2, 2, 1_000, 11_800),
    "medium": InstanceLimits.of(2, 4, 2_000, 11_800),
    "large": InstanceLimits.of(2, 8, 4_000, 15_700),
    "xlarge": InstanceLimits.of(4, 16, 4_000, 15_700),
    "2xlarge": InstanceLimits.of(8, 32, 4_000, 15_700),
}


def _classes() -> Iterator[tuple[str, InstanceLimits]]:
    for family in ("t3", "t4g"):
        yield from ((f"db.{family}.{size}", limits) for size, limits in _BURSTABLE.items())
    for family, (memory, generation) in _FAMILIES.items():
        for size, sustained in generation.sustained.items():
            vcpus = _VCPUS[size]
            most = max(sustained, generation.burst)
            yield f"db.{family}.{size}", InstanceLimits.of(vcpus, vcpus * memory, sustained, most)


INSTANCE_CLASSES: Mapping[str, InstanceLimits] = MappingProxyType(dict(_classes()))


def limits_of(instance_class: str, given: InstanceLimits | None) -> InstanceLimits:
    """What the class can do: as config gives it, or as AWS's tables have it. Raises `ValueError` if neither knows."""
    found = given or INSTANCE_CLASSES.get(instance_class)
    if found is None:
        raise ValueError(
            f"instance_class: the limits of {instance_class} are not known; give them beside it, as"
            " `limits: { vcpus: 4, memory_gib: 16, iops: 20000 }` (known: "
            f"{', '.join(sorted({name.split('.')[1] for name in INSTANCE_CLASSES}))})"
        )
    return found
