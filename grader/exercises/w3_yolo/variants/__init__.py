"""Other right solutions of the functions of `w3_yolo`."""
