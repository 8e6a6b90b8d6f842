"""What the live engine itself brings: facts after which access is asked again, and how processes wake each other."""

from zhiliu.activity.nudging import wakers
from zhiliu.communities.facts import MemberLeft, MembersJoined, MembersLeft
from zhiliu.directory.facts import PeopleLeft, PersonLeft

from .topics import touching
from .waking import wake_others, wake_this_process

touching.put(lambda fact: [fact.person_id], key=MemberLeft.verb)
touching.put(lambda fact: fact.person_ids, key=MembersJoined.verb)
touching.put(lambda fact: fact.person_ids, key=MembersLeft.verb)
touching.put(lambda fact: [fact.person_id], key=PersonLeft.verb)
touching.put(lambda fact: fact.person_ids, key=PeopleLeft.verb)

wakers.put(wake_this_process, key="live.here", weight=0)
wakers.put(wake_others, key="live.there", weight=1)
