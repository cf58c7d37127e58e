"""What is asked of each function, one module an assignment."""
