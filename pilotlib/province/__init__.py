"""Many schools' applications in one table: its totals, a report for each school, and one over all."""
