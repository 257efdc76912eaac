"""The clock: from a scenario to a ledger of where demand went."""
