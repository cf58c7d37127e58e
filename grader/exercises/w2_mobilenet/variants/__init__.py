"""Other right solutions of the functions of `w2_mobilenet`."""
