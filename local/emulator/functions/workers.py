"""Function processes as Lambda runs them: an interpreter of their own, and their full output after each invocation.

The emulator starts functions with its own interpreter, so a function would find the emulator's packages where its own
asset lacks one, and pass here what fails on AWS. `STATLINE_FUNCTION_PYTHON` names an interpreter that has none.
It also waits 50 ms for output after every invocation that writes none; here a worker marks the end of its output, so
nothing is waited for and nothing is missed. And it ends a worker whose handler raised; on AWS that is an answer like
any other, and the environment goes on. A worker takes the time from the cloud's clock (`function_clock.py`).
"""

import os
import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

_INTERPRETER = os.environ.get("STATLINE_FUNCTION_PYTHON", "")
_END_OF_OUTPUT = "\x1eend-of-output"
_OUTPUT_DEADLINE = 1.0
_GRACE = 1.0

_LOAD = "    try:\n        mod = importlib.import_module(module_name)"
_CLOCK = Path(__file__).with_name("function_clock.py")
_LOAD_WITH_CLOCK = f"    import runpy\n    runpy.run_path({str(_CLOCK)!r})\n{_LOAD}"

_RAISED = '"status": "error", "error": str(e), "trace"'
_ANSWERED = '"status": "ok", "raised": True, "error": str(e), "trace"'
_ANSWER = "        _real_stdout.flush()\n\nrun()"
_MARKED_ANSWER = f'        sys.stderr.write("{_END_OF_OUTPUT}\\n")\n        sys.stderr.flush()\n{_ANSWER}'


def _own_interpreter(detect: Callable[[str], tuple[str, str]]) -> Callable[[str], tuple[str, str]]:
    def detect_binary(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        if not runtime.startswith("python"):
            return binary, script
        script = script.replace(_ANSWER, _MARKED_ANSWER).replace(_RAISED, _ANSWERED)
        return _INTERPRETER or binary, script.replace(_LOAD, _LOAD_WITH_CLOCK)

    return detect_binary


def _until_mark(drain: Callable[..., str]) -> Callable[..., str]:
    def output(worker: Any, **waits: float) -> str:
        if str(worker.config.get("Runtime", "")).startswith("python"):
            return _marked_output(worker)
        return drain(worker, **waits)

    return output


def _marked_output(worker: Any) -> str:
    """Return what the function wrote in this invocation: all lines up to the worker's mark."""
    lines: list[str] = []
    deadline = time.monotonic() + _OUTPUT_DEADLINE
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = worker._stderr_queue.get(timeout=left)
        except queue.Empty:
            break
        if line == _END_OF_OUTPUT:
            break
        lines.append(line)
    return "\n".join(lines)


def _outlived(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Call an exception an error only when the worker is out of the emulator's hands, which would end it."""

    def invoke_and_outlive(worker: Any, *arguments: Any, **settings: Any) -> dict[str, Any]:
        result = invoke(worker, *arguments, **settings)
        return {**result, "status": "error"} if result.pop("raised", False) else result

    return invoke_and_outlive


def _alone(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Answer a start that failed as a failed invocation: what is raised costs all workers of the function their lives.

    The worker goes back to its pool without a process, and its next call starts another.
    """

    def invoke_alone(worker: Any, *arguments: Any, **settings: Any) -> dict[str, Any]:
        try:
            return invoke(worker, *arguments, **settings)
        except (RuntimeError, OSError) as cause:
            process, worker._proc = worker._proc, None
            lambda_runtime._signal(process)
            lambda_runtime._collect(process, time.monotonic() + _GRACE)
            return {"status": "error", "error": str(cause), "log": ""}

    return invoke_alone


def install() -> None:
    """Run Python functions with the interpreter made for them, read their output to its end, let each die alone."""
    if any(text not in lambda_runtime._PYTHON_WORKER_SCRIPT for text in (_ANSWER, _RAISED, _LOAD)):
        message = "The emulator's Python worker has changed: look at local/emulator/functions/workers.py again."
        raise RuntimeError(message)
    lambda_runtime._detect_runtime_binary = _own_interpreter(lambda_runtime._detect_runtime_binary)
    lambda_runtime.Worker._drain_stderr_bounded = _until_mark(lambda_runtime.Worker._drain_stderr_bounded)
    lambda_runtime.Worker.invoke = _alone(_outlived(lambda_runtime.Worker.invoke))
