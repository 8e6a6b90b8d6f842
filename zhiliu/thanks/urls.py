app_name = "thanks"
urlpatterns: list = []
