"""Define `course data`: list the pictures and weights, say which are on this machine, and fetch the others."""

from __future__ import annotations

from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(no_args_is_help=True, help="The pictures and weights of the course.")
console = Console(highlight=False, emoji=False)


@app.command("list")
def list_sets(
    name: Annotated[Optional[str], typer.Argument(metavar="[NAME]", help="All that is known of this one.")] = None,  # noqa: UP045
) -> None:
    """List the data sets and the weights trained by others, and say which of them are here."""
    from rich.table import Column, Table

    import data
    from data.lookup import at_hand

    def where(name: str, archive: data.Archive | None) -> str:
        if archive is None:
            return "✓ installed"
        return "✓ at hand" if at_hand(name, archive) else f"get, {archive.bytes / 1e6:.0f} MB"

    known = [(one.name, one.archive, one.purpose, one.licence, one.pictures) for one in data.sets()]
    known += [(one.name, one.archive, one.purpose, one.licence, one.numbers) for one in data.weights()]
    if name:
        found = [one for one in known if one[0] == name]
        if not found:
            raise data.DataError(f"There is nothing called {name!r}. There are: {', '.join(one[0] for one in known)}.")
        _, archive, purpose, licence, content = found[0]
        console.print(f"{name}: {escape(purpose)}\n  {escape(content)}\n  licence: {escape(licence)}", soft_wrap=True)
        console.print(f"  {where(name, archive)}")
        return
    table = Table(Column("set", no_wrap=True), Column("here", no_wrap=True), "for", box=None, header_style="bold")
    for one, archive, purpose, *_ in known:
        table.add_row(one, where(one, archive), purpose)
    console.print(table)
    console.print(
        "course data list NAME says more of one; course data get NAME fetches it, for when there is no network."
    )


@app.command("get")
def get_set(name: str) -> None:
    """Fetch a data set or weights, so that they can be used without a network."""
    import data
    from data.lookup import content_folder

    for network in data.weights():
        if network.name == name:
            content_folder(name, network.archive)
            console.print(f"✓ {name}: {network.numbers}")
            return
    dataset = data.load(name)
    console.print(f"✓ {name}: {len(dataset.images)} pictures")
