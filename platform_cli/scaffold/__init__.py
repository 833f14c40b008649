"""Render workspaces and services from templates.

In: answers. Out: files on disk, whole or not at all.
Never: AWS, the CDK. The only user of copier.
"""
