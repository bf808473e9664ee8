"""The small parts: identifiers that cannot meet, spellings, moments, random numbers."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import pytest

from goldthread.demo_data.cities import CITIES, draw_postal_code
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.identifiers import (
    ascii_letters,
    make_landline,
    make_mobile,
    person_number,
    write_phone,
)
from goldthread.demo_data.population import populate
from goldthread.demo_data.randomness import Weighted, seeded, skewed_count, uuid_text
from goldthread.demo_data.rates import in_dollars
from goldthread.demo_data.spelling import with_typo, write_birth_date
from goldthread.demo_data.stamps import DAY, DEFAULT_AS_OF, iso_millis, iso_seconds, parse_moment

AS_OF = parse_moment(DEFAULT_AS_OF)


def test_person_numbers_are_a_permutation() -> None:
    assert len({person_number(index) for index in range(20_000)}) == 20_000
    assert person_number(5) != person_number(5 + 1_000_003)


def test_us_numbers_are_valid_and_distinct() -> None:
    rng = Random(1)
    numbers = {
        make_mobile(rng, "US", "212", index, slot) for index in range(5000) for slot in range(2)
    }
    assert len(numbers) == 10_000
    assert all(re.fullmatch(r"\+1212[2-9]\d\d\d{4}", number) for number in numbers)
    assert not any(number[5:8] in ("211", "411", "555", "911") for number in numbers)


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_written_phone_keeps_its_digits(code: str) -> None:
    rng = Random(3)
    city = CITIES[code].draw(rng)
    for number in (
        make_mobile(rng, code, city.area_codes[0], 17, 0),
        make_landline(code, city.area_codes[0], 17),
    ):
        assert re.fullmatch(r"\+\d{9,14}", number)
        national = number[1 + len(COUNTRIES[code].calling_code) :]
        for _ in range(50):
            written = re.sub(r"\D", "", write_phone(rng, number, code, True))
            assert written.endswith(national)
            untold = write_phone(rng, number, code, False)
            assert untold.startswith(("+", "00"))


@pytest.mark.parametrize("code", COUNTRIES)
def test_postal_codes_have_no_pattern_signs_left(code: str) -> None:
    rng = Random(5)
    for _ in range(50):
        assert not re.search(r"[#@]", draw_postal_code(rng, CITIES[code].draw(rng)))


def test_names_lose_their_accents_in_two_ways() -> None:
    assert ascii_letters("Müller") == "Muller"
    assert ascii_letters("Müller", spell_out_umlauts=True) == "Mueller"
    assert ascii_letters("Łukasz Sørensen Nguyễn Đặng Weiß") == "Lukasz Sorensen Nguyen Dang Weiss"


def test_a_typo_changes_a_name_only_a_little() -> None:
    rng = Random(9)
    written = {with_typo(rng, "Catherine") for _ in range(200)}
    assert len(written) > 20
    assert all(8 <= len(name) <= 10 and name[0] == "C" for name in written)


def test_swapped_birth_dates_are_possible_dates() -> None:
    rng = Random(2)
    written = {write_birth_date(rng, "1985-03-07", 0.0) for _ in range(500)}
    assert "1985-07-03" in written
    assert all(date.fromisoformat(text) for text in written)


def test_moments_are_written_with_their_offset() -> None:
    moment = parse_moment("2026-03-01T00:30:00+01:00")
    assert iso_millis(moment + 7) == "2026-02-28T23:30:00.007Z"
    assert iso_seconds(moment, -330) == "2026-02-28T18:00:00-05:30"
    assert parse_moment("2026-02-28T23:30:00") == moment
    with pytest.raises(ValueError):
        parse_moment("tomorrow")


def test_random_helpers_are_stable() -> None:
    assert uuid_text(seeded(1, "a")) == uuid_text(seeded(1, "a"))
    assert uuid_text(seeded(1, "a")) != uuid_text(seeded(1, "b"))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid_text(Random(4)))
    draws = [Weighted.of({"a": 9.0, "b": 1.0}).draw(Random(seed)) for seed in range(400)]
    assert 0.8 < draws.count("a") / 400 < 0.97
    counts = [skewed_count(Random(seed), 2, 1.0, 30) for seed in range(400)]
    assert min(counts) == 1
    assert max(counts) > 10


def test_amounts_without_a_rate_are_worth_nothing_known() -> None:
    assert in_dollars(10_000, "CHF", AS_OF, AS_OF) is None
    assert in_dollars(10_000, "PLN", AS_OF - 500 * DAY, AS_OF) is None
    assert in_dollars(10_000, "PLN", AS_OF, AS_OF) is not None
    assert str(in_dollars(12_345, "USD", AS_OF, AS_OF)) == "123.45"


def test_households_hold_namesakes_twins_and_couples() -> None:
    people = [person for first in range(0, 6000, 500) for person in
              populate(7, first, first + 500, AS_OF)]  # fmt: skip
    homes: dict[str, list[tuple[str, str, str]]] = {}
    for person in people:
        facts = person.facts
        key = (facts.first_name, facts.last_name, facts.birth_date)
        homes.setdefault(person.household.number, []).append(key)
    shared = [home for home in homes.values() if len(home) > 1]
    assert len({person.person_id for person in people}) == 6000
    assert any(len({name[:2] for name in home}) < len(home) for home in shared)
    assert any(len({birth for *_, birth in home}) < len(home) for home in shared)
    assert sum(len(home) > 1 for home in homes.values()) > 0.4 * len(homes)
    assert sum(len(person.history) > 1 for person in people) > 0.15 * len(people)
