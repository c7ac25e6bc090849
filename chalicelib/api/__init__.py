"""HTTP: one package per published dialect over the same core."""
