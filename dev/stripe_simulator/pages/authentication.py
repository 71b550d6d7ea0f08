"""The page that stands for a bank's 3-D Secure."""

from django.utils.html import format_html

from dev.stripe_simulator.amounts import dollars
from dev.stripe_simulator.errors import Json
from dev.stripe_simulator.pages.frame import page

_MAIN = """
<section class="card form center">
<p class="seller">3-D Secure</p>
<h1>{title}</h1>
<p class="meta">Your bank would ask you here, by an app or a code.</p>
<form method="post" action="/3ds/{id}/approval"><button class="btn primary wide">Complete authentication</button></form>
<form method="post" action="/3ds/{id}/refusal"><button class="btn plain wide">Fail authentication</button></form>
</section>
"""


def authentication(intent: Json) -> str:
    payment = intent["object"] == "payment_intent"
    title = f"Approve a payment of {dollars(intent['amount'])}?" if payment else "Approve saving this card?"
    return page("3-D Secure", format_html(_MAIN, id=intent["id"], title=title))
