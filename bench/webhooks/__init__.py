"""How soon healthy endpoints hear of an event while others are slow, broken or hostile."""
