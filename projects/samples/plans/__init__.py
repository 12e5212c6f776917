"""The five plans and what was published of them: facts with their sources, loaded into the register."""
