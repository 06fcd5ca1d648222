"""What a study found: answers collected, agreement, baseline, export."""
