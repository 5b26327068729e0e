"""What `./dev` does beyond finding a Python: one module for each thing it sets up or runs."""
