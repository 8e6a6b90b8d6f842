from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "zhiliu.directory"
    label = "directory"

    def ready(self) -> None:
        from zhiliu.kit.web import site
        from zhiliu.kit.web.page_frame import organisation_name

        from .models import Organisation
        from .reaching import address_is_doubtful

        organisation_name.provide(Organisation.current_name)
        site.stored_address.provide(lambda: Organisation.current().address)
        site.address_is_doubtful.provide(address_is_doubtful)
