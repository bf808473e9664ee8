"""What a sync is: an exposure's ``config.meta.sync``, checked against its activation model.

    exposures:
      - name: sync_webhook__audience_members
        depends_on: [ref('webhook__audience_members')]
        config:
          meta:
            sync:
              destination: webhook          # a package in connectors/destinations
              object: list_members          # what the destination calls it; default: after the `__`
              mode: mirror                  # upsert, or mirror: rows that left are removed too
              key: [audience, customer_id]  # columns that identify a row; each must be mapped
              fields: {list: audience, customer_id: customer_id, email: email}  # field: column
              audience_column: audience     # default: `audience` where the model has that column
              guards: {max_remove_share: 0.3, max_removes: 5000, min_rows: 1, max_age_hours: 48}
              settings: {url_env: GOLDTHREAD_WEBHOOK_URL, secret_env: GOLDTHREAD_WEBHOOK_SECRET}

The purpose is stated once, by the activation model (``config.meta.activation.purpose``). Only the
columns named under ``fields`` are ever read, besides ``customer_id``, which the gate needs. As in
DuckDB, upper and lower case make no difference in the name of a column.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from connectors.destinations.base import DestinationSettings, FieldRules, Snapshots
from connectors.destinations.registry import destination_class, destination_names
from connectors.sync.errors import SpecError

Mode = Literal["upsert", "mirror"]

# A column of this name means that each row is about one audience, whose holdout and verdict count.
AUDIENCE_COLUMN = "audience"
UNNAMED_AUDIENCE = "{} has an audience column, so audience_column must name it"


def audience_column(columns: Iterable[str]) -> str | None:
    """The column that says which audience a row is about; None where there is none."""
    return next((column for column in columns if column.lower() == AUDIENCE_COLUMN), None)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Guards(BaseModel):
    """How much one apply may do without ``--force``.

    max_remove_share: removals, as a share of the rows the destination holds (judged from 20 up).
    max_removes: removals, as a number. min_rows: rows that may be sent, before the diff.
    max_age_hours: age of the published consent decisions; older ones are never sent, forced or not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_remove_share: float = Field(default=0.3, ge=0, le=1)
    max_removes: int | None = Field(default=None, ge=0)
    min_rows: int = Field(default=0, ge=0)
    max_age_hours: float = Field(default=48, gt=0, le=1_000_000)


class SyncSpec(BaseModel):
    """One sync, complete: what ``plan`` and ``apply`` need to know besides the published data.

    model: name of the activation model, a table of the published schema ``activation``.
    columns: the columns that model documents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    destination: str
    object: str = Field(min_length=1)
    model: str = Field(min_length=1)
    columns: tuple[str, ...]
    purpose: str = Field(min_length=1)
    mode: Mode = "upsert"
    key: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(min_length=1)
    fields: dict[str, str] = Field(min_length=1)
    audience_column: str | None = None
    guards: Guards = Guards()
    settings: dict[str, Any] = Field(default_factory=dict)
    owner: str | None = None
    description: str | None = None

    @field_validator("key", "fields", "audience_column")
    @classmethod
    def _spelled_as_in_the_model(cls, named: Any, info: ValidationInfo) -> Any:
        columns = info.data.get("columns", ())
        spelling = {column.lower(): column for column in columns}

        def spelled(column: str) -> str:
            return column if column in columns else spelling.get(column.lower(), column)

        if isinstance(named, dict):
            return {field: spelled(column) for field, column in named.items()}
        if isinstance(named, tuple):
            return tuple(map(spelled, named))
        return named and spelled(named)

    @property
    def key_fields(self) -> dict[str, str]:
        """Destination field of each key column, in the key's order."""
        return {
            next(field for field, column in self.fields.items() if column == key): key
            for key in self.key
        }

    @property
    def label(self) -> str:
        """The name without ``sync_``, for messages."""
        return self.name.removeprefix("sync_")


def destination_settings(spec: SyncSpec) -> DestinationSettings:
    """The spec's settings as its destination understands them.

    Raises SpecError for a destination that does not exist or does not know a setting.
    """
    try:
        found = destination_class(spec.destination)
    except LookupError as error:
        raise SpecError([f"{spec.name}: {error.args[0]}"]) from error
    try:
        return found.settings_model.model_validate(spec.settings)
    except ValidationError as error:
        raise SpecError(sentences(f"{spec.name}: settings", error)) from error


def check_spec(spec: SyncSpec) -> None:
    """Everything that can be known before any row is read.

    Raises SpecError with every mistake found: unknown destination, settings, columns or fields;
    a key that is not mapped; a required field that is not.
    """
    problems: list[str] = []
    rules = FieldRules()
    try:
        rules = destination_settings(spec).field_rules(spec.object)
    except SpecError as error:
        problems += [problem.removeprefix(f"{spec.name}: ") for problem in error.problems]
    except ValueError as error:
        problems.append(str(error))
    problems += [
        f"field {field!r} is mapped to column {column!r}, which {spec.model} does not have"
        for field, column in spec.fields.items()
        if column not in spec.columns
    ]
    if not all(field.strip() for field in spec.fields):
        problems.append("a field has no name")
    if len({field.lower() for field in spec.fields}) < len(spec.fields):
        problems.append("two fields differ only in upper and lower case")
    problems += [
        f"key column {key!r} is not mapped by any field, so the destination could not be told "
        "which row to remove"
        for key in spec.key
        if key not in spec.fields.values()
    ]
    problems += [
        f"{spec.model} has no column {column!r}, which the consent gate needs"
        for column in ("customer_id", spec.audience_column)
        if column is not None and column.lower() not in map(str.lower, spec.columns)
    ]
    if spec.audience_column is None and audience_column(spec.columns):
        problems.append(UNNAMED_AUDIENCE.format(spec.model))
    problems += [
        f"destination {spec.destination} requires field {field!r}, which is not mapped"
        for field in sorted(rules.required - spec.fields.keys())
    ]
    if rules.allowed is not None:
        problems += [
            f"destination {spec.destination} has no field {field!r} on {spec.object}"
            for field in sorted(spec.fields.keys() - rules.allowed)
        ]
    is_known = spec.destination in destination_names()
    is_snapshot = is_known and issubclass(destination_class(spec.destination), Snapshots)
    if is_snapshot and spec.mode != "mirror":
        problems.append(
            f"destination {spec.destination} writes full snapshots: mode must be mirror"
        )
    if problems:
        raise SpecError([f"{spec.name}: {problem}" for problem in problems])


def sentences(what: str, error: ValidationError) -> list[str]:
    """One sentence a mistake; the offending value is left out, it might be a pasted secret."""
    return [
        f"{what}: {'.'.join(str(step) for step in mistake['loc']) or 'value'}: {mistake['msg']}"
        for mistake in error.errors(include_url=False, include_input=False)
    ]
