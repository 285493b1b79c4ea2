from tests.unit.cli.scene import scene

__all__ = ["scene"]
