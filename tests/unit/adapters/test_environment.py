"""A function's settings come back from its environment as they were."""

from functions.backup_upkeep.settings import BackupUpkeepSettings, FarCopies
from functions.core.adapters.environment import read_settings


def _settings(far_copies: FarCopies | None) -> BackupUpkeepSettings:
    return BackupUpkeepSettings(
        backups_table="backups",
        state_machine="machine",
        keep_days=35,
        keep_verified=7,
        far_copies=far_copies,
    )


def test_settings_within_settings_come_back() -> None:
    settings = _settings(FarCopies(region="ca-west-1", key="alias/copies"))
    assert read_settings(BackupUpkeepSettings, settings.to_environment()) == settings


def test_what_is_not_given_comes_back_as_not_given() -> None:
    assert read_settings(BackupUpkeepSettings, _settings(None).to_environment()) == _settings(None)
