"""The sample sheets and the script that makes them."""
