"""A year or several in a cell: tables that show themselves, rows traced, drafts checked, a board of filters."""
