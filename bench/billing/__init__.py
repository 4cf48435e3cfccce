"""How fast what falls due is invoiced."""
