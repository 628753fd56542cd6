"""Names for invented people, in groups that records spell unlike each other, and the short forms of some.

Given and family names are drawn apart, so that whoever bears the same name is met by accident.
"""

from __future__ import annotations

from typing import NamedTuple


class NameGroup(NamedTuple):
    """A group of names: its share of families, girls' and boys' names, family names."""

    id: str
    share: float
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GROUPS = (
    NameGroup(
        "british", 0.70,
        _words("Amelia Olivia Katherine Elizabeth Margaret Rebecca Charlotte Emily Sophie Chloe"
               " Grace Lucy Hannah Jessica Victoria Alexandra Rosemary Susan Jennifer Samantha"
               " Abigail Isabella Eleanor Molly Ruby Daisy Phoebe Harriet Poppy Freya Lauren"
               " Kimberley Natalie Bethany Georgia Zoe Paige Leanne"),
        _words("Oliver Jack Harry William Thomas James Robert Michael Christopher Daniel Matthew"
               " Andrew Joseph Benjamin Samuel Alexander Edward Anthony Jonathan Nicholas Joshua"
               " Callum Ryan Liam Connor Jake Kieran Dylan Mason Logan Tyler Lewis Nathan Reece"
               " Stephen Gareth Craig Dean"),
        _words("Ashdown Barrowby Carfax Dunsmore Elwood Fairley Garston Hexley Ingleby Jarvison"
               " Kettleby Langwith Marsden Norrish Oakley Penhallow Quarmby Ridsdale Stallard"
               " Thackwell Underhay Varley Wetherby Yardley Armitage Bickerton Colthorpe Denholm"
               " Eastwell Fenwright Goodridge Hallam Ibbotson Kirkham Lomax Midgley Nettleton Ormsby"
               " Prestwich Rawlins Sharrock Tunstall Ullathorne Wainfleet"),
    ),
    NameGroup(
        "polish", 0.08,
        _words("Agnieszka Katarzyna Małgorzata Zofia Julia Maja Aleksandra Natalia Wiktoria Oliwia"
               " Joanna Ewa"),
        _words("Krzysztof Tomasz Paweł Michał Jakub Szymon Mateusz Łukasz Piotr Wojciech Kacper"
               " Stanisław"),
        _words("Kowalewski Zielonkowski Wiśniecki Dąbrowiecki Lewandak Wójcikiewicz Kamieński"
               " Szymczyński Jaworowski Piotrzak Głowiński Wróblak"),
    ),
    NameGroup(
        "south_asian", 0.11,
        _words("Aisha Fatima Zainab Maryam Ayesha Sana Nadia Priya Anjali Sumaiya Rukhsana Tahmina"),
        _words("Mohammed Muhammad Imran Bilal Hamza Yusuf Arjun Rohan Tariq Ibrahim Kamran Shahid"),
        _words("Hussaini Chaudhri Rahimi Begumzada Akhtari Malikson Patelar Sharmani Qureshani"
               " Islamov Miahan Siddiqan"),
    ),
    NameGroup(
        "romanian", 0.04,
        _words("Andreea Ioana Elena Mihaela Alina Cristina Raluca Daria"),
        _words("Andrei Ionuț Mihai Alexandru Ștefan Bogdan Cătălin Vlad"),
        _words("Popescanu Ionescovici Dumitrean Stănculea Munteanescu Rădulica Constantinu Florescan"),
    ),
    NameGroup(
        "west_african", 0.04,
        _words("Abena Adaeze Folake Ngozi Yetunde Akosua Chiamaka Blessing"),
        _words("Kwame Chinedu Oluwaseun Kofi Emeka Tunde Ifeanyi Babajide"),
        _words("Okonkwor Adeyemola Mensahene Boatengi Nwosuke Owusuaa Balogunde Asantewe"),
    ),
    NameGroup(
        "arabic", 0.03,
        _words("Layla Noor Yasmin Salma Huda Rania"),
        _words("Omar Khalid Mahmoud Karim Hassan Youssef"),
        _words("Al-Hadari Haddadin El-Masrawi Khourian Al-Janabir Najjarin"),
    ),
)  # fmt: skip

SHORT = {
    "Katherine": ("Kate", "Katie", "Kathy"), "Elizabeth": ("Liz", "Beth", "Lizzie"), "Margaret": ("Maggie",),
    "Rebecca": ("Becky",), "Charlotte": ("Lottie", "Charlie"), "Victoria": ("Vicky",), "Alexandra": ("Alex",),
    "Susan": ("Sue",), "Jennifer": ("Jenny", "Jen"), "Samantha": ("Sam",), "Abigail": ("Abbie",),
    "Isabella": ("Bella", "Izzy"), "Eleanor": ("Ellie",), "Kimberley": ("Kim",), "Natalie": ("Nat",),
    "Bethany": ("Beth",), "Jessica": ("Jess",), "Oliver": ("Ollie",), "William": ("Will", "Bill", "Liam"),
    "Thomas": ("Tom",), "James": ("Jim", "Jamie"), "Robert": ("Rob", "Bob", "Bobby"), "Michael": ("Mike",),
    "Christopher": ("Chris",), "Daniel": ("Dan", "Danny"), "Matthew": ("Matt",), "Andrew": ("Andy",),
    "Joseph": ("Joe",), "Benjamin": ("Ben",), "Samuel": ("Sam",), "Alexander": ("Alex", "Sandy"),
    "Edward": ("Ted", "Eddie"), "Anthony": ("Tony",), "Jonathan": ("Jon",), "Nicholas": ("Nick",),
    "Joshua": ("Josh",), "Stephen": ("Steve",), "Katarzyna": ("Kasia",), "Małgorzata": ("Gosia",),
    "Agnieszka": ("Aga",), "Aleksandra": ("Ola",), "Krzysztof": ("Krzys",), "Jakub": ("Kuba",),
    "Mohammed": ("Mo", "Mohamed", "Muhammad"), "Muhammad": ("Mohammed", "Mohammad"), "Ayesha": ("Aisha",),
    "Alexandru": ("Alex",), "Oluwaseun": ("Seun",), "Ifeanyi": ("Ify",), "Babajide": ("Jide",),
}  # fmt: skip

STREETS = _words(
    "Alder Barley Candle Dapple Ember Fallow Glover Harbour Ivory Jasmine Kiln Lantern Mallow Nettle"
    " Orchard Pewter Quarry Rowan Saffron Tallow Umber Velvet Willow Yarrow Bracken Cobble Drover Feather"
    " Granary Heather"
)
WAYS = ("Street", "Road", "Close", "Avenue", "Lane", "Terrace", "Court", "Drive")
