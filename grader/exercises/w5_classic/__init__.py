"""What is asked of each function of assignment `w5_classic`."""
