"""Flask glue without a domain."""
