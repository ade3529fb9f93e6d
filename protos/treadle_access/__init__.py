"""Who may speak with whom on one machine: addresses, the folders of sockets, peers and tokens.

And how services and the command start.
"""
