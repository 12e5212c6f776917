"""The register as one workbook: written for its readers, and taken in again."""
