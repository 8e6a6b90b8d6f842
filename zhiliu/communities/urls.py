urlpatterns: list = []
app_name = "communities"
