"""Grounding: what a text states against the evidence it is said from (docs/grounding.md)."""

from api.language.grounding.families import CHANGE, NUMBER_KINDS, VALUES, Family, NumberKind, kind_of
from api.language.grounding.grounder import Grounder

__all__ = ["CHANGE", "NUMBER_KINDS", "VALUES", "Family", "Grounder", "NumberKind", "kind_of"]
