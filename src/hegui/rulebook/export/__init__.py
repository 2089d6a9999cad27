"""The rulebook in the formats of others: OSCAL, CISO Assistant, spreadsheets, plain JSON.

Pure functions of the rulebook: the same rulebook gives the same bytes. Every format marks what is
unverified and says how much of it there is.
"""
