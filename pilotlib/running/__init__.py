"""What runs a report: notebooks, what is current, results moved in whole, the pipeline of each kind."""
