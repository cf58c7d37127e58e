"""Other right solutions of the functions of `w1_conv`."""
