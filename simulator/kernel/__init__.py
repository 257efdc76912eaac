"""The compiled engine: all customers between two events of the firms' calendar in one call."""
