"""Words that come from anybody, shown to a person: names, answers, addresses."""


def harmless(text: str) -> str:
    """Write what steers a terminal, or is no character of XML, as an escape: names come from anybody."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
