from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "zhiliu.audit"
    label = "audit"

    def ready(self) -> None:
        from zhiliu.jobs.loops import loops
        from zhiliu.kit.audit import auditor

        from .keeping import keep
        from .sealing import seal

        auditor.fill(keep)
        loops.put(seal, key="audit.seal")
