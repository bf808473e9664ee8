"""Countries of the demo: who lives there, how phones, addresses and the country are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from goldthread.demo_data.randomness import Weighted


@dataclass(frozen=True, slots=True)
class Country:
    """``mobile`` prefixes are national digits which 7 more, unique to a person, complete.

    ``landline_length`` counts the national digits of a landline, area code included. In the US
    both kinds are the city's area code and seven digits.
    """

    code: str
    calling_code: str
    trunk: str
    mobile: tuple[str, ...]
    landline_length: int
    currency: str
    language: str
    offset_minutes: int
    spellings: tuple[str, ...]
    origins: Weighted[str]
    domains: tuple[str, ...]


def _country(
    code: str,
    calling: str,
    trunk: str,
    mobile: str,
    currency: str,
    language: str,
    offset: int,
    spellings: str,
    origins: dict[str, float],
    domains: str,
    landline_length: int = 9,
) -> Country:
    return Country(
        code, calling, trunk, tuple(mobile.split()), landline_length, currency, language, offset,
        tuple(spellings.split("|")), Weighted.of(origins), tuple(domains.split()),
    )  # fmt: skip


_GLOBAL = "gmail.com gmail.com gmail.com outlook.com yahoo.com icloud.com hotmail.com"

COUNTRIES: Final[dict[str, Country]] = {
    country.code: country
    for country in (
        _country("US", "1", "", "", "USD", "en-US", -300,
                 "US|US|USA|United States|United States of America|U.S.",
                 {"anglo": .5, "spanish": .18, "irish": .06, "german": .05, "italian": .05,
                  "indian": .05, "vietnamese": .03, "chinese": .03, "polish": .02, "arabic": .02,
                  "french": .01}, _GLOBAL + " aol.com comcast.net", 10),
        _country("GB", "44", "0", "740 750 770 780 790 791", "GBP", "en-GB", 0,
                 "GB|GB|UK|United Kingdom|Great Britain",
                 {"anglo": .72, "irish": .07, "indian": .1, "polish": .05, "arabic": .03,
                  "turkish": .01, "chinese": .02}, _GLOBAL + " btinternet.com hotmail.co.uk", 10),
        _country("DE", "49", "0", "1511 1525 1605 1702 1733 1761 1792", "EUR", "de-DE", 60,
                 "DE|DE|Germany|Deutschland|DEU",
                 {"german": .74, "turkish": .11, "polish": .06, "arabic": .03, "italian": .03,
                  "vietnamese": .01, "spanish": .02},
                 "gmail.com gmx.de gmx.net web.de web.de t-online.de outlook.de freenet.de", 10),
        _country("FR", "33", "0", "60 61 62 66 67 68 76 78", "EUR", "fr-FR", 60,
                 "FR|FR|France|FRA",
                 {"french": .78, "arabic": .1, "italian": .03, "spanish": .04, "vietnamese": .02,
                  "polish": .03}, "gmail.com orange.fr free.fr laposte.net wanadoo.fr hotmail.fr"),
        _country("ES", "34", "", "60 61 62 63 64 65 66 67 68", "EUR", "es-ES", 60,
                 "ES|ES|Spain|España",
                 {"spanish": .93, "arabic": .03, "french": .02, "german": .02},
                 "gmail.com gmail.com hotmail.es yahoo.es telefonica.net"),
        _country("PL", "48", "", "50 51 53 60 66 69 72 78 88", "PLN", "pl-PL", 60,
                 "PL|PL|Poland|Polska", {"polish": .97, "german": .02, "vietnamese": .01},
                 "gmail.com wp.pl o2.pl onet.pl interia.pl"),
        _country("NL", "31", "0", "61 62 63 64 65", "EUR", "nl-NL", 60,
                 "NL|NL|Netherlands|Nederland|The Netherlands",
                 {"dutch": .8, "turkish": .07, "arabic": .06, "polish": .04, "german": .03},
                 "gmail.com ziggo.nl kpnmail.nl hotmail.nl outlook.com"),
        _country("IE", "353", "0", "83 85 86 87 89", "EUR", "en-IE", 0,
                 "IE|IE|Ireland|Éire", {"irish": .84, "anglo": .08, "polish": .06, "indian": .02},
                 "gmail.com gmail.com eircom.net outlook.ie", 8),
        _country("IT", "39", "", "320 328 333 338 340 347 349 366", "EUR", "it-IT", 60,
                 "IT|IT|Italy|Italia", {"italian": .95, "arabic": .03, "chinese": .02},
                 "gmail.com libero.it virgilio.it tiscali.it alice.it", 10),
        _country("SE", "46", "0", "70 72 73 76 79", "SEK", "sv-SE", 60,
                 "SE|SE|Sweden|Sverige", {"nordic": .88, "arabic": .05, "polish": .03,
                                          "turkish": .02, "german": .02},
                 "gmail.com hotmail.se telia.com outlook.com", 8),
        _country("CH", "41", "0", "76 77 78 79", "CHF", "de-CH", 60,
                 "CH|CH|Switzerland|Schweiz|Suisse", {"german": .6, "french": .25, "italian": .15},
                 "gmail.com bluewin.ch gmx.ch outlook.com"),
        _country("AT", "43", "0", "6604 6642 6765 6801", "EUR", "de-AT", 60,
                 "AT|AT|Austria|Österreich", {"german": .85, "turkish": .08, "polish": .07},
                 "gmail.com gmx.at a1.net chello.at", 10),
    )
}  # fmt: skip

COUNTRY_SHARES: Final = Weighted.of(
    {"US": 0.5, "GB": 0.11, "DE": 0.12, "FR": 0.07, "ES": 0.05, "PL": 0.04, "NL": 0.03,
     "IE": 0.02, "IT": 0.02, "SE": 0.02, "CH": 0.01, "AT": 0.01}
)  # fmt: skip
