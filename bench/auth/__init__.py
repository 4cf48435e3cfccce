"""What asking for keys costs, and whether the time of a refusal tells anything of them."""
