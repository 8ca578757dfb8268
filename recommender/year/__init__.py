"""The year of an alliance: shortages gathered, catalogs issued, fairs held, people followed up."""
