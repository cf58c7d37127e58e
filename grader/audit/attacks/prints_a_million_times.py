# resources: a million outputs, then deep JSON, by display and as a message of another kind
from IPython import get_ipython

publish = get_ipython().display_pub.publish
deep = []
for _ in range(200):
    deep = [deep]
for number in range(1_000_000):
    publish({"text/plain": "x", "application/json": deep} if number % 1000 == 0 else {"text/plain": "x"})
