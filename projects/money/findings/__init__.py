"""What the money says is wrong: rules F-1 to F-23, with their laws, handling and exemptions."""
