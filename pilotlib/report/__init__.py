"""How a report is told: tables, sentences and figures, and the books of which every edition is made."""
