"""What is asked of each function of assignment `w2_mobilenet`."""
