"""The findings of cdk-nag that stand: each on one resource, with the reason why its risk is absent or accepted."""
