"""The generated unions: what they hold, in what order, and what a wrong declaration is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from goldthread import generate
from goldthread.cli.generate import command
from goldthread.declarations import DeclarationError

CRM = """
models:
  - name: stg_crm__contacts
    config: {meta: {identity: {source: crm, record_id: contact_id,
      first_seen_at: updated_at, last_seen_at: updated_at}}}
    columns: [{name: contact_id}, {name: email}, {name: updated_at}]
"""
APP = """
models:
  - name: stg_app__users
    config: {meta: {identity: {source: app, record_id: user_id, first_seen_at: created_at,
      last_seen_at: updated_at, observed_at: confirmed_at}}}
    columns: [{name: user_id}, {name: birth_date}, {name: created_at}, {name: updated_at},
      {name: confirmed_at}]
  - name: stg_app__purchases
    columns: [{name: purchase_id}]
"""
AUDIENCES = """
models:
  - name: lapsed_buyers
    config: {meta: {audience: {owner: lifecycle, holdout: 0.1}}}
  - name: birthdays
    config: {meta: {audience: {owner: crm}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with two sources and two audiences."""
    put(tmp_path, "models/staging/crm/_crm__models.yml", CRM)
    put(tmp_path, "models/staging/app/_app__models.yml", APP)
    put(tmp_path, "models/audiences/_audiences__models.yml", AUDIENCES)
    put(tmp_path, "models/audiences/lapsed_buyers.sql", "select 1")
    put(tmp_path, "models/audiences/birthdays.sql", "select 1")
    return tmp_path


def put(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text)


def texts(project: Path) -> dict[str, str]:
    return {path.stem: text for path, text in generate.generated_models(project).items()}


def test_source_records_stack_every_declared_model_sorted_by_source(project: Path) -> None:
    sql = texts(project)["int_identity__source_records"]
    assert sql.index("ref('stg_app__users')") < sql.index("ref('stg_crm__contacts')")
    assert "stg_app__purchases" not in sql
    assert "'crm:' || contact_id as source_record_key" in sql


def test_columns_a_model_does_not_list_are_null_of_their_type(project: Path) -> None:
    app, crm = texts(project)["int_identity__source_records"].split("stg_crm__contacts as (")
    assert "        birth_date,\n" in app
    assert "cast(null as {{ dbt.type_string() }}) as email" in app
    assert "        email,\n" in crm
    assert "cast(null as date) as birth_date" in crm


def test_a_column_that_names_a_new_identifier_joins_the_list(project: Path) -> None:
    card = "{name: card, config: {meta: {identifier: loyalty_id}}}"
    put(
        project,
        "models/staging/crm/_crm__models.yml",
        CRM.replace("{name: email}", f"{{name: email}}, {card}"),
    )
    written = texts(project)
    app, crm = written["int_identity__source_records"].split("stg_crm__contacts as (")
    assert "card as loyalty_id," in crm
    assert "cast(null as {{ dbt.type_string() }}) as loyalty_id," in app
    assert "['email', 'phone', 'user_id', 'loyalty_id']" in written["identifier_columns"]


def test_values_count_as_observed_when_last_seen_unless_said_otherwise(project: Path) -> None:
    app, crm = texts(project)["int_identity__source_records"].split("stg_crm__contacts as (")
    assert "confirmed_at as observed_at" in app
    assert "updated_at as observed_at" in crm


def test_audience_members_stack_every_audience_with_its_holdout(project: Path) -> None:
    sql = texts(project)["audience_members"]
    assert sql.index("ref('birthdays')") < sql.index("ref('lapsed_buyers')")
    assert "cast(0.1000 as decimal(5, 4)) as holdout_share" in sql
    assert "cast(0.0000 as decimal(5, 4)) as holdout_share" in sql


def test_writing_twice_changes_nothing_and_a_new_audience_makes_it_stale(project: Path) -> None:
    assert len(generate.write(project)) == 3
    assert generate.write(project) == []
    put(project, "models/audiences/_audiences__models.yml", AUDIENCES.replace("0.1", "0.2"))
    assert [path.stem for path in generate.stale(project)] == ["audience_members"]


def test_a_project_without_audiences_has_an_empty_union(project: Path) -> None:
    for path in (project / "models" / "audiences").iterdir():
        path.unlink()
    assert "where 1 = 0" in texts(project)["audience_members"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("record_id: contact_id,", "", "lacks config.meta.identity.record_id"),
        ("last_seen_at: updated_at", "last_seen_at: seen_at", "column seen_at"),
        ("source: crm", "source: it's", "lower-case word"),
    ],
)
def test_a_wrong_identity_names_file_and_model(
    project: Path, old: str, new: str, message: str
) -> None:
    put(project, "models/staging/crm/_crm__models.yml", CRM.replace(old, new))
    with pytest.raises(DeclarationError, match=f"stg_crm__contacts.*{message}"):
        generate.generated_models(project)


@pytest.mark.parametrize("holdout", ["1", "-0.1", "true", "lots"])
def test_a_holdout_is_a_share(project: Path, holdout: str) -> None:
    yaml = AUDIENCES.replace("holdout: 0.1", f"holdout: {holdout}")
    put(project, "models/audiences/_audiences__models.yml", yaml)
    with pytest.raises(DeclarationError, match="holdout of lapsed_buyers"):
        generate.generated_models(project)


def test_an_audience_needs_both_its_files(project: Path) -> None:
    put(project, "models/audiences/newcomers.sql", "select 1")
    with pytest.raises(DeclarationError, match=r"newcomers\.sql has no entry"):
        generate.generated_models(project)
    (project / "models/audiences/newcomers.sql").unlink()
    (project / "models/audiences/birthdays.sql").unlink()
    with pytest.raises(DeclarationError, match=r"birthdays has no birthdays\.sql"):
        generate.generated_models(project)


def test_check_writes_nothing_and_exits_3_when_stale(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldthread.settings.PROJECT_DIR", project)
    result = CliRunner().invoke(command, ["--check"])
    assert result.exit_code == 3
    assert "audience_members.sql" in result.output
    assert not (project / "models/audience_history").exists()
    assert CliRunner().invoke(command, []).exit_code == 0
    assert CliRunner().invoke(command, ["--check"]).exit_code == 0


def test_a_misspelt_holdout_is_told(project: Path) -> None:
    put(
        project, "models/audiences/_audiences__models.yml", AUDIENCES.replace("holdout", "hold_out")
    )
    with pytest.raises(DeclarationError, match="lapsed_buyers has hold_out; it may have holdout"):
        texts(project)


def test_an_identifier_type_without_a_rule_is_told(project: Path) -> None:
    put(project, "seeds/identity/identity_rules.csv", "identifier_type\nemail\nphone\nuser_id\n")
    texts(project)
    wrong = CRM.replace("{name: email}", "{name: tel, config: {meta: {identifier: fone}}}")
    put(project, "models/staging/crm/_crm__models.yml", wrong)
    with pytest.raises(DeclarationError, match=r"'fone' .* has no row in .*identity_rules.csv"):
        texts(project)


def test_a_file_that_is_no_yaml_is_named(project: Path) -> None:
    put(project, "models/audiences/_audiences__models.yml", "models: [{name: a}")
    with pytest.raises(DeclarationError, match=r"_audiences__models.yml is no YAML"):
        texts(project)


@pytest.mark.parametrize(
    "yaml",
    [
        "models:\n  - name: stg_crm__contacts\n    columns: [contact_id, email] # identity",
        "models:\n  - {description: identity}",
        "models: {stg_crm__contacts: identity}",
        "- identity",
    ],
)
def test_yaml_of_another_shape_is_told_by_its_file(project: Path, yaml: str) -> None:
    put(project, "models/staging/crm/_crm__models.yml", yaml)
    with pytest.raises(DeclarationError, match=r"_crm__models\.yml: .models. is a list"):
        texts(project)
