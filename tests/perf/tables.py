"""The tables: what is beside what is wanted. Colour on a terminal only."""

from collections.abc import Sequence

from rich.table import Table

from tests.perf import costs, latency, starts

_WRITE_UNITS_WANTED = 4


def cpu_table(figures: Sequence[costs.Figures]) -> Table:
    """CPU time for one notification."""
    table = _table("CPU for one notification", "a notification of", "batch", "microseconds", "to ours")
    ours = {(f.work, f.batch): f.cpu_microseconds for f in figures if f.program == "router"}
    push = {(f.work, f.batch): f.cpu_microseconds for f in figures if f.program == "push"}
    against = {"naive boto3 router": ours, "send_each alone": push}
    for each in figures:
        base = against.get(each.program, {}).get((each.work, each.batch))
        ratio = f"{each.cpu_microseconds / base:.2f}" if base else ""
        table.add_row(each.program, each.work, str(each.batch), f"{each.cpu_microseconds:.0f}", ratio)
    table.caption = "The process's own CPU time over plain HTTP, without TLS. send_each keeps no record and no log."
    return table


def count_table(figures: Sequence[costs.Figures]) -> Table:
    """What one notification asks of AWS."""
    table = _table("Calls, write units and log for one notification", "a notification of", "batch", "calls",
                   "write units", "log bytes")  # fmt: skip
    for each in figures:
        calls = ", ".join(f"{count:g} {name}" for name, count in each.calls.items())
        table.add_row(each.program, each.work, str(each.batch), calls, f"{each.write_units:g}", f"{each.log_bytes:.0f}")
    found = routine_push_units(figures)
    table.caption = (
        f"A routine push that goes well, router and push, index included: {found:g} write units; "
        f"wanted at most {_WRITE_UNITS_WANTED}: {_verdict(found, _WRITE_UNITS_WANTED)}. "
        "Lambda's own START, END and REPORT lines are not counted."
    )
    return table


def routine_push_units(figures: Sequence[costs.Figures]) -> float:
    """The write units of a routine push, from the router to FCM's answer."""
    units = {(f.program, f.work, f.batch): f.write_units for f in figures}
    return units["router", "1 delivery", 10] + units["push", "1 delivery", 10]


def start_table(figures: Sequence[starts.Figures]) -> Table:
    """Fresh-process starts."""
    table = _table("Start of a fresh process", "ms", "CPU ms", "to bare botocore", "quartiles", "by CPU", "wanted", "")
    for each in figures:
        wanted = f"<= {each.wanted}" if each.wanted else ""
        verdict = _start_verdict(each, each.wanted) if each.wanted else ""
        table.add_row(
            each.program,
            f"{each.milliseconds:.0f}",
            f"{each.cpu_milliseconds:.0f}",
            f"{each.ratio:.2f}",
            f"{each.low:.2f}-{each.high:.2f}",
            f"{each.cpu_ratio:.2f}",
            wanted,
            verdict,
        )
    table.caption = "From the built package and its layers to a wired handler; medians over rounds that take turns."
    return table


def latency_table(result: latency.Result) -> Table:
    """End to end, and in the flood."""
    table = _table("From the producer's call to FCM's door, on the laptop cloud", "probes", "p50 ms", "p99 ms", "")
    for each in result.lines:
        table.add_row(each.what, str(each.probes), f"{each.p50_ms:.0f}", f"{each.p99_ms:.0f}", each.note)
    table.caption = (
        f"stat's p99 in the flood: {result.to_idle:.1f} x idle, wanted <= {latency.WANTED_TO_IDLE:g}: "
        f"{_verdict(result.to_idle, latency.WANTED_TO_IDLE)}; "
        f"{result.to_single:.4f} x a single queue's, wanted <= {latency.WANTED_TO_SINGLE:g}: "
        f"{_verdict(result.to_single, latency.WANTED_TO_SINGLE)}. "
        "The single queue is worked off with the routine lane's concurrency; one with every lane's would be faster."
    )
    return table


def _start_verdict(figures: starts.Figures, wanted: float) -> str:
    """Starts scatter more than some of them are away from what is wanted: then a median alone decides nothing."""
    if figures.low <= wanted < figures.high:
        return "[yellow]too close to call[/]"
    return _verdict(figures.ratio, wanted)


def _verdict(found: float, wanted: float) -> str:
    return "[green]met[/]" if found <= wanted else "[red]missed[/]"


def _table(title: str, *columns: str) -> Table:
    table = Table("", title=title, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
