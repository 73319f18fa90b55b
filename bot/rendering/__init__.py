"""From values to replies: what is said, in which words; no platform's markup."""
