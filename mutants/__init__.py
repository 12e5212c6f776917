"""Mutation testing of the rules: docs/decisions/0011-mutants.md."""
