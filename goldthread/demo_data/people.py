"""The people of the demo: who they are, what was true of them when, and how active they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Address(NamedTuple):
    address_line: str
    postal_code: str
    city: str
    state: str


class Facts(NamedTuple):
    """What is true of a person at a moment. ``phone`` is E.164, ``birth_date`` ISO."""

    first_name: str
    last_name: str
    birth_date: str
    email: str
    phone: str
    address: Address


@dataclass(slots=True)
class Household:
    """People at one address: what they share identifies no single one of them."""

    number: str
    country: str
    address: Address
    area_code: str
    landline: str | None = None
    head_phone: str | None = None
    mailbox: str | None = None
    device: str | None = None


@dataclass(slots=True)
class Person:
    """One human being. Moments are milliseconds since 1970, UTC.

    ``history`` holds (valid until, facts), oldest first; the last one is true now.
    ``activity`` is about 1 on average and skewed; ``engagement`` is the chance that an e-mail
    is opened; ``active_until`` is when a lapsed person was last seen.
    """

    index: int
    person_id: str
    household: Household
    gender: str
    history: list[tuple[int, Facts]]
    joined_at: int
    active_until: int
    activity: float
    engagement: float
    work_email: str | None = None
    employer: str | None = None
    user_id: str | None = None
    stripe_id: str | None = None
    devices: list[str] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What is true now."""
        return self.history[-1][1]

    def facts_at(self, moment: int) -> Facts:
        for until, facts in self.history:
            if moment < until:
                return facts
        return self.history[-1][1]
