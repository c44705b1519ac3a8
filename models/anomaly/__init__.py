"""Residuals -> scores -> decisions -> event frames, and the classical baseline beside them."""
