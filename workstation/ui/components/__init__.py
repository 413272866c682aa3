"""Small controls of the right panel: each shows what it is given and says what was chosen."""
