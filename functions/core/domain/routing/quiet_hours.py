"""Whether it is quiet where somebody is. Only routine notifications ask."""

from datetime import datetime
from zoneinfo import ZoneInfo

from statline.contract.directory import QuietHours


def is_quiet(hours: QuietHours | None, now: datetime) -> bool:
    """Whether ``now`` lies in the quiet hours, by the clock on the wall there. ``ends`` itself is no longer quiet.

    Hours that end earlier than they start go over midnight; hours that end when they start are the whole day.
    """
    if hours is None:
        return False
    wall = now.astimezone(ZoneInfo(hours.zone)).time()
    if hours.starts < hours.ends:
        return hours.starts <= wall < hours.ends
    return wall >= hours.starts or wall < hours.ends
