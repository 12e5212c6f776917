"""What the rows of files of other offices mean here."""
