"""RDS with real PostgreSQL behind it: just the calls that the stacks, the backup workflow and the drill make.

`states` is the table of what each action does to a resource, `messages` RDS's words for it; `passages` carries them
out, with what `works` really does. `gateway` takes the calls off the wire (`wire`), `template` makes instances for
CloudFormation, `lifecycle` keeps them over a restart. Every instance is a server of its own (`local.databases`), every
snapshot a base backup on disk. What differs from AWS:

* Exports are CSV, a gzip file per table, not Parquet: the emulator's environment has no library that writes it.
* A stopped instance may have, or be, a replica, which AWS refuses.
* Nobody signs in: servers take whoever comes from loopback, and no parameter of a parameter group reaches them.
* No automated backup is taken; `rds:` snapshots exist only where somebody made them.
"""
