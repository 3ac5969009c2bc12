"""What people and programs are shown of a run. Every report sees the same records (`records.py`)."""
