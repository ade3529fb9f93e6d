"""Planning: a plan asked for, checked, resolved from the record; runs again."""
