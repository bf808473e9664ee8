"""Given names by origin, most frequent first: a name's place in our own list is its weight."""

from __future__ import annotations

from typing import Final

from goldthread.demo_data.wordlists import words

_WOMEN: Final = {
    "anglo": """Mary Jennifer Elizabeth Sarah Jessica Emily Emma Olivia Margaret Susan Laura Rebecca
        Amanda Rachel Victoria Charlotte Amelia Hannah Grace Katherine Patricia Deborah Stephanie
        Samantha Abigail Madison Natalie Chloe Sophie Lucy Alice Eleanor Ruth Judith Pamela Brenda
        Tiffany Kimberly Heather Melissa Nicole Danielle Bethany Gemma Harriet Imogen Georgia Paige
        Brooke Hazel Violet Ivy Audrey Claire Vivian Autumn Savannah Destiny Kayla Morgan""",
    "german": """Anna Julia Sabine Katharina Lena Claudia Petra Monika Susanne Andrea Birgit Lea
        Johanna Franziska Ursula Heike Stefanie Nadine Jana Greta Frieda Mathilda Anneliese Bärbel
        Jördis Silke Antje Wiebke Käthe Tanja Ulrike Elke Marlene Hildegard Svenja Kerstin""",
    "french": """Camille Marie Léa Chloé Manon Sophie Isabelle Nathalie Élodie Céline Aurélie Océane
        Juliette Margaux Hélène Françoise Brigitte Sylvie Amélie Clémence Inès Mathilde Noémie
        Geneviève Solène Capucine Maëlys Bérénice Agathe Valérie""",
    "spanish": """María Carmen Ana Isabel Laura Lucía Paula Elena Marta Sofía Valentina Gabriela
        Alejandra Daniela Mariana Ximena Guadalupe Rocío Pilar Dolores Inés Beatriz Raquel Noelia
        Itziar Consuelo Verónica Yolanda Fernanda Esperanza Mónica Ángela""",
    "polish": """Anna Katarzyna Małgorzata Agnieszka Barbara Ewa Magdalena Joanna Zofia Zuzanna
        Aleksandra Natalia Karolina Dorota Grażyna Halina Jadwiga Bożena Wiktoria Oliwia Kinga
        Justyna Elżbieta Beata Iwona Łucja""",
    "turkish": """Fatma Ayşe Emine Hatice Zeynep Elif Merve Büşra Esra Özlem Gülsüm Şeyma Derya
        Sevgi Nur Ebru Çiğdem Tuğba Pınar Hülya Yasemin Gökçe Melike Aslı Selin Defne""",
    "nordic": """Anna Ingrid Astrid Maja Freja Sofie Karin Birgitta Elsa Linnéa Åsa Sigrid Solveig
        Kirsten Mette Hanne Bente Signe Saga Ebba Frida Märta Tove Gunilla Þóra Aino Liisa Kaisa""",
    "vietnamese": """Linh Hương Lan Mai Ngọc Thảo Trang Phương Hà Yến Vy My Nhung Hạnh Thủy Quỳnh
        Dung Châu Tuyết Xuân Diễm Loan Thanh Hồng""",
    "indian": """Priya Anjali Pooja Neha Kavita Sunita Divya Deepika Lakshmi Ananya Aishwarya Shreya
        Meera Radhika Swati Nisha Rekha Geeta Asha Padma Ritu Sneha Tanvi Ishita Harpreet Gurleen
        Jaspreet Vidya Usha Sangeeta""",
    "italian": """Giulia Francesca Chiara Sara Martina Valentina Alessia Elisa Federica Silvia Paola
        Giovanna Rosa Ginevra Beatrice Aurora Lucia Caterina Ilaria Serena Nicoletta Ornella
        Graziella Donatella""",
    "dutch": """Sanne Emma Anouk Lotte Femke Marieke Johanna Maaike Willemijn Fleur Roos Saskia Ilse
        Hendrika Wilhelmina Esmée Jacqueline Annemarie Tess Noor Evi Lieke Mirjam Yvonne""",
    "irish": """Aoife Ciara Niamh Sinéad Siobhán Orla Róisín Caoimhe Gráinne Deirdre Maeve Bridget
        Nora Eileen Fiona Kathleen Clodagh Áine Saoirse Maureen Sheila Noreen Colleen Una""",
    "arabic": """Fatima Aisha Layla Yasmin Nour Amira Khadija Salma Zainab Hiba Rania Samira Huda
        Noura Mariam Dina Farah Leila Sara Imane Soukaina Ghada Nadia Rasha""",
    "chinese": """Wei Li Fang Xiuying Na Jing Yan Min Xia Juan Ying Hui Mei Lan Qing Xin Yu Ting
        Shan Jiayi Yuxin Zihan Meiling Xue""",
}
_MEN: Final = {
    "anglo": """James John Robert Michael William David Thomas Daniel Christopher Matthew Andrew
        Joseph Charles Richard Edward Benjamin Samuel Anthony Steven Joshua Nicholas Jonathan Ryan
        Alexander Timothy Gregory Patrick Kenneth Donald Ronald Jeffrey Nathan Jacob Ethan Noah
        Logan Oliver George Harry Jack Oscar Henry Frederick Theodore Albert Walter Douglas Raymond
        Dennis Lawrence Philip Peter Simon Graham Nigel Trevor Dylan Tyler Austin Mason Hunter""",
    "german": """Thomas Michael Andreas Stefan Peter Wolfgang Klaus Jürgen Maximilian Lukas Leon
        Felix Paul Jonas Sebastian Tobias Florian Matthias Günther Heinz Rüdiger Jörg Björn Uwe
        Dieter Holger Sven Torsten Friedrich Karl Ludwig Götz Malte Henrik Bastian Moritz""",
    "french": """Jean Pierre Michel Nicolas Julien Thomas Antoine Guillaume François Sébastien
        Jérôme Frédéric Étienne Benoît Mathieu Hugo Léo Théo Raphaël Gaël Loïc Olivier Laurent
        Philippe Bernard Rémi Stéphane Cédric Thibault Yannick Aurélien""",
    "spanish": """José Antonio Manuel Francisco Juan David Carlos Javier Miguel Jesús Luis Alejandro
        Pablo Diego Sergio Andrés Álvaro Rubén Ramón Joaquín Héctor Óscar Iván Adrián Gonzalo
        Santiago Mateo Ricardo Eduardo Fernando Ignacio Martín Raúl""",
    "polish": """Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Jakub Łukasz Grzegorz Adam
        Mateusz Wojciech Kamil Szymon Bartosz Zbigniew Stanisław Sławomir Mirosław Rafał Jarosław
        Kacper Filip Dawid Maciej Wacław""",
    "turkish": """Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Murat Ömer Yusuf Emre Oğuz Burak
        Serkan Hakan Volkan Çağlar Barış Uğur Tolga Kerem Onur Fatih Selçuk Umut Deniz""",
    "nordic": """Lars Erik Anders Johan Karl Per Nils Jan Mikael Oskar Axel Emil Søren Jørgen Bjørn
        Håkan Göran Åke Magnus Henrik Mads Rasmus Knut Leif Olav Mikko Jukka Pekka Tapio Sigurd""",
    "vietnamese": """Minh Anh Hùng Dũng Tuấn Nam Long Quang Hải Đức Thành Phúc Khánh Huy Bảo Duy
        Tâm Sơn Cường Việt Hoàng Kiên Trung Đạt""",
    "indian": """Rahul Amit Raj Sanjay Vijay Arjun Rohan Vikram Suresh Ramesh Anil Sunil Rajesh
        Karthik Aditya Krishna Ravi Manoj Deepak Ashok Gurpreet Harjit Manpreet Imran Naveen
        Pradeep Siddharth Varun Nikhil Venkatesh""",
    "italian": """Marco Giuseppe Giovanni Antonio Luca Andrea Francesco Alessandro Matteo Lorenzo
        Davide Stefano Roberto Paolo Salvatore Vincenzo Nicolò Gianluca Fabrizio Massimo Enrico
        Domenico Emanuele Riccardo""",
    "dutch": """Jan Pieter Johannes Daan Sem Bram Lars Thijs Jeroen Maarten Bas Sander Wouter Joost
        Willem Hendrik Cornelis Gerrit Ruben Niels Floris Jurriën Koen Sjoerd""",
    "irish": """Seán Patrick Liam Conor Cian Oisín Eoin Declan Brendan Colm Fergus Niall Ronan
        Padraig Kieran Diarmuid Finn Cormac Donal Brian Kevin Rory Eamon Tadhg""",
    "arabic": """Mohamed Ahmed Omar Youssef Ali Hassan Karim Khalid Mahmoud Ibrahim Mustafa Samir
        Tariq Bilal Hamza Rachid Nabil Walid Adel Faisal Anwar Ziad Rami Mehdi""",
    "chinese": """Wei Jun Ming Hao Lei Yang Tao Qiang Bin Peng Jian Feng Gang Hui Bo Long Kai Chen
        Yi Zhen Rui Xiang Haoran Yifan""",
}

#: (origin, gender) -> names; gender is "f" or "m".
GIVEN_NAMES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    **{(origin, "f"): words(text) for origin, text in _WOMEN.items()},
    **{(origin, "m"): words(text) for origin, text in _MEN.items()},
}

#: What people are called instead; several spellings a name, none of them surprising.
NICKNAMES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(short.split("/"))
    for name, short in (
        pair.split("=")
        for pair in words("""Robert=Bob/Rob/Bobby William=Bill/Will/Billy James=Jim/Jimmy/Jamie
        John=Jack/Johnny Michael=Mike/Mick Thomas=Tom/Tommy Daniel=Dan/Danny
        Christopher=Chris/Kit Matthew=Matt Andrew=Andy/Drew Joseph=Joe/Joey
        Charles=Charlie/Chuck Richard=Rick/Dick/Rich Edward=Ed/Ted/Eddie Benjamin=Ben
        Samuel=Sam Anthony=Tony Steven=Steve Joshua=Josh Nicholas=Nick Jonathan=Jon
        Alexander=Alex/Xander Timothy=Tim Gregory=Greg Patrick=Pat/Paddy Kenneth=Ken
        Donald=Don Ronald=Ron Jeffrey=Jeff Nathan=Nate Jacob=Jake Lawrence=Larry
        Frederick=Fred/Freddie Theodore=Theo/Ted Albert=Al/Bert Walter=Walt Douglas=Doug
        Raymond=Ray Philip=Phil Peter=Pete Henry=Harry/Hank David=Dave/Davey Oliver=Ollie
        Mary=Molly/Polly Jennifer=Jen/Jenny Elizabeth=Liz/Beth/Betsy/Eliza Jessica=Jess
        Emily=Em Margaret=Maggie/Peggy/Meg Susan=Sue/Susie Rebecca=Becky/Becca
        Amanda=Mandy Rachel=Rae Victoria=Vicky/Tori Charlotte=Charlie/Lottie Amelia=Millie
        Katherine=Kate/Kathy/Katie Patricia=Pat/Patty/Trish Deborah=Debbie/Deb
        Stephanie=Steph Samantha=Sam Abigail=Abby Natalie=Nat Eleanor=Ellie/Nell
        Pamela=Pam Kimberly=Kim Melissa=Mel Danielle=Dani Bethany=Beth Katharina=Kathi
        Johanna=Hanna/Jo Franziska=Franzi Susanne=Susi Sabine=Bine Maximilian=Max
        Sebastian=Basti Wolfgang=Wolf Matthias=Matze Tobias=Tobi Stefanie=Steffi
        Friedrich=Fritz Nicolas=Nico Guillaume=Guigui Sébastien=Seb Mathieu=Mat Élodie=Elo
        José=Pepe Francisco=Paco/Fran Manuel=Manolo Antonio=Toni Jesús=Chus Dolores=Lola
        Consuelo=Chelo Guadalupe=Lupe Alejandra=Ale Alejandro=Alex Eduardo=Edu
        Ignacio=Nacho Krzysztof=Krzysiek Katarzyna=Kasia Małgorzata=Gosia Agnieszka=Aga
        Tomasz=Tomek Aleksandra=Ola Magdalena=Magda Joanna=Asia Jakub=Kuba Piotr=Piotrek
        Mehmet=Memo Mustafa=Mısto İbrahim=İbo Vijay=Vij Siddharth=Sid Aishwarya=Aish
        Giuseppe=Peppe/Beppe Giovanni=Gianni Francesca=Franci Alessandro=Ale/Sandro
        Salvatore=Totò Hendrik=Henk Cornelis=Cees Wilhelmina=Mina Johannes=Hans
        Siobhán=Shiv Kathleen=Kath Bridget=Bridie Mikael=Micke Karl=Kalle Johan=Janne
        Mohamed=Mo Youssef=Joe""")
    )
}
