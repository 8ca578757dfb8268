"""What is measured, on sheets made for it; nothing here is imported by the program."""
