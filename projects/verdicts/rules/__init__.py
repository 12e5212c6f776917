"""Rule sets as data and as pages, and exemptions: versions, previews, adoption."""
