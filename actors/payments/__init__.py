"""The payments actor: takes money through a provider and tells what became of it."""
