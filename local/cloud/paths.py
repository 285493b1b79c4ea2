"""Where the laptop cloud keeps things: tools in `.tools/`, running clouds in `.cloud/<name>/`; git ignores both."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "locks"
TOOLS = ROOT / ".tools"
CLOUDS = ROOT / ".cloud"
