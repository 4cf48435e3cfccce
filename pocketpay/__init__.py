"""The launcher: the `pocketpay` command, its settings, the embedded servers, and what keeps all running."""
