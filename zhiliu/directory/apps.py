from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "zhiliu.directory"
    label = "directory"

    def ready(self) -> None:
        from zhiliu.kit.shell import organisation_name
        from zhiliu.kit.site import stored_address

        from .models import Organisation

        organisation_name.fill(Organisation.current_name)
        stored_address.fill(lambda: Organisation.current().address)
