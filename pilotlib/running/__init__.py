"""What runs a report: notebooks, what is current, moving results in whole, the pipeline of a kind of report."""
