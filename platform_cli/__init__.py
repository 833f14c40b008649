"""`platform`: one blueprint describes, deploys and operates an AWS serverless system."""

__version__ = "0.1.0"
