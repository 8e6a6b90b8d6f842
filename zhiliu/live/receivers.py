"""The live engine's own registrations: facts after which permissions are rechecked, and presence."""

from zhiliu.activity.wakeups import wakers
from zhiliu.communities.facts import MemberLeft, MembersJoined, MembersLeft
from zhiliu.directory.facts import PeopleLeft, PersonLeft, SessionsEnded
from zhiliu.directory.reach import visible_people
from zhiliu.kit.contracts.presence import who_is_here

from .presence import here_among
from .topics import gates, touching
from .waking import wake_others, wake_this_process

who_is_here.provide(here_among)
# People who may see a profile may see its presence.
gates.register(lambda person, key: visible_people(person).filter(pk=key).exists(), key="here")

touching.register(lambda fact: [fact.person_id], key=MemberLeft.name)
touching.register(lambda fact: fact.person_ids, key=MembersJoined.name)
touching.register(lambda fact: fact.person_ids, key=MembersLeft.name)
touching.register(lambda fact: [fact.person_id], key=PersonLeft.name)
touching.register(lambda fact: fact.person_ids, key=PeopleLeft.name)
touching.register(lambda fact: [fact.person_id], key=SessionsEnded.name)

wakers.register(wake_this_process, key="live.here", weight=0)
wakers.register(wake_others, key="live.there", weight=1)
