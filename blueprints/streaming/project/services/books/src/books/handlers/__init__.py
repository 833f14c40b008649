"""Entry points: one module a Lambda function. They read the event, call logic and shape the answer."""
