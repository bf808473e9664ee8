"""The layering law of the models, as data: what each room may read and how it names things."""

from __future__ import annotations

import re
from typing import Any

# room -> rooms it may read. Finer rules (own source, own domain) stand in test_layers.py.
MAY_READ = {
    # Seeds only as lookups to normalise by: country names, calling codes, currency units.
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate", "marts", "seed", "source"},
    "marts": {"staging", "intermediate", "marts", "seed"},
    "audiences": {"marts"},
    "audience_history": {"audiences", "audience_history", "marts", "source"},
    "activation": {"audiences", "audience_history", "marts", "activation", "seed", "staging"},
}

# marts flow identity -> behavior -> customer_360; core and quality stand apart.
MART_ORDER = ["core", "identity", "behavior", "customer_360"]

NAMES = {
    "staging": re.compile(r"^stg_[a-z0-9]+__[a-z0-9_]+s$"),
    "intermediate": re.compile(r"^int_[a-z0-9]+_?[a-z0-9]*__[a-z0-9_]+$"),
    "marts": re.compile(r"^(?!stg_|int_|dim_|fct_)[a-z0-9_]+$"),
    "audiences": re.compile(r"^[a-z0-9_]+s$"),
    "audience_history": re.compile(r"^audience_[a-z_]+s$"),
    "activation": re.compile(r"^([a-z0-9]+__[a-z0-9_]+|activation_verdicts)$"),
}

# A column of one of these names holds personal data wherever it stands.
PERSONAL = {
    "email",
    "phone",
    "first_name",
    "last_name",
    "birth_date",
    "address_line",
    "postal_code",
    "city",
    "identifier_value",
    "raw",
    "raw_value",
}


def room(model: dict[str, Any]) -> str:
    """The folder right under ``models/``."""
    return str(model["fqn"][1])


def domain(model: dict[str, Any]) -> str:
    """The folder below the room (staging/<source>, marts/<domain>), or '' when there is none."""
    return str(model["fqn"][2]) if len(model["fqn"]) > 3 else ""
