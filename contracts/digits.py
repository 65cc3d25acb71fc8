"""Whole numbers as protocols write them: plain digits, and few enough to be one. Pure."""

LONGEST = 18  # digits; whatever is counted by them fits into 64 bits


def is_number(text: str) -> bool:
    """Say whether a text is a whole number, so that ``int`` reads it.

    ``str.isdigit`` lets through what that does not read: a superscript two, and five thousand nines.
    """
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST
