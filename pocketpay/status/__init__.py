"""How all is: every process, the money and the switches, the worst first, with what to type next."""
