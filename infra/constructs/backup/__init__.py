"""The backup workflow: where backups lie, who may do what, and what starts and follows one."""
