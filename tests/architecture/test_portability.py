"""Models stay portable: with every macro stubbed, only functions every engine has are left.

Transpiling proves nothing (a transpiler passes functions that do not exist), so the functions of
each rendered model are compared with a committed list, ``allowed_functions.txt``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest

from goldthread.settings import PROJECT_DIR

HERE = Path(__file__).parent
ALLOWED = set((HERE / "allowed_functions.txt").read_text().split())
SQL_FILES = sorted((PROJECT_DIR / "models").rglob("*.sql"))

# Words that may stand before a bracket without being a function.
KEYWORDS = {
    "all",
    "and",
    "any",
    "as",
    "by",
    "case",
    "distinct",
    "else",
    "except",
    "exists",
    "filter",
    "from",
    "in",
    "intersect",
    "join",
    "not",
    "on",
    "or",
    "over",
    "select",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
    "decimal",
    "varchar",
    "numeric",
}


class Stub(jinja2.Undefined):
    """Whatever is asked of it: a macro call, an attribute, a test; prints as a bare word."""

    def __call__(self, *args: Any, **kwargs: Any) -> Stub:
        return Stub(name=self._undefined_name)

    def __getattr__(self, name: str) -> Stub:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(name=name)

    def __getitem__(self, key: Any) -> Stub:
        return Stub(name=str(key))

    def __str__(self) -> str:
        return "stub"

    def __iter__(self) -> Any:
        return iter([Stub(name="item")])

    def __bool__(self) -> bool:
        return True


def functions(sql: str) -> set[str]:
    """Names called in a model's own text, macros apart."""
    # Both arms of a condition are the model's text: drop the tags, keep what they enclose.
    without_blocks = re.sub(r"\{%-?\s*(if|elif|else|endif)\b.*?-?%\}", " ", sql, flags=re.S)
    environment = jinja2.Environment(undefined=Stub, extensions=["jinja2.ext.do"])
    rendered = environment.from_string(without_blocks).render()
    bare = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", rendered, flags=re.S)
    called = set(re.findall(r"\b([a-z_][a-z0-9_]*)\s*\(", bare.lower()))
    operators = {"::"} & set(re.findall(r"::", bare)) | (
        {"qualify"} if "qualify" in bare else set()
    )
    # A CTE's name stands before its bracket only in `name as (`, so it is no call.
    return (called - KEYWORDS) | operators


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_a_model_calls_only_portable_functions(path: Path) -> None:
    assert functions(path.read_text()) - ALLOWED == set()


def test_the_check_sees_an_engine_specific_function() -> None:
    sql = "select list_aggregate(x), {{ normalize_email('x') }} from {{ ref('y') }} where a::int"
    assert functions(sql) == {"list_aggregate", "::"}


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_a_model_ends_with_its_last_cte_and_reads_no_other_clock(path: Path) -> None:
    text = path.read_text()
    assert re.search(r"select \* from (final|renamed)\s*$", text), "end with: select * from final"
    assert not re.search(r"\b(current_timestamp|current_date|now\(|run_started_at)", text.lower())
