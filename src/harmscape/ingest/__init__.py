"""Floor 2: files read, checked row by row, and compared with the ledger."""
