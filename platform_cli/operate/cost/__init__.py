"""What a system costs: by its blueprint and a profile of its use, by its metrics, by the bill.

In: a resolved environment, a usage profile, prices with their source and date; clients where AWS is
asked. Out: estimates, differences, bills and advice. Never: a price or a figure of use that nobody gave.
"""
