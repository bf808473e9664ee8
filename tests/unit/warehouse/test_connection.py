"""What a connection to the warehouse leaves undone, and when it is done."""

from __future__ import annotations

from goldthread.settings import Settings
from goldthread.warehouse import begin_run, connect
from goldthread.warehouse.connection import RUNS_UNTIL_VACUUM

from .conftest import AS_OF

GROUPS = "select distinct row_group_id from pragma_storage_info('thinned')"


def row_groups(settings: Settings) -> int:
    with connect(settings, read_only=True) as con:
        return len(con.execute(GROUPS).fetchall())


def test_groups_of_rows_are_put_together_in_one_run_of_many(settings: Settings) -> None:
    with connect(settings) as con:
        con.execute("create table thinned as select i from range(300000) as t(i)")
        con.execute("checkpoint")
        con.execute("delete from thinned where i % 4 > 0")
    assert row_groups(settings) == 3
    for number in range(1, RUNS_UNTIL_VACUUM + 1):
        assert row_groups(settings) == 3
        with connect(settings) as con:
            assert begin_run(con, settings, AS_OF, "load").run_number == number
    assert row_groups(settings) == 1
    with connect(settings, read_only=True) as con:
        assert con.execute("select count(*), sum(i) from thinned").fetchone() == (
            75000,
            11249850000,
        )
