"""Family names by origin: a frequent head, and parts that compose a long tail of rarer ones.

All are our own lists. The tail keeps a million people from sharing a few hundred names.
"""

from __future__ import annotations

from typing import Final

from goldthread.demo_data.wordlists import words

FAMILY_NAMES: Final[dict[str, tuple[str, ...]]] = {
    origin: words(text)
    for origin, text in {
        "anglo": """Smith Johnson Williams Brown Jones Davis Miller Wilson Taylor Moore Anderson
            Jackson White Harris Martin Thompson Walker Young Allen King Wright Scott Hill Green
            Baker Adams Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards
            Collins Stewart Morris Rogers Reed Cook Morgan Bell Cooper Richardson Cox Howard Ward
            Peterson Gray Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross Henderson
            Coleman Jenkins Perry Powell Long Patterson Hughes Washington Butler Simmons Foster
            Griffin Hayes Fisher Reynolds Ellis Stone Marshall Webb Hunt Spencer Gardner Payne
            Atkinson Fletcher Hartley Thornton Bradshaw Holloway Pemberton Whitaker Abernathy""",
        "german": """Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann
            Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger
            Hofmann Hartmann Lange Krause Lehmann Köhler Maier König Walter Huber Kaiser Fuchs
            Scholz Möller Weiß Jung Hahn Vogel Keller Günther Frank Böhm Götz Grünwald Jäger""",
        "french": """Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon
            Laurent Lefebvre Michel Garcia Roux Fournier Girard Bonnet Dupont Lambert Fontaine
            Rousseau Chevalier Gauthier Perrin Clément Lefèvre Mercier Boyer Guérin Faure Barbier
            Renaud Béranger Delacroix Desmarais Pelletier Beaulieu""",
        "spanish": """García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín
            Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres
            Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina Morales Ortega Delgado Castro
            Ortiz Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés Castillo Peña Ibáñez""",
        "polish": """Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński
            Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk
            Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel
            Stępień Malinowski Górski Rutkowski Sikora Baran""",
        "turkish": """Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan
            Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Erdoğan Güneş Bulut
            Keskin Ünal Turan Güler Avcı""",
        "nordic": """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson
            Hansen Jensen Nielsen Pedersen Sørensen Rasmussen Jørgensen Lindberg Lindström Bergström
            Lundqvist Nyström Holmgren Åkesson Sandberg Berglund Korhonen Virtanen Mäkinen Nieminen
            Hämäläinen Haugen Solberg Bakke""",
        "vietnamese": "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
        "indian": """Sharma Patel Singh Kumar Gupta Reddy Shah Mehta Verma Joshi Iyer Nair Rao Desai
            Agarwal Banerjee Mukherjee Chatterjee Das Ghosh Kapoor Malhotra Chopra Bhatia Kaur
            Gill Sandhu Menon Pillai Krishnan Subramaniam Chaudhary Mishra Pandey Trivedi""",
        "italian": """Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno
            Gallo Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro
            Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo D'Angelo De_Luca Di_Stefano""",
        "dutch": """De_Jong Jansen De_Vries Van_den_Berg Bakker Van_Dijk Visser Smit Meijer De_Boer
            Mulder De_Groot Bos Vos Peters Hendriks Van_Leeuwen Dekker Brouwer De_Wit Dijkstra Smits
            De_Graaf Van_der_Meer Kok Jacobs Vermeulen Willems Hoekstra""",
        "irish": """Murphy Kelly O'Sullivan Walsh Smith O'Brien Byrne Ryan O'Connor O'Neill O'Reilly
            Doyle McCarthy Gallagher Doherty Kennedy Lynch Murray Quinn Moore McLaughlin Carroll
            Connolly Daly Connell Wilson Dunne Brennan Burke Collins FitzGerald Kavanagh""",
        "arabic": """Haddad Khoury Mansour Hassan Ibrahim Al-Sayed Abbas Saleh Nasser Hamdan Benali
            Bouazza Cherif Amrani Alaoui Idrissi El_Amin El_Khatib Farouk Qureshi Khan Malik Aziz
            Rahman Zaki Darwish""",
        "chinese": """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao
            Luo Zheng Liang Xie Tang Deng""",
    }.items()
}

#: origin -> (beginnings, endings); every pair is a family name of the tail.
COMPOSED_FAMILY_NAMES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    origin: (words(first), words(second))
    for origin, (first, second) in {
        "anglo": (
            """Ash Black Brad Brock Burn Cald Charl Clay Cros Dal Den East Fair Farn Gran Hal Ham
            Har Hather Hol Kings Lang Lock Long Mar Mid Nor Oak Pen Pres Rad Red Rock Rush Shel
            Sher Stan Strat Swan Thorn Wake Wal West Wex Whit Win Wood Worth Wyn""",
            "ton ford ley wood well by ham ridge field bury combe worth wick man shaw stead brook",
        ),
        "german": (
            """Alt Bach Berg Birken Brand Buch Dorn Eber Eichen Eisen Feld Gold Grün Hagen Hasel
            Heide Hirsch Holz Kirch Klee Kron Linden Löwen Neu Ober Reich Rosen Rot Schön Silber
            Stein Stern Stolz Tann Wald Weiden Wein Wild Winkel""",
            "berg mann meier thal hofer bauer stein feld bach müller brunner egger wald",
        ),
        "french": (
            """Beau Bel Bois Bon Boule Chante Char Champ Clair Cour Des Du Font Gran Haute La Le
            Mal Mont Per Pré Ri Roche Saint- Val Ville""",
            "champ mont val vert court ville pré bois marais lac rieu lande fort",
        ),
        "spanish": (
            """Agui Alba Are Ba Bel Cam Car Ca Cer Esco Fuen Gal Lago Mon Mora Pala Quin Sala Valde
            Villa""",
            "rrez lar nal tero vante viejo bar do dero longa randa rreal ñana zábal cín mayor",
        ),
        "polish": (
            """Adam Bara Bog Bor Brzo Bur Chmie Cie Dro Gaj Gła Jaro Kali Karp Lip Łoz Mal Ol Ost
            Rat Sob Wal Zal Żuk""",
            "owski iński ecki czyk czak ański ewicz owicz kowski",
        ),
        "turkish": (
            "Ak Al Ay Baş Boz Çam Demir Er Gök Gül Kara Kızıl Kor Öz Sarı Taş Tek Ulu Yeşil",
            "kaya soy oğlu çelik taş türk demir han dağ su er bulut",
        ),
        "nordic": (
            """Björk Dal Ek Engel Fager Fors Gran Hag Hed Käll Lager Lid Ljung Lund Norr Ros Sjö
            Skog Ström Sund Söder Wall""",
            "berg gren kvist lund ström mark holm dahl blom stedt man",
        ),
        "indian": (
            "Bala Chandra Deva Gopala Hari Jaya Krishna Maha Nara Rama Ravi Shiva Siva Vasu",
            "krishnan murthy raman swamy nathan subramanian moorthy lingam rajan sekhar",
        ),
        "italian": (
            """Bel Ben Bona Cala Campo Casa Castel Fab Gra Lom Mala Mont Pao Pelle Pie San Tra Vale
            Ver""",
            "lini zzi tti grini nelli rosso bianco tori vecchi nova rella santi",
        ),
        "dutch": (
            "Van_der_ Van_den_ Ver Te_ Ten_",
            """Linden Velden Heijden Broek Horst Laan Veen Wal Molen Beek Hoeven Steen Ploeg Bosch
            Werf""",
        ),
        "irish": (
            "Mc Mac O' Fitz Kil",
            """Donagh Cann Grath Mahon Inerney Govern Dermott Cormack Loughlin Hale Gowan Keever
            Namara""",
        ),
    }.items()
}
