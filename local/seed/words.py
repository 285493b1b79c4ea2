"""The words that people and places are made of. Nobody in the directory exists."""

GIVEN_NAMES = (
    "Abena", "Adèle", "Aiko", "Alastair", "Amara", "Anders", "Anouk", "Ariadne", "Bao", "Beatriz", "Callum", "Camille",
    "Chidi", "Clémence", "Dalia", "Darius", "Eilidh", "Elio", "Emeka", "Esther", "Farah", "Fiona", "Gaspard", "Goran",
    "Hana", "Hugo", "Ilse", "Imran", "Ines", "Isaac", "Jaspreet", "Joon", "Kalinda", "Keisha", "Lachlan", "Leila",
    "Lucien", "Maëlle", "Malik", "Marisol", "Mei", "Milan", "Nadia", "Niamh", "Noor", "Odette", "Olek", "Oriane",
    "Pilar", "Priya", "Quentin", "Rafael", "Rania", "Rowan", "Sakura", "Samir", "Siobhan", "Soren", "Tadeo", "Tamsin",
    "Thandi", "Umar", "Valérie", "Viktor", "Wanjiru", "Xavier", "Yara", "Yusuf", "Zadie", "Zofia",
)  # fmt: skip
FAMILY_NAMES = (
    "Abara", "Achterberg", "Almeida", "Arsenault", "Bálint", "Beaulieu", "Bergström", "Bhandari", "Calloway", "Castell",
    "Cheung", "Dabrowski", "Delacroix", "Dlamini", "Eastwood", "Ekström", "Falardeau", "Ferreira", "Gagnon-Roy",
    "Ghorbani", "Halloran", "Haddadi", "Ibarra", "Ishikawa", "Jankowski", "Kaur Dhillon", "Kowalczyk", "Lachance",
    "Lindqvist", "MacInnes", "Mbeki", "Moreau", "Nakamura", "Nwosu", "O'Dowd", "Okonjo", "Pelletier", "Petrov", "Quill",
    "Rahimi", "Rosenthal", "Sandoval", "Sinclair", "St-Amour", "Tanaka", "Thistlewood", "Tremaine", "Ueda", "Vasquez",
    "Villeneuve", "Whitlock", "Wójcik", "Yilmaz", "Zielinski",
)  # fmt: skip
