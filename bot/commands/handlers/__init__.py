"""What each command does: functions of (asked, line) that answer with a reply."""
