"""Captions of a stream: what was chosen. Nothing here is transcribed."""

from dataclasses import dataclass

from offair.emulator.providers.bintu import catalogue
from offair.emulator.providers.bintu.catalogue import Declined


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """From which language into which others, and what is to listen."""

    source: str
    targets: tuple[str, ...] = ()
    engine: str | None = None


def check(captions: Captions, *, is_booked: bool, own_language: bool, name: str) -> None:
    """Let captions pass that can be made; Declined for the source's own language in any variant.

    ``name`` is what the error calls the parameter.
    """
    if not is_booked:
        raise Declined(catalogue.NO_CAPTIONS)
    if not own_language and any(_language(target) == _language(captions.source) for target in captions.targets):
        raise Declined(catalogue.WRONG_TYPE, parameter=name, type="language")


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()
