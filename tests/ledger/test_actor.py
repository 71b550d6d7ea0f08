"""How actors are written down: one spelling each, which reads back as the same actor."""

from ledger.actor import Actor, ActorKind
from ledger.ids import new_id

PERSON = new_id()


def test_an_actor_is_written_in_one_way_and_read_back() -> None:
    for actor, kind, written in [
        (Actor.user(PERSON), ActorKind.USER, f"user:{PERSON}"),
        (Actor.key(PERSON), ActorKind.KEY, f"key:{PERSON}"),
        (Actor.system("gateway"), ActorKind.SYSTEM, "system:gateway"),
        (Actor.operator(), ActorKind.OPERATOR, "operator:command-line"),
        (Actor.staff("ana"), ActorKind.STAFF, "staff:ana"),
    ]:
        assert (actor.kind, str(actor)) == (kind, written)
        assert Actor.parse(written) == actor
