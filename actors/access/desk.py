"""The desk of access: the runtime's, with what its rules know from the settings."""

from actors.access.terms import Terms
from actors.runtime import desk

Desk = desk.Desk[Terms]
