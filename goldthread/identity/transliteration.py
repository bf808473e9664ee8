"""Names in Latin letters without accents, so that spellings of one name meet."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a Latin letter and an accent.
LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфхъыэіїєґў", "abvgdeziyklmnoprstufh_yeiyegu", strict=True)),
    **{"ё": "e", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"},
    **{"ь": "", "ъ": "", "\u0458": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz"},
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    **{"θ": "th", "χ": "ch", "ψ": "ps"},
    **{"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"},
    **{"ı": "i", "ħ": "h", "ŋ": "n"},
}


def transliterate(text: str) -> str:
    """Lower-case Latin letters for one name; what has no Latin counterpart stays as it is."""
    lower = unicodedata.normalize("NFC", text.lower()).replace("ий", "й").replace("ый", "й")
    spelled = "".join(LETTERS.get(letter, letter) for letter in lower)
    decomposed = unicodedata.normalize("NFKD", spelled)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    # Some letters lose their accent first (Greek ά) and are spelled only then.
    return "".join(LETTERS.get(letter, letter) for letter in plain)
