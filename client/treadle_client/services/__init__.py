"""Services of one's own: started, found in a home, ended."""
