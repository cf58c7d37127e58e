# resources: 100 MB in one line
print("x" * 100_000_000)
