"""What the live engine itself brings: verbs after which access is asked again."""

from zhiliu.communities.facts import MemberLeft
from zhiliu.directory.facts import PersonLeft

from .topics import revoking

revoking.put(MemberLeft.verb, key=MemberLeft.verb)
revoking.put(PersonLeft.verb, key=PersonLeft.verb)
