"""Starts MiniStack 1.5.33 on loopback and completes it where Statline's stacks and functions need more of AWS.

Runs inside the emulator's own environment (`.tools/emulator`), so nothing here imports more than the standard
library, `ministack` and what came with it (`botocore`, `hypercorn`), its neighbours in this package, and what of
`local` needs no more either (`local.clock`, `local.databases`, `local.sandbox.connect.flow_rules`).

Every module completes one thing and is named for it; each has an `install()` that puts the completion in place before
the emulator starts. They reach private names of the emulator: its version is pinned in `locks/emulator.txt`, and
`tests/integration/local_cloud` notices when a new one differs.
"""
