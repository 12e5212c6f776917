"""The places of the country by their codes: the list that ships, and finding one by what somebody types."""
