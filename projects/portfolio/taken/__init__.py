"""What ledgers of projects brought: past months approved once by another person, an upload taken back."""
