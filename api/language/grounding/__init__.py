"""Grounding: what a text states against the evidence it is said from (docs/grounding.md)."""

from api.language.grounding.families import CHANGE, VALUES, Family, NumberKind, kind_of
from api.language.grounding.verifier import Checked, Verifier

__all__ = ["CHANGE", "VALUES", "Checked", "Family", "NumberKind", "Verifier", "kind_of"]
