"""What queues and functions failed on for good: found, read, sent back, deleted.

In: an environment and clients. Out: dead-letter queues, their messages, and what became of them.
Never: a message taken away before it is where it should go.
"""
