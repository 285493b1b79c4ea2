"""The kinds of entries that the database's views hold. Devices, pagers and policies come by queue only."""

from enum import StrEnum


class SourceKind(StrEnum):
    """The word of a kind: in changes, in the log and in metrics."""

    USER = "user"
    CONTACT_POINT = "contact_point"
    TEAM = "team"
    SHIFT = "shift"
