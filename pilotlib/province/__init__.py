"""Many schools' applications in one table: totals of it, a report for each school, and one over all of them."""
