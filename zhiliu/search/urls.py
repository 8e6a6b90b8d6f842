from django.urls import path

from .views import searching, synonyms

app_name = "search"
urlpatterns = [
    path("", searching.search, name="search"),
    path("palette/", searching.palette, name="palette"),
    path("synonyms/", synonyms.synonyms, name="synonyms"),
    path("synonyms/<key:pk>/removal/", synonyms.removal, name="synonyms_removal"),
    path("synonyms/suggestions/<key:pk>/", synonyms.suggestion, name="suggestion"),
]
