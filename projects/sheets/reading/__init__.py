"""What other offices write into cells: numbers, money, days."""
