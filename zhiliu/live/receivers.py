"""What the live engine itself brings: verbs after which access is asked again."""

from zhiliu.communities.facts import MemberLeft, MembersLeft
from zhiliu.directory.facts import PeopleLeft, PersonLeft

from .topics import revoking

revoking.put(MemberLeft.verb, key=MemberLeft.verb)
revoking.put(MembersLeft.verb, key=MembersLeft.verb)
revoking.put(PersonLeft.verb, key=PersonLeft.verb)
revoking.put(PeopleLeft.verb, key=PeopleLeft.verb)
