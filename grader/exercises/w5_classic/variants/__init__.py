"""Other right solutions of the functions of `w5_classic`."""
