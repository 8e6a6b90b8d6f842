# Surveys have no pages of their own: the app that creates one shows it (surveys/_form.html, surveys/_results.html).
app_name = "surveys"
urlpatterns: list = []
