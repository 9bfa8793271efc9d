"""What can go wrong with a case folder; every message is one plain line."""

from __future__ import annotations


class StoreError(Exception):
    """The folder, a case or an archive cannot be used as asked."""


class WrongKey(StoreError):
    """The passphrase or key file does not open this folder, or one is needed."""


class OnHold(StoreError):
    """Done, but for the deletion, which waits for the end of a legal hold."""


class Damaged(StoreError):
    """Stored bytes are not what was written."""


class KeyGone(StoreError):
    """The key was destroyed: what it sealed is deleted, whatever bytes are left."""
