"""Stage gates (审批与验收): order, prerequisites, findings."""
