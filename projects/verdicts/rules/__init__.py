"""Pages of rule sets and exemptions: versions, previews, adoption."""
