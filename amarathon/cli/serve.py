"""``amarathon app``: serve the pages that are installed beside the library."""

from importlib.metadata import entry_points

import typer

from amarathon.errors import AmarathonError

# Who serves registers under this name; the library itself knows no page.
GROUP = "amarathon.app"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("app")(app_command)


def app_command() -> None:
    """Serve the leaderboard, human evaluation and the live demo.

    Settings are environment variables: AMARATHON_PORT, AMARATHON_HOST, AMARATHON_DATA (`.data` in the working
    directory by default) and the others of the documentation's page "Configure the app".

    Raises
    ------
    AmarathonError
        If a library of the app is not installed.
    """
    found = tuple(entry_points(group=GROUP))
    if not found:
        raise AmarathonError("The app is not installed with this command: install amarathon anew.")
    try:
        serve = found[0].load()
    except ModuleNotFoundError as error:
        raise AmarathonError(
            f"The app needs {error.name}, which is not installed: run pip install 'amarathon[app]'."
        ) from error
    serve()
