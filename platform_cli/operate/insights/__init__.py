"""Answer questions in the language of CloudWatch Logs Insights, where there is no CloudWatch Logs Insights.

In: the text of a query, and the events of logs. Out: columns and rows, as AWS gives them.
Never: an answer to a query of which a part is not understood.
"""
