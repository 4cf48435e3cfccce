"""The desk of notifications: the runtime's, with what its rules know from the settings."""

from actors.notifications.terms import Terms
from actors.runtime import desk

Desk = desk.Desk[Terms]
