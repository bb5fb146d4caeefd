"""How a lecturer writes: symbols, index order, signs."""
