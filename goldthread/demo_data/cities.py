"""Cities with the postal codes and area codes that belong to them, and streets by language."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from goldthread.demo_data.randomness import Weighted, between, chance, pick
from goldthread.demo_data.wordlists import words


class City(NamedTuple):
    """``postal`` and ``area_codes`` hold prefixes; the rest of the code is drawn per address."""

    name: str
    state: str
    postal: tuple[str, ...]
    area_codes: tuple[str, ...]


def _cities(text: str) -> Weighted[City]:
    cities = []
    for line in text.strip().splitlines():
        name, state, postal, area = (part.strip() for part in line.split("|"))
        cities.append(City(name, state, tuple(postal.split(",")), tuple(area.split())))
    return Weighted.zipf(cities, 0.6)


#: Postal patterns: # a digit, @ a letter; everything else stands for itself.
CITIES: Final[dict[str, Weighted[City]]] = {
    "US": _cities("""New York|NY|100##,101##|212 917
        Brooklyn|NY|112##|718 347
        Los Angeles|CA|900##|213 323
        Chicago|IL|606##|312 773
        Houston|TX|770##|713 281
        Phoenix|AZ|850##|602 480
        Philadelphia|PA|191##|215 267
        San Antonio|TX|782##|210 726
        San Diego|CA|921##|619 858
        Dallas|TX|752##|214 469
        Austin|TX|787##|512 737
        Columbus|OH|432##|614 380
        Seattle|WA|981##|206 425
        Denver|CO|802##|303 720
        Boston|MA|021##|617 857
        Portland|OR|972##|503 971
        Nashville|TN|372##|615 629
        Atlanta|GA|303##|404 470
        Miami|FL|331##|305 786
        Minneapolis|MN|554##|612 763
        St. Louis|MO|631##|314 557
        Salt Lake City|UT|841##|801 385
        Raleigh|NC|276##|919 984
        Madison|WI|537##|608 608
        Boise|ID|837##|208 986
        Burlington|VT|054##|802 802"""),
    "GB": _cities("""London||SW# #@@,E# #@@,N# #@@,SE## #@@|20
        Manchester||M# #@@,M## #@@|161
        Birmingham||B# #@@,B## #@@|121
        Leeds||LS# #@@,LS## #@@|113
        Glasgow||G# #@@,G## #@@|141
        Sheffield||S# #@@,S## #@@|114
        Bristol||BS# #@@|117
        Cardiff||CF## #@@|29
        Norwich||NR# #@@|1603
        York||YO## #@@|1904"""),
    "DE": _cities("""Berlin||10###,12###,13###|30
        Hamburg||20###,22###|40
        München||80###,81###|89
        Köln||50###,51###|221
        Frankfurt am Main||60###|69
        Stuttgart||70###|711
        Düsseldorf||40###|211
        Leipzig||04###|341
        Nürnberg||90###|911
        Münster||48###|251
        Würzburg||970##|931
        Freiburg im Breisgau||791##|761"""),
    "FR": _cities("""Paris||7500#,7501#|1
        Marseille||1300#|4
        Lyon||6900#|4
        Toulouse||31000,310##|5
        Nantes||44000,440##|2
        Strasbourg||67000,670##|3
        Besançon||25000|3
        Saint-Étienne||42000,420##|4"""),
    "ES": _cities("""Madrid||280##|91
        Barcelona||080##|93
        Valencia||460##|96
        Sevilla||410##|95
        Málaga||290##|95
        A Coruña||150##|981
        Cádiz||110##|956"""),
    "PL": _cities("""Warszawa||00-###,01-###,02-###|22
        Kraków||30-###,31-###|12
        Łódź||90-###|42
        Wrocław||50-###|71
        Poznań||60-###|61
        Gdańsk||80-###|58"""),
    "NL": _cities("""Amsterdam||10## @@|20
        Rotterdam||30## @@|10
        Utrecht||35## @@|30
        's-Gravenhage||25## @@|70
        Groningen||97## @@|50"""),
    "IE": _cities("""Dublin||D0# @#@#,D1# @#@#|1
        Cork||T12 @#@#|21
        Galway||H91 @#@#|91
        Dún Laoghaire||A96 @#@#|1"""),
    "IT": _cities("""Roma||001##|06
        Milano||201##|02
        Napoli||801##|081
        Torino||101##|011
        Forlì||471##|0543"""),
    "SE": _cities("""Stockholm||11# ##,118 ##|8
        Göteborg||41# ##|31
        Malmö||21# ##|40
        Umeå||90# ##|90"""),
    "CH": _cities("""Zürich||80##|44
        Genève||12##|22
        Basel||40##|61
        Lugano||69##|91"""),
    "AT": _cities("""Wien||10##,11##|1
        Graz||80##|316
        Linz||40##|732"""),
}

_ENGLISH_STREETS: Final = words(
    """Main Oak Maple Park Washington Cedar Elm Lake Hill Church River Spring Highland Mill Forest
    Chestnut Walnut Sunset Lincoln Jackson Meadow Franklin Jefferson Willow Pleasant Prospect
    Center Grove Station Victoria Orchard Birch Juniper Bridge Harbour Quarry Priory"""
)
_STREET_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "de": words(
        """Hauptstraße Schulstraße Gartenstraße Bahnhofstraße Dorfstraße Bergstraße
        Lindenstraße Birkenweg Kirchgasse Mühlenweg Rosenweg Goethestraße Schillerstraße
        Am_Markt Waldweg Ringstraße Friedhofsweg Amselweg Tannenweg Königsallee
        Brückenstraße"""
    ),
    "fr": words(
        """rue_de_la_République rue_Victor_Hugo avenue_Jean_Jaurès rue_de_l'Église
        place_du_Marché rue_Pasteur boulevard_Gambetta rue_des_Écoles rue_du_Moulin
        allée_des_Tilleuls chemin_des_Vignes rue_Émile_Zola quai_des_Brumes rue_Molière"""
    ),
    "es": words(
        """Calle_Mayor Calle_Real Avenida_de_la_Constitución Calle_del_Sol Plaza_España
        Calle_Nueva Calle_Cervantes Paseo_Marítimo Calle_San_José Calle_de_la_Fuente
        Ronda_del_Norte"""
    ),
    "pl": words(
        """ul._Polna ul._Leśna ul._Słoneczna ul._Krótka ul._Szkolna ul._Ogrodowa ul._Lipowa
        ul._Mickiewicza ul._Kościuszki al._Jana_Pawła_II ul._Łąkowa ul._Brzozowa"""
    ),
    "nl": words(
        """Kerkstraat Schoolstraat Molenweg Dorpsstraat Stationsweg Julianastraat Beatrixlaan
        Wilhelminastraat Nieuwstraat Prinsengracht Eikenlaan Lindelaan"""
    ),
    "it": words(
        """Via_Roma Via_Garibaldi Corso_Italia Via_Dante Via_Mazzini Piazza_del_Duomo
        Via_Verdi Viale_Europa Via_della_Libertà Via_San_Martino"""
    ),
    "sv": words(
        """Storgatan Kungsgatan Skolgatan Kyrkogatan Björkvägen Ängsvägen Södra_vägen
        Sjögatan Lindgatan Drottninggatan"""
    ),
}
_STREETS: Final = {
    language: Weighted.zipf(names, 0.5)
    for language, names in {**_STREET_NAMES, "en": _ENGLISH_STREETS}.items()
}
_US_KINDS: Final = ("St", "Ave", "Rd", "Dr", "Ln", "Blvd", "Ct", "Street", "Avenue")
_GB_KINDS: Final = ("Road", "Street", "Lane", "Close", "Avenue", "Gardens", "Crescent")
_POSTAL_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


def draw_postal_code(rng: Random, city: City) -> str:
    pattern = pick(rng, city.postal)
    return "".join(
        str(int(rng.random() * 10)) if sign == "#"
        else pick(rng, _POSTAL_LETTERS) if sign == "@"
        else sign
        for sign in pattern
    )  # fmt: skip


def draw_street_line(rng: Random, country: str, language: str) -> str:
    """A street with its number, in the order and with the flat the country is used to."""
    number = 1 + int(rng.random() ** 2 * (9800 if country == "US" else 180))
    street = _STREETS[language[:2]].draw(rng)
    if language.startswith("en"):
        kind = pick(rng, _US_KINDS if country == "US" else _GB_KINDS)
        line = f"{number} {street} {kind}"
        if chance(rng, 0.18):
            flat = between(rng, 1, 40)
            return f"{line}, Apt {flat}" if country == "US" else f"Flat {flat}, {line}"
        return line
    if language.startswith("fr"):
        return f"{number} {street}"
    suffix = pick(rng, "abc") if chance(rng, 0.06) else ""
    return f"{street} {number}{suffix}"
