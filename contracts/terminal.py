"""Words that come from anybody, shown to a person: names, answers, addresses."""


def beginning(text: str, most: int) -> str:
    """Give a text of at most so many characters itself, and of a longer one the beginning, marked as that."""
    return text if len(text) <= most else f"{text[:most]}…"


def harmless(text: str) -> str:
    """Write what steers a terminal, or is no character of XML, as an escape: names come from anybody."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
