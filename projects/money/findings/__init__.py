"""What the money says is wrong: rules F-1 to F-24, with their laws, handling and exemptions."""
