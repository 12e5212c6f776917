"""What was promised: plan documents, programmes, projects, targets, and which of them a person asked for."""
