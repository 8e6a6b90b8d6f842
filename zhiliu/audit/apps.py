from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "zhiliu.audit"
    label = "audit"

    def ready(self) -> None:
        from zhiliu.jobs.loops import loops
        from zhiliu.kit.contracts.audit import auditor

        from .hash_chain import seal
        from .recording import record_entry

        auditor.provide(record_entry)
        loops.register(seal, key="audit.seal")
