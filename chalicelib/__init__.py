"""Tocsin: monitoring and alerting that runs serverless in its owner's AWS account."""
