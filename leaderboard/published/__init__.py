"""The paper's tables, as data: CSV files as printed, with their source and their known faults."""
