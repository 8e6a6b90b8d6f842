from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "zhiliu.audit"
    label = "audit"

    def ready(self) -> None:
        from zhiliu.jobs.loops import loops
        from zhiliu.kit.audit import auditor

        from .recording import keep
        from .hash_chain import seal

        auditor.fill(keep)
        loops.put(seal, key="audit.seal")
