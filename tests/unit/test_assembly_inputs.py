"""What the stacks are synthesized anew for."""

from pathlib import Path

import pytest

from local.cloud import assembly


def test_bytecode_that_is_being_written_is_no_reason_to_synthesize_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "ROOT", tmp_path)
    monkeypatch.setattr(assembly, "_INPUTS", ("functions",))
    code, bytecode = tmp_path / "functions" / "handler.py", tmp_path / "functions" / "__pycache__"
    bytecode.mkdir(parents=True)
    code.write_text("here = 1")
    before = assembly._inputs_digest("")

    for name in ("handler.cpython-311.pyc", "handler.cpython-311.pyc.140043"):
        (bytecode / name).write_text("")
    assert assembly._inputs_digest("") == before

    code.write_text("here = 2")
    assert assembly._inputs_digest("") != before
