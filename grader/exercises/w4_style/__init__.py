"""What is asked of each function of assignment `w4_style`."""
