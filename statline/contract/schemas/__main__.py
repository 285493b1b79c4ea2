"""Writes the schema files: ``python -m statline.contract.schemas``."""

import sys

from statline.contract.schemas import write

for path in write():
    sys.stdout.write(f"{path.name}\n")
