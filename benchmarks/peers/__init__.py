"""The same work by other means: each module has `summarise(path)`, which gives the rows of one table by school."""
