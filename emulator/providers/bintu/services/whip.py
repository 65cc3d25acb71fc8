"""Publishing from a browser. What is documented of it is not built here."""

from offair.contracts.contract import promise
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu.services.envelope import render

operation = Operations(promise("bintu").services["whip"])
SURFACE = Surface(operations=operation, render=render, cors=Cors())
