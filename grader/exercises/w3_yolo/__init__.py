"""What is asked of each function of assignment `w3_yolo`."""
