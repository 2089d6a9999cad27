"""Personal information that is recognised by its form, by kind: numbers, addresses and names."""
