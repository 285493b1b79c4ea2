"""The stacks of Statline, and the config and packages that they are made from."""

import os

# The CDK runs on Node 20, which the README asks for, but calls it old in twelve lines at every start: a refusal, which
# is one line, would drown in them. Read when aws_cdk is imported, so it stands before every module that does.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
