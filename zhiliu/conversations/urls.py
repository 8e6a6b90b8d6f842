from django.urls import path

from .views import channels, messages, searching, turning

app_name = "conversations"
urlpatterns = [
    path("talk/", channels.home, name="home"),
    path("talk/new/", channels.talk_new, name="talk_new"),
    path("talk/search/", searching.search, name="search"),
    path("talk/cards/", messages.cards, name="cards"),
    path("talk/bookmarks/", messages.bookmarks, name="bookmarks"),
    path("communities/<slug:slug>/channels/", channels.channels, name="channels"),
    path("communities/<slug:slug>/channels/new/", channels.channel_new, name="channel_new"),
    path("channels/<key:pk>/", channels.channel, name="channel"),
    path("channels/<key:pk>/messages/", messages.messages, name="messages"),
    path("channels/<key:pk>/threads/<key:root>/", channels.thread, name="thread"),
    path("channels/<key:pk>/threads/<key:root>/replies/", messages.replies, name="replies"),
    path("channels/<key:pk>/turning/<key:message>/", turning.turning, name="turning"),
    path("channels/<key:pk>/left-out/", turning.left_out, name="left_out"),
    path("channels/<key:pk>/held/", messages.held, name="held"),
    path("channels/<key:pk>/mark/", messages.mark, name="mark"),
    path("channels/<key:pk>/typing/", messages.typing, name="typing"),
    path("channels/<key:pk>/completion/", messages.completion, name="completion"),
    path("channels/<key:pk>/settings/", channels.settings, name="settings"),
    path("channels/<key:pk>/closure/", channels.closure, name="closure"),
    path("channels/<key:pk>/people/", channels.people, name="people"),
    path("channels/<key:pk>/involvement/", channels.involvement, name="involvement"),
    path("channels/<key:pk>/leaving/", channels.leaving, name="leaving"),
    path("messages/<key:pk>/", messages.message, name="message"),
    path("messages/<key:pk>/withdrawal/", messages.withdrawal, name="withdrawal"),
    path("messages/<key:pk>/reactions/", messages.reactions, name="reactions"),
    path("messages/<key:pk>/pin/", messages.pins, name="pin"),
    path("messages/<key:pk>/bookmark/", messages.keeping, name="bookmark"),
    path("messages/<key:pk>/source/", messages.source, name="source"),
    path("messages/<key:pk>/wordings/", messages.wordings, name="wordings"),
    path("messages/files/<str:key>/", messages.file, name="file"),
]
