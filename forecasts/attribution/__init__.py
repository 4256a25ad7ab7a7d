"""What moved an answer, in steps that add up."""
