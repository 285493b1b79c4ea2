"""What can be wrong before a drill begins. Each says where, and what to do."""


class DrillError(Exception):
    """The drill cannot be run as it was asked for."""


class TemplatesError(DrillError):
    """There are no templates, or not this region's, or something in them cannot be simulated."""


class IncidentError(DrillError):
    """The incident's file is missing or wrong."""


class PictureError(DrillError):
    """The picture cannot be drawn here."""
