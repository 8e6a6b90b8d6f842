"""How moderation is set up: detectors and limits of a community, the list of words, ready words for authors."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.cast import fresh
from zhiliu.audit.models import Entry
from zhiliu.communities.models import Community
from zhiliu.directory.models import Person
from zhiliu.kit.contracts.audit import field_words
from zhiliu.kit.errors import Forbidden, Refused
from zhiliu.moderation.configuring import change_policy, drop_template, list_words, save_template, unlist_word
from zhiliu.moderation.detecting.insults import find, listed_words
from zhiliu.moderation.models import CannedResponse, Policy, Word
from zhiliu.moderation.sanctioning import impose
from zhiliu.moderation.screening import mode_of, policy_of


def test_without_a_choice_all_detectors_hold(community: Community) -> None:
    policy = policy_of(community)
    assert (policy.pk, policy.newcomer_limit, mode_of(policy, "adverts")) == (None, 20, "hold")


def test_a_policy_is_chosen_and_changed_and_a_stale_form_refused(community: Community, lin: Person) -> None:
    values = {"newcomer_limit": 5, "member_limit": 50}
    change_policy(community, modes={"adverts": "flag", "flooding": "?"}, version=1, by=lin, **values)
    policy = policy_of(community)
    assert (policy.modes, policy.newcomer_limit, policy.version) == ({"adverts": "flag"}, 5, 2)
    with pytest.raises(Refused):
        change_policy(community, modes={}, version=1, by=lin, **values)
    assert policy_of(community).modes == {"adverts": "flag"}
    assert Entry.objects.filter(verb="moderation.policy_changed").count() == 1


def test_only_who_sets_up_the_community_chooses(community: Community, wang: Person) -> None:
    with pytest.raises(Forbidden):
        change_policy(community, modes={}, newcomer_limit=1, member_limit=1, version=1, by=wang)
    assert not Policy.objects.exists()


def test_words_come_on_the_list_and_go(admin: Person) -> None:
    Word.objects.all().delete()
    assert list_words(["大笨蛋", "大笨蛋 ", "", "Ｎｏ　Good"], weight=1, by=admin) == 2
    assert list_words(["大笨蛋"], weight=2, by=admin) == 0
    assert listed_words() == (("no good", 1), ("大笨蛋", 2))
    assert find("你这大 笨 蛋", listed_words()) == {"大笨蛋": 2}
    word = Word.objects.get(text="大笨蛋")
    unlist_word(word, by=admin)
    unlist_word(word, by=admin)
    assert listed_words() == (("no good", 1),)
    assert Entry.objects.filter(verb="moderation.words_changed").count() == 3


def test_a_word_of_one_character_is_refused(admin: Person) -> None:
    with pytest.raises(Refused):
        list_words(["笨"], weight=1, by=admin)


def test_the_list_is_the_administrators(lin: Person, community: Community) -> None:
    with pytest.raises(Forbidden):
        list_words(["大笨蛋"], weight=1, by=lin)


def test_the_list_begins_with_words_that_are_found(db: None) -> None:
    listed = listed_words()
    assert len(listed) > 20
    assert find("傻逼", listed) == {"傻逼": 2}


def test_ready_words_of_a_community_and_of_the_organisation(
    community: Community, lin: Person, admin: Person, wang: Person
) -> None:
    mine = save_template(community, title="广告", text="请不要发广告。", by=lin)
    save_template(None, title="广告", text="本公司不发广告。", by=admin)
    for place, by in ((None, lin), (community, wang)):
        with pytest.raises(Forbidden):
            save_template(place, title="别的", text="……", by=by)
    with pytest.raises(Refused) as refused:
        save_template(community, title="广告", text="又一个", by=lin)
    assert (refused.value.field, CannedResponse.objects.count()) == ("title", 2)
    save_template(community, title="推销", text="请不要推销。", by=fresh(lin), template=mine)
    drop_template(mine, by=lin)
    drop_template(mine, by=lin)
    assert list(CannedResponse.objects.values_list("text", flat=True)) == ["本公司不发广告。"]


def test_every_field_has_a_word_in_the_audit(community: Community, wang: Person, lin: Person) -> None:
    impose(community, wang, "mute", reason="骂人", until=timezone.now() + dt.timedelta(days=1), by=lin)
    values = {"newcomer_limit": 5, "member_limit": 50}
    change_policy(community, modes={"adverts": "flag"}, version=1, by=lin, **values)
    save_template(community, title="广告", text="请不要发广告。", fits="advert", by=lin)
    named = {name for entry in Entry.objects.filter(verb__startswith="moderation.") for name in entry.after}
    assert named and named <= set(field_words)
