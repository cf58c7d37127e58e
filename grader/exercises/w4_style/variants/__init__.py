"""Other right solutions of the functions of `w4_style`."""
