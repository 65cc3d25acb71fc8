"""The toy: a small cloud with one of each thing that the form knows."""

from toycloud.provider import PROVIDER

__all__ = ["PROVIDER"]
