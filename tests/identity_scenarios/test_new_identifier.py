"""A new kind of identifier takes one row of rules and one column, as CONTRIBUTING says."""

from __future__ import annotations

import shutil
from pathlib import Path

from goldthread import generate
from goldthread.settings import PROJECT_DIR, Settings
from tests.dbt_commands import take_over
from tests.identity_scenarios.scenario_home import ScenarioHome

RECORDS = """\
batch,scenario,source,record_id,first_name,last_name,company,user_id
1,card,crm,card-1,Ada,Quist,K-1001,
1,card,crm,card-2,,,K-1001,
1,card,crm,card-3,,,K-1002,
1,blocked,crm,card-4,Ben,Rohde,K-0000,
1,blocked,crm,card-5,,,K-0000,
1,capped,crm,card-6,Cleo,Marsh,K-3003,
1,capped,crm,card-7,Cleo,Timm,K-3003,
1,capped,crm,card-8,Cleo,Vann,K-3003,
"""
MESSAGES = (
    "batch,scenario,message_id,type,anonymous_id,user_id,previous_id,email,phone,happened_at\n"
)


def test_a_row_of_rules_and_a_column_make_an_identifier(
    parsed_project: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    for name in ("models", "macros", "seeds", "tests/dbt", "dbt_project.yml", "profiles.yml"):
        source, target = PROJECT_DIR / name, project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    _add(project / "seeds/identity/identity_rules.csv", "card_number,strong,7,false,2,1\n")
    _add(project / "seeds/identity/identifier_blocklist.csv", "card_number,k-0000,no card\n")
    described = project / "models/staging/crm/_crm__models.yml"
    described.write_text(
        described.read_text(encoding="utf-8").replace(
            "      - name: company\n",
            "      - name: company\n        config: {meta: {identifier: card_number}}\n",
        ),
        encoding="utf-8",
    )
    generate.write(project)
    data = tmp_path / "data"
    data.mkdir()
    (data / "records.csv").write_text(RECORDS, encoding="utf-8")
    (data / "messages.csv").write_text(MESSAGES, encoding="utf-8")
    overrides = PROJECT_DIR / "tests" / "identity_scenarios" / "data" / "overrides.csv"
    header = overrides.read_text(encoding="utf-8").splitlines()[0]
    (data / "overrides.csv").write_text(header + "\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", input_dir=tmp_path, project_dir=project)
    settings.home.mkdir()
    take_over(parsed_project, tmp_path / "target", settings.home)
    home = ScenarioHome(settings, tmp_path / "target", data)
    home.build(1)
    customers = dict(
        home.query("select source_record_id, customer_id from marts.customer_source_records")
    )
    assert customers["card-1"] == customers["card-2"]
    assert customers["card-1"] != customers["card-3"]
    # A blocked value and one that more records hold than the rule allows join nobody.
    assert len({customers[f"card-{n}"] for n in range(3, 9)}) == 6
    assert home.query(
        "select identifier_value from marts.identity_review where review_type = 'value_over_cap'"
    ) == [("K-3003",)]
    assert ("card_number", "K-1001") in home.query(
        "select identifier_type, identifier_value from marts.customer_identifiers"
    )


def _add(path: Path, row: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
