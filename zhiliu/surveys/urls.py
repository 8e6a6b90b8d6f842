# Surveys have no pages of their own: whoever makes one shows it (surveys/_form.html, surveys/_results.html).
app_name = "surveys"
urlpatterns: list = []
