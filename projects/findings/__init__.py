"""What the money says is wrong: rules F-1 to F-20, with their laws, handling and exemptions."""
