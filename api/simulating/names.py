"""Names of people who do not exist: given names in use, and family names put together from syllables."""

from random import Random
from typing import NamedTuple


class Region(NamedTuple):
    """How people are named in a region of the WCO, and the languages that its workshops are held in."""

    languages: str
    given: str
    starts: str
    middles: str
    ends: str


# fmt: off
_AFRICA = Region(
    "fr fr en pt",
    "Abdou Adama Aïcha Aminata Amadou Awa Bakary Binta Chidi Désiré Efua Fanta Fatou Folasadé Gisèle Hawa Ibrahima "
    "Idrissa Kofi Kwabena Lamine Mariama Moussa Ngozi Ousmane Rokia Salimata Séverin Sékou Yaw Zéphyrin Zoé",
    "Ba Bou Cou Da Dé Fo Ga Kei Ko Kou Ma Mba N’Da N’Go Nga Ndi Ou Sa Sé Ta Tou Wa Ya Zon",
    "ba da dé fa go gui ka lé lou ma mé mo na ré sa sou ta ya za",
    "bo bou dé di dou go ké ko la lé li ma na né ra ré ri sso té ya",
)
_SOUTH = Region(
    "en en fr pt",
    "Abebe Amina Beatrice Chipo Farai Grace Hamisi Jabulani Juma Lerato Lindiwe Makena Mandla Naledi Neema Nyambura "
    "Onalenna Palesa Rado Ruth Sipho Tadesse Tendai Thabo Themba Tsholofelo Vololona Wanjiru Zanele",
    "Ba Che Chi Di Gi Ka Ki Le Ma Mo Mu Mwa Na Nda Ngo Nja Nko Nya Ra Sho Si Ta Wa Za",
    "bu da ka ki la le lo ma mba mo mu na ndi ngo nya ra re sa ti wa",
    "ba be di ga ji ka ki la le lo mbe na ndo ne ngo ni ri sa si zi",
)
_ARAB = Region(
    "ar fr fr en",
    "Abdelkader Ahmed Amal Amina Anouar Bouchra Fadwa Farid Fouad Ghada Hicham Hind Imane Karim Khadija Laïla Leïla "
    "Mehdi Mounir Nabil Nadia Omar Rachid Rania Salma Samir Tarek Walid Yasmine Youssef Zineb",
    "Al-Ba Al-Ha Ben Bou El-Ka El-Ma Fa Gha Ha Ja Ka Kha La Ma Na Ra Sa Ta Tou Za",
    "a ba da di fi ha ji ka la li ma mi na ra ri sa sse ta wa zi",
    "ane di di ed fi i ine ir ji li mi oui oud ra ri ssi ti wi zi zou",
)
_ASIA = Region(
    "en en en fr",
    "Ananda Anh Arjun Aroha Bao Chandra Dewi Farhan Hana Indira Jae-won Kamala Lakshmi Linh Mei Min-ji Nadeem Nguyên "
    "Priya Putri Rahul Ratna Sione Siti Somchai Sunita Suresh Tevita Thanh Yuki Yuna",
    "An Ba Cha Chi Da Fu Ga Ha Ka Ki Kho La Ma Mi Na Pa Phu Ra Sa Shi Si Su Ta Tha Vi Wa",
    "cha da di ga ha ka ko la ma mi mu na pa ra ri sa shi ta to ya",
    "da han ji ka ko la ma mi mura na ni no pan ra rat san shi ta wan yan",
)
_AMERICA = Region(
    "es es en fr",
    "Adriana Alejandro Beatriz Camila Carlos Cecília Diego Esteban Fabiola Gabriela Héctor Inés Isabel João Joaquín "
    "Juliana Lucía Luís Marisol Mateo Mónica Paulo Rafaela Raúl Renée Santiago Sofía Teresa Tomás Ximena",
    "Al Ba Be Ca Car Co Del Du Es Fer Gar Her La Li Ma Men Mon Na Or Pe Qui Ra Ro Sa So To Val Ve Za",
    "ba ca da de do la le li lo ma me na ra re ri ro sa ta ve vi",
    "ales bal bar ces dez do ga gas lano les lla mos nez nho ra rez ro sco tes va",
)
_EUROPE = Region(
    "fr en en fr",
    "Agnès Andrzej Aurélie Björn Brigitte Chloé Dagmar Élise Étienne Eszter Giulia Hélène Ilse Ivana Jürgen Katarzyna "
    "Loïc Lukáš Maëlle Marek Noël Nuala Ondřej Pádraig Øyvind Renske Siân Søren Špela Tiina Věra Zsófia",
    "Al Bar Ber Bran Cor Dal Den Dom Fal Fer Gal Hal Her Jan Kal Kor Lam Lin Mar Mor Nor Ol Per Ros San Tor Van Wal",
    "a be ce de di e ga go i ka le li lo ma mi na o ra ri ta ve",
    "bach dal det ec er fors gren ier ini kov lund mann nat nell ová ot sen ski tier vic ya",
)
# fmt: on
REGIONS = {
    "West and Central Africa": _AFRICA,
    "East and Southern Africa": _SOUTH,
    "North of Africa, Near and Middle East": _ARAB,
    "Far East, South and South East Asia, Australasia and the Pacific Islands": _ASIA,
    "South America, North America, Central America and the Caribbean": _AMERICA,
    "Europe": _EUROPE,
}
"""By the name of the region in the list of the members."""
COMPOUND = 0.08  # of people have two family names
ONE_NAME = 0.01  # have a single name


def given_name(random: Random, region: Region) -> str:
    """Return a given name of a region; for a few people, none."""
    return "" if random.random() < ONE_NAME else random.choice(region.given.split())


def family_name(random: Random, region: Region) -> str:
    """Return an invented family name: some thousands a region, and more with compound ones."""
    name = "".join(random.choice(part.split()) for part in (region.starts, region.middles, region.ends))
    return f"{name}-{family_name(random, region)}" if random.random() < COMPOUND else name
