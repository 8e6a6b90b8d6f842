"""Creates all tables of an empty SQLite database, ten times faster than one migration after the other.

Django renders the models anew after every operation of a migration, and with a model all that are related to it: with
our tables that is twenty seconds of work. Here models are rendered when something other than a new table follows.
The operations and their order are the migrations' own, and a test compares the tables with Django's.

PostgreSQL keeps Django's way: all tables in one transaction would take more locks than a small server has.
"""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def create_tables(connection: BaseDatabaseWrapper) -> None:
    """Apply all migrations in one transaction, unless the database has tables already."""
    if connection.introspection.table_names():
        return
    executor = MigrationExecutor(connection)
    plan = _plan(executor)
    if any(migration.replaces or not migration.atomic for migration in plan):
        return
    with connection.schema_editor(atomic=True) as editor:
        builder = TableBuilder(editor, executor.loader.project_state(nodes=[]))
        for migration in plan:
            builder.apply(migration)
        builder.create_pending()
        executor.recorder.ensure_schema()
        for migration in plan:
            executor.recorder.record_applied(migration.app_label, migration.name)


def _plan(executor: MigrationExecutor) -> list[Migration]:
    """Return all migrations, app by app, so that later ones of an app find its tables still waiting.

    Other packages come first: they alter much, and there are few models then. Our apps are installed from the ground
    up.
    """
    labels = [config.label for config in apps.get_app_configs()]
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("zhiliu.")}
    leaves = sorted(executor.loader.graph.leaf_nodes(), key=lambda node: (node[0] in ours, labels.index(node[0])))
    return [migration for migration, _backwards in executor.migration_plan(leaves)]


class TableBuilder:
    """Applies migrations; new tables wait until something else needs them."""

    def __init__(self, editor: BaseDatabaseSchemaEditor, state: ProjectState) -> None:
        self.editor = editor
        self.state = state
        self._pending: dict[tuple[str, str], CreateModel] = {}

    def apply(self, migration: Migration) -> None:
        """Apply the operations of one migration."""
        for operation in migration.operations:
            if self._can_wait(migration.app_label, operation):
                self._note(migration.app_label, operation)
            else:
                self._run(migration.app_label, operation)

    def create_pending(self) -> None:
        """Create the waiting tables, with the fields, indexes and constraints added to them meanwhile."""
        for (app_label, _name), operation in self._pending.items():
            operation.database_forwards(app_label, self.editor, self.state, self.state)
        self._pending.clear()

    def _can_wait(self, app_label: str, operation: Operation) -> bool:
        if isinstance(operation, AddField | AddIndex | AddConstraint):
            return (app_label, operation.model_name.lower()) in self._pending
        return isinstance(operation, CreateModel)

    def _note(self, app_label: str, operation: Operation) -> None:
        """Change the state only. Rendered models are forgotten, or the state would keep them up to date."""
        self.state.__dict__.pop("apps", None)
        operation.state_forwards(app_label, self.state)
        if isinstance(operation, CreateModel):
            self._pending[app_label, operation.name_lower] = operation

    def _run(self, app_label: str, operation: Operation) -> None:
        """Change state and database, as ``Migration.apply`` does."""
        self.create_pending()
        # Rendered before the copy, so that both states share the work.
        _ = self.state.apps
        before = self.state.clone()
        operation.state_forwards(app_label, self.state)
        operation.database_forwards(app_label, self.editor, before, self.state)
