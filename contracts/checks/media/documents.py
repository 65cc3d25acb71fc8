"""XML as a manifest is written in: read by a parser, with its namespaces, and without what could grow or call out."""

from xml.etree import ElementTree as ET
from xml.parsers import expat

Element = ET.Element

BETWEEN = "}"  # what the parser puts between a namespace and a name


class UnfitError(ValueError):
    """The text is no XML, or none that a manifest may be."""


def parse(body: bytes) -> Element:
    """Read a document; raise UnfitError. Names lose the namespace of the root, what is of another one is left out.

    A document type declaration is refused where it stands, before any entity of it could be used; one that a comment
    speaks of is none.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=BETWEEN)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the parser takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise error if isinstance(error, UnfitError) else UnfitError(f"is no XML: {error}") from error
    if builder.root is None:
        raise UnfitError("is no XML: there is no element")
    return builder.root


def root_of(body: bytes) -> str | None:
    """Find the name of a document's first element, even if it breaks off later; None where there is none."""
    found: list[str] = []

    def note(name: str, *_: object) -> None:
        found.append(name.rpartition(BETWEEN)[2])
        raise UnfitError("the rest is of no interest")

    parser = expat.ParserCreate(namespace_separator=BETWEEN)
    parser.StartElementHandler = parser.StartDoctypeDeclHandler = note
    try:
        parser.Parse(body, True)  # noqa: FBT003 - as above
    except (expat.ExpatError, ValueError, LookupError):
        return found[0] if found else None
    return None


def _refuse(*_: object) -> None:
    raise UnfitError("has a document type declaration, which no manifest needs")


class _Builder:
    """Puts elements together; those of a foreign namespace are left out, with all that is in them."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._space = ""
        self._open: list[Element] = []
        self._foreign = 0  # how deep within an element that is left out

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(BETWEEN)
        if self.root is None:
            self._space = space
        if self._foreign or space != self._space:
            self._foreign += 1
            return
        element = Element(local, attributes)
        if self._open:
            self._open[-1].append(element)
        self.root = element if self.root is None else self.root
        self._open.append(element)

    def end(self, _name: str) -> None:
        if self._foreign:
            self._foreign -= 1
        else:
            self._open.pop()

    def text(self, words: str) -> None:
        if self._foreign or not self._open:
            return
        element = self._open[-1]
        if len(element) == 0:
            element.text = (element.text or "") + words
