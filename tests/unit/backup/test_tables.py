"""Which tables are read, of all that a database has."""

from functions.backup_checks.tables import READ_IN_ALL, READ_UP_TO, Table, worth_reading


def tables(*sizes: int) -> list[Table]:
    """Tables of these sizes, the largest first, as a database lists them."""
    return [Table("public", f"t{size}", f"t{size}", size, (), ()) for size in sorted(sizes, reverse=True)]


def test_small_tables_are_read_however_many_there_are() -> None:
    assert len(worth_reading(tables(*range(3000)))) == 3000


def test_a_table_that_is_too_large_is_not_read() -> None:
    assert worth_reading(tables(1, READ_UP_TO, READ_UP_TO + 1)) == {"t1", f"t{READ_UP_TO}"}


def test_no_more_is_read_in_all_than_a_copy_can_load_in_time() -> None:
    sizes = [READ_UP_TO - number for number in range(9)]
    read = worth_reading(tables(7, *sizes))

    assert "t7" in read
    assert READ_IN_ALL - READ_UP_TO < sum(int(name[1:]) for name in read) <= READ_IN_ALL
