"""Flask glue without a domain: access, errors, language, filters, clock."""
