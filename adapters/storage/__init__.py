"""The store on SQLite: tables, transactions, and the core's ports on top of them."""

from __future__ import annotations

from adapters.storage.lock import StoreLocked
from adapters.storage.store import Store, open_store

__all__ = ["Store", "StoreLocked", "open_store"]
