"""SendGrid events of the campaigns a person received."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.collected import Collector
from goldthread.demo_data.outcomes import Delivery
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import between, chance, hex_id, pick, skewed_count
from goldthread.demo_data.stamps import DAY, HOUR, MINUTE, SECOND, day_text, month_text

_WEEK: Final = 7 * DAY
_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15",
    "Mozilla/5.0 (via ggpht.com GoogleImageProxy)",
)


def _path(moment: int) -> str:
    return f"email/events_{month_text(moment)}.jsonl"


class _Message:
    """One message to one address; writes its events."""

    def __init__(
        self,
        out: Collector,
        rng: Random,
        address: tuple[str, str | None],
        campaign: str,
        as_of: int,
    ) -> None:
        self._out, self._rng, self._as_of = out, rng, as_of
        self._address, self._owner = address
        self._campaign = campaign
        self.delivered_at: int | None = None
        self.is_opened = False
        self._message_id = f"{hex_id(rng, 88)}.filterdrecv-{hex_id(rng, 32)}-0"

    def event(self, kind: str, moment: int, **details: str) -> bool:
        """Write an event unless it would lie in the future."""
        if moment >= self._as_of:
            return False
        body: dict[str, object] = {
            "email": self._address,
            "timestamp": moment // SECOND,
            "event": kind,
            "sg_event_id": hex_id(self._rng, 132),
            "sg_message_id": self._message_id,
            "campaign_id": self._campaign,
            **details,
        }
        if kind == "delivered":
            self.delivered_at = moment
        if kind in ("open", "click"):
            self.is_opened = True
            ip = f"198.51.100.{between(self._rng, 1, 254)}"
            body |= {"ip": ip, "useragent": pick(self._rng, _AGENTS)}
        if self._owner is None:
            self._out.add_mailbox(self._address)
        else:
            self._out.add_record("email", self._address, self._owner)
        path = _path(moment)
        line = self._out.add_json(path, moment, body)
        if chance(self._rng, 0.01):
            # The webhook was not answered in time and is delivered again.
            self._out.add_line(path, moment + between(self._rng, 1, 600) * SECOND, line)
        return True


def add_messages(out: Collector, rng: Random, person: Person, as_of: int) -> list[Delivery]:
    """The weekly campaigns since joining, to the address known then; oldest first."""
    delivered: list[Delivery] = []
    count = skewed_count(rng, 3.2 if person.engagement < 0.9 else 6.0, 0.75, 30)
    newest = min(as_of, person.active_until + 30 * DAY)
    send_hour = between(rng, 6, 18) * HOUR + between(rng, 0, 59) * MINUTE
    for back in range(count - 1, -1, -1):
        week = newest // _WEEK - back
        moment = week * _WEEK + send_hour
        if moment < person.joined_at or moment >= as_of:
            continue
        address = person.facts_at(moment).email
        owner: str | None = person.person_id
        if person.household.mailbox and chance(rng, 0.15):
            address, owner = person.household.mailbox, None
        campaign = f"newsletter-{day_text(week * 7)}"
        message = _Message(out, rng, (address, owner), campaign, as_of)
        go_on = _send(message, rng, person, moment)
        if message.delivered_at is not None:
            delivered.append(Delivery(address, message.delivered_at, message.is_opened))
        if not go_on:
            break
    return delivered


def _send(message: _Message, rng: Random, person: Person, moment: int) -> bool:
    """Events of one message; False when the person is not written to again."""
    if chance(rng, 0.15):
        message.event("processed", moment)
    arrival = moment + between(rng, 1, 40) * SECOND
    fate = rng.random()
    if fate < 0.012:
        message.event("bounce", arrival, reason="550 5.1.1 The email account does not exist")
        return False
    if fate < 0.02:
        message.event("dropped", arrival, reason="Bounced Address")
        return False
    if fate < 0.03:
        message.event("bounce", arrival, reason="452 4.2.2 Mailbox full", type="blocked")
        return True
    message.event("delivered", arrival, response="250 OK")
    if not chance(rng, person.engagement):
        if chance(rng, 0.003):
            message.event("spamreport", arrival + 2 * HOUR)
            return False
        return True
    opened = arrival + int(rng.random() ** 3 * 30 * HOUR) + 20 * SECOND
    clicked = chance(rng, 0.22)
    if not clicked or chance(rng, 0.85):
        # A click without an open happens where pictures are blocked.
        message.event("open", opened)
        if chance(rng, 0.2):
            message.event("open", opened + between(rng, 1, 300) * MINUTE)
    if clicked:
        url = f"https://shop.example/new?utm_campaign={pick(rng, ('weekly', 'sale', 'shoes'))}"
        message.event("click", opened + between(rng, 3, 90) * SECOND, url=url)
    if chance(rng, 0.02):
        kind = "unsubscribe" if chance(rng, 0.7) else "group_unsubscribe"
        return not message.event(kind, opened + 2 * MINUTE)
    return True
