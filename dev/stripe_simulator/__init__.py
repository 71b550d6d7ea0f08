"""A Stripe of our own, without money: it answers the real `stripe` library over HTTP as Stripe does.

`wire` and `parameters` read and check requests, `api` answers them, `acts` is what happens to objects, `pages` is what
a browser sees, `control` is what tests and developers turn. What changes emits an event, which goes out as a webhook.
"""
