"""What is asked of each function of assignment `w1_conv`."""
