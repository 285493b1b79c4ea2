"""Backups: where they lie, who may do what, what starts and follows one; and who made one that is not ours."""
